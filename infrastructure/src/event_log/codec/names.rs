//! The table of persisted names. A line is never changed: a new shape is a new version and an upcaster for the old.

use domain::event::Event;
use domain::integration::IntegrationEvent;
use domain::local_record::LocalRecordEvent;
use domain::project::ProjectEvent;
use domain::submission::SubmissionEvent;
use domain::sync_config::SyncConfigEvent;
use domain::sync_record::SyncRecordEvent;
use domain::sync_run::SyncRunEvent;
use domain::webhook_delivery::WebhookDeliveryEvent;
use domain::webhook_endpoint::WebhookEndpointEvent;

macro_rules! persisted {
    ($($kind:ident($events:ident) { $($name:literal $version:literal => $variant:ident,)+ })+) => {
        /// Every persisted event name with its newest version.
        pub const NAMES: &[(&str, &str)] = &[$($(($name, $version)),+),+];

        /// The persisted name and version of an event.
        pub(crate) const fn name(event: &Event) -> (&'static str, &'static str) {
            match event {
                $(Event::$kind(event) => match event { $($events::$variant(_) => ($name, $version)),+ }),+
            }
        }

        pub(super) fn write(event: &Event, payload: &mut Vec<u8>) -> serde_json::Result<()> {
            match event {
                $(Event::$kind(event) => match event {
                    $($events::$variant(event) => serde_json::to_writer(payload, event)),+
                }),+
            }
        }

        pub(super) fn read(name: &str, version: &str, payload: &str) -> Option<serde_json::Result<Event>> {
            Some(match (name, version) {
                $($(($name, $version) => {
                    serde_json::from_str(payload).map(|event| Event::$kind($events::$variant(event)))
                })+)+
                _ => return None,
            })
        }
    };
}

persisted! {
    LocalRecord(LocalRecordEvent) {
        "local_record.put" "1" => Put,
        "local_record.deleted" "1" => Deleted,
        "local_record.erased" "1" => Erased,
    }
    SyncRecord(SyncRecordEvent) {
        "sync_record.local_observed" "1" => LocalObserved,
        "sync_record.remote_observed" "1" => RemoteObserved,
        "sync_record.linked" "1" => Linked,
        "sync_record.write_begun" "1" => WriteBegun,
        "sync_record.write_confirmed" "1" => WriteConfirmed,
        "sync_record.write_rejected" "1" => WriteRejected,
        "sync_record.outcome_unknown" "1" => OutcomeUnknown,
        "sync_record.outcome_resolved" "1" => OutcomeResolved,
        "sync_record.inbound_applied" "1" => InboundApplied,
        "sync_record.conflict_detected" "1" => ConflictDetected,
        "sync_record.conflict_resolved" "1" => ConflictResolved,
        "sync_record.dependency_awaited" "1" => DependencyAwaited,
        "sync_record.released" "1" => Released,
        "sync_record.retry_requested" "1" => RetryRequested,
        "sync_record.error_dismissed" "1" => ErrorDismissed,
        "sync_record.local_deletion_observed" "1" => LocalDeletionObserved,
        "sync_record.remote_deletion_observed" "1" => RemoteDeletionObserved,
        "sync_record.rebased" "1" => Rebased,
        "sync_record.unlinked" "1" => Unlinked,
    }
    SyncRun(SyncRunEvent) {
        "sync_run.started" "1" => RunStarted,
        "sync_run.page_done" "1" => PageDone,
        "sync_run.cancelled" "1" => RunCancelled,
        "sync_run.ended" "1" => RunEnded,
        "sync_run.logged" "1" => RunLogged,
        "sync_run.found_nothing" "1" => RunFoundNothing,
    }
    WebhookDelivery(WebhookDeliveryEvent) {
        "webhook_delivery.received" "1" => WebhookReceived,
        "webhook_delivery.processed" "1" => WebhookProcessed,
        "webhook_delivery.failed" "1" => WebhookFailed,
        "webhook_delivery.ignored" "1" => WebhookIgnored,
        "webhook_delivery.replayed" "1" => WebhookReplayed,
    }
    WebhookEndpoint(WebhookEndpointEvent) {
        "webhook_endpoint.created" "1" => WebhookEndpointCreated,
        "webhook_endpoint.changed" "1" => WebhookEndpointChanged,
        "webhook_endpoint.secret_rotated" "1" => WebhookSecretRotated,
        "webhook_endpoint.disabled" "1" => WebhookEndpointDisabled,
        "webhook_endpoint.enabled" "1" => WebhookEndpointEnabled,
        "webhook_endpoint.deleted" "1" => WebhookEndpointDeleted,
    }
    Submission(SubmissionEvent) {
        "submission.requested" "1" => SubmissionRequested,
        "submission.begun" "1" => SubmissionBegun,
        "submission.confirmed" "1" => SubmissionConfirmed,
        "submission.rejected" "1" => SubmissionRejected,
        "submission.outcome_unknown" "1" => SubmissionOutcomeUnknown,
        "submission.looked_up" "1" => SubmissionLookedUp,
        "submission.resolved" "1" => SubmissionResolved,
    }
    SyncConfig(SyncConfigEvent) {
        "sync_config.created" "1" => Created,
        "sync_config.changed" "1" => Changed,
        "sync_config.trigger_followed" "1" => TriggerFollowed,
        "sync_config.mapping_replaced" "1" => MappingReplaced,
        "sync_config.enabled" "1" => Enabled,
        "sync_config.disabled" "1" => Disabled,
        "sync_config.deleted" "1" => Deleted,
    }
    Integration(IntegrationEvent) {
        "integration.created" "1" => IntegrationCreated,
        "integration.described" "1" => Described,
        "integration.connection_begun" "1" => ConnectionBegun,
        "integration.connection_confirmed" "1" => ConnectionConfirmed,
        "integration.connection_refused" "1" => ConnectionRefused,
        "integration.credentials_provided" "1" => CredentialsProvided,
        "integration.health_failed" "1" => HealthFailed,
        "integration.health_recovered" "1" => HealthRecovered,
        "integration.connection_expired" "1" => ConnectionExpired,
        "integration.credential_rotated" "1" => CredentialRotated,
        "integration.disconnected" "1" => Disconnected,
        "integration.enabled" "1" => Enabled,
        "integration.disabled" "1" => Disabled,
        "integration.feature_enabled" "1" => FeatureEnabled,
        "integration.feature_disabled" "1" => FeatureDisabled,
        "integration.trigger_overridden" "1" => TriggerOverridden,
        "integration.configuration_mapping_set" "1" => ConfigurationMappingSet,
        "integration.configuration_mapping_removed" "1" => ConfigurationMappingRemoved,
        "integration.collection_mapping_set" "1" => CollectionMappingSet,
        "integration.collection_mapping_removed" "1" => CollectionMappingRemoved,
        "integration.customer_set" "1" => CustomerSet,
        "integration.customer_removed" "1" => CustomerRemoved,
        "integration.lookup_set" "1" => LookupSet,
        "integration.webhook_registered" "1" => WebhookRegistered,
        "integration.webhook_renewed" "1" => WebhookRenewed,
        "integration.webhook_deactivated" "1" => WebhookDeactivated,
        "integration.limits_raised" "1" => LimitsRaised,
        "integration.deleted" "1" => IntegrationDeleted,
    }
    Project(ProjectEvent) {
        "project.registered" "1" => ProjectRegistered,
        "project.renamed" "1" => ProjectRenamed,
        "project.country_changed" "1" => CountryChanged,
        "project.archived" "1" => ProjectArchived,
    }
}
