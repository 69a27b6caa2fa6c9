//! The enumerations of the language. Stored and shown values are ours; the spellings of the source documents are read.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that is none of an enumeration's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {what}: use one of {allowed}")]
pub struct UnknownWord {
    /// What was expected.
    pub what: &'static str,
    /// What was given.
    pub given: String,
    /// The words that are.
    pub allowed: String,
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident ($what:literal) { $($(#[$vdoc:meta])* $variant:ident = $word:literal $(| $alias:literal)*),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// Every value.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stored word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The value of a word, ours or one of the source documents'.
            pub fn parse(text: &str) -> Result<Self, UnknownWord> {
                match text.to_ascii_lowercase().as_str() {
                    $($word $(| $alias)* => Ok(Self::$variant),)+
                    _ => Err(UnknownWord {
                        what: $what,
                        given: text.chars().take(80).collect(),
                        allowed: Self::ALL.iter().map(|word| word.as_str()).collect::<Vec<_>>().join(", "),
                    }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

words! {
    /// Which way records flow, seen from Headwater.
    Direction ("direction") {
        /// From the provider to us.
        Inbound = "inbound" | "in" | "pull",
        /// From us to the provider.
        Outbound = "outbound" | "out" | "push",
        /// Both ways.
        Bidirectional = "bidirectional" | "both" | "two_way",
    }
    /// How a collision of both sides' changes is settled.
    Strategy ("conflict strategy") {
        /// The later change wins; ties go to the priority source.
        LastWriteWins = "last_write_wins",
        /// The priority source wins.
        SourcePriority = "source_priority" | "priority",
        /// A person decides.
        ManualReview = "manual_review" | "manual",
        /// Changes that do not collide flow; those that do go to the fallback.
        MergeFields = "merge_fields" | "merge" | "field_merge",
    }
    /// One of the two sides.
    Side ("side") {
        /// Ours.
        Local = "local",
        /// The provider's.
        Remote = "remote",
    }
    /// What `merge_fields` does with the rules that collide.
    MergeFallback ("merge fallback") {
        /// The priority source wins.
        SourcePriority = "source_priority",
        /// The later change wins.
        LastWriteWins = "last_write_wins",
        /// A person decides.
        ManualReview = "manual_review" | "manual",
    }
    /// State of an integration's connection.
    Connection ("connection state") {
        /// No credentials, or given back.
        Disconnected = "disconnected",
        /// An authorization is under way.
        Connecting = "connecting" | "pending",
        /// Confirmed by the provider.
        Connected = "connected",
        /// Calls fail for another reason than credentials.
        Error = "error",
        /// The provider no longer takes the credentials.
        Expired = "expired",
    }
    /// State of a run.
    RunStatus ("run status") {
        /// Requested, no page done yet.
        Pending = "pending",
        /// At work.
        Running = "running" | "in_progress",
        /// Done, every record in step.
        Completed = "completed" | "success",
        /// Done, some records failed.
        Partial = "partial" | "partial_success",
        /// Given up.
        Failed = "failed",
        /// Cancelled by a person.
        Cancelled = "cancelled" | "canceled",
    }
    /// Kind of a run.
    RunType ("run type") {
        /// Everything.
        Full = "full",
        /// What changed since the cursor.
        Incremental = "incremental" | "delta",
        /// Named records, asked for by a person.
        Manual = "manual",
        /// Records that a webhook named.
        Webhook = "webhook",
    }
    /// What caused a run.
    TriggeredBy ("trigger") {
        /// Its schedule.
        Schedule = "schedule" | "scheduled",
        /// A provider's webhook.
        Webhook = "webhook",
        /// A person or API client.
        Manual = "manual" | "user",
        /// Headwater itself.
        System = "system",
        /// A change of a local record.
        StatusChange = "status_change",
        /// A new link.
        Link = "link",
    }
    /// When a config sends local changes.
    TriggerKind ("trigger") {
        /// When a record changes and fits the filter.
        OnStatusChange = "on_status_change" | "status_change",
        /// Only when a person asks.
        OnManual = "on_manual" | "manual",
        /// At its schedule.
        OnSchedule = "on_schedule" | "schedule" | "scheduled",
        /// When the record is linked.
        OnLink = "on_link" | "link",
        /// At every change.
        Realtime = "realtime" | "real_time",
    }
    /// State of a sync record.
    SyncStatus ("sync status") {
        /// Both sides in step.
        Synced = "synced",
        /// A local change waits to be sent.
        PendingOutbound = "pending_outbound",
        /// A remote change waits to be applied.
        PendingInbound = "pending_inbound",
        /// Both sides changed; a person decides.
        Conflict = "conflict",
        /// The provider refused it, or it cannot be mapped.
        Error = "error",
        /// Waits for a record it refers to.
        Waiting = "waiting",
        /// A write was sent and its outcome is not known yet.
        OutcomeUnknown = "outcome_unknown",
        /// Only a person can tell what happened.
        NeedsDecision = "needs_decision",
        /// Gone on one side.
        Deleted = "deleted",
        /// No longer kept in step.
        Unlinked = "unlinked",
    }
    /// What follows when one side deletes a record.
    DeletePolicy ("delete policy") {
        /// Nothing.
        Ignore = "ignore",
        /// The pair is unlinked.
        Unlink = "unlink",
        /// The other side's record is made inactive.
        Deactivate = "deactivate",
        /// The other side's record is voided.
        Void = "void",
        /// The other side's record is deleted.
        Delete = "delete",
    }
    /// What follows when a record no longer fits the filter.
    FilterExit ("filter exit policy") {
        /// It stays as it is.
        Keep = "keep",
        /// The pair is unlinked.
        Unlink = "unlink",
    }
    /// State of a webhook delivery.
    DeliveryStatus ("delivery status") {
        /// Stored.
        Pending = "pending",
        /// Being worked on.
        Processing = "processing",
        /// Done.
        Processed = "processed",
        /// Given up for now.
        Failed = "failed",
        /// Received while the integration was disabled, or of no interest.
        Ignored = "ignored",
        /// Not verified; never in the log.
        Rejected = "rejected",
    }
    /// What a write does at the provider.
    Operation ("operation") {
        /// A new record.
        Create = "create",
        /// Changes of an existing one.
        Update = "update",
        /// Makes it inactive.
        Deactivate = "deactivate",
        /// Voids it.
        Void = "void",
        /// Deletes it.
        Delete = "delete",
    }
    /// Class of a refused call: what can be done about it.
    ErrorClass ("error class") {
        /// The credentials are no longer taken.
        AuthExpired = "auth_expired",
        /// The credentials lack a right.
        Permission = "permission",
        /// The content is refused.
        Validation = "validation",
        /// The record is not there.
        NotFound = "not_found",
        /// Somebody changed the record since it was read.
        StaleVersion = "stale_version",
        /// It exists already.
        Duplicate = "duplicate",
        /// Too many calls.
        RateLimited = "rate_limited",
        /// Worth another try.
        Transient = "transient",
        /// Our mapping cannot make a body of it.
        Mapping = "mapping",
        /// The provider's answer makes no sense.
        Unreadable = "unreadable",
    }
    /// How safely a create can be tried again; `domain.md`, outcome ledger.
    WriteClass ("write class") {
        /// The provider deduplicates by key.
        A = "a",
        /// The provider enforces uniqueness on our reference or a natural key.
        B = "b",
        /// Our reference can be searched.
        C = "c",
        /// None of these.
        D = "d",
    }
}

impl Direction {
    /// Whether local changes are sent.
    pub const fn sends(self) -> bool {
        matches!(self, Self::Outbound | Self::Bidirectional)
    }

    /// Whether remote changes are taken.
    pub const fn receives(self) -> bool {
        matches!(self, Self::Inbound | Self::Bidirectional)
    }
}

#[expect(clippy::derivable_impls, reason = "the words above derive the same for all, and few have a default")]
impl Default for Connection {
    fn default() -> Self {
        Self::Disconnected
    }
}
