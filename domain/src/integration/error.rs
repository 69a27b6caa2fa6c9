//! Why a command to an integration is refused.
//!
//! The rules that an earlier system named keep their names as codes (`display_name_not_empty`, …).

use uuid::Uuid;

use super::base_url::BaseUrlError;
use super::frequency::UnknownFrequency;
use crate::claim::ClaimKind;
use crate::stream::StreamId;
use crate::value::{Direction, NameError};

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IntegrationError {
    /// It was never created.
    #[error("the integration does not exist: create it first")]
    NotFound,
    /// The id is taken.
    #[error("the integration exists already: update it instead")]
    AlreadyCreated,
    /// It was deleted.
    #[error("the integration is deleted: create a new one")]
    Deleted,
    /// The catalogue has no such provider.
    #[error("`{given}` is no known provider: GET /v1/providers lists them")]
    UnknownProvider {
        /// What was given.
        given: String,
    },
    /// The facts are of another provider than the integration.
    #[error("the integration is for {expected}, not {given}: use its own provider")]
    OtherProvider {
        /// Its provider.
        expected: String,
        /// The one given.
        given: String,
    },
    /// The project has this provider already.
    #[error("the project has an integration with this provider already: update {owner} instead")]
    ProviderTaken {
        /// Its id.
        owner: String,
    },
    /// The code is in use.
    #[error("the code is in use by integration {owner}: choose another")]
    CodeTaken {
        /// Its id.
        owner: String,
    },
    /// A name is empty, too long or unsafe.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The base URL points where it must not.
    #[error(transparent)]
    BaseUrl(#[from] BaseUrlError),
    /// The frequency is none.
    #[error(transparent)]
    Frequency(#[from] UnknownFrequency),
    /// The provider cannot do that.
    #[error("the provider does {allowed} only: choose that direction")]
    DirectionNotAllowed {
        /// What it does.
        allowed: Direction,
    },
    /// A credential stands in the settings.
    #[error("settings.{field} looks like a credential: put it into PUT …/credentials, where it is encrypted")]
    SecretInSettings {
        /// Its path within the settings.
        field: String,
    },
    /// A setting is not as the provider's form wants it.
    #[error("settings.{field} must look like {wanted}")]
    UnfitSetting {
        /// The setting.
        field: String,
        /// An example, or the regular expression it must fit.
        wanted: String,
    },
    /// The attempt is not the one that is open.
    #[error("the connection attempt is not open any more: start connecting again")]
    AttemptNotOpen,
    /// The credentials are for another company.
    #[error(
        "the credentials are for {given}, the integration is linked to {known}: confirm with change_realm to unlink \
         its records"
    )]
    RealmDiffers {
        /// The realm it has.
        known: String,
        /// The realm of the credentials.
        given: String,
    },
    /// There is no connection to say that of.
    #[error("the integration is not connected: connect it first")]
    NotConnected,
    /// Credentials are missing.
    #[error("credentials are missing ({}): connect the integration or put them first", .missing.join(", "))]
    CredentialsRequired {
        /// Their names.
        missing: Vec<String>,
    },
    /// It is switched off.
    #[error("the integration is disabled and sends and receives nothing: enable it first")]
    IsDisabled,
    /// The provider has no such feature.
    #[error("`{given}` is no feature of the provider: use one of {known}")]
    UnknownFeature {
        /// What was given.
        given: String,
        /// Those it has.
        known: String,
    },
    /// No such configuration mapping, collection mapping or customer.
    #[error("{id} is no {what} of the integration: list them to see their ids")]
    NoSuchPart {
        /// What was looked for.
        what: &'static str,
        /// Its id.
        id: Uuid,
    },
    /// Somebody changed the lookup tables since they were read.
    #[error(
        "the lookup tables are at number {actual}, not {expected}: read them again and repeat the change"
    )]
    LookupsChanged {
        /// The number the sender insists on.
        expected: u32,
        /// The number they have.
        actual: u32,
    },
    /// One subscription per event type.
    #[error("{event_type} has webhook {id} already: renew or deactivate it")]
    WebhookExists {
        /// The event type.
        event_type: String,
        /// The webhook it has.
        id: Uuid,
    },
    /// The event type is none.
    #[error("`{given}` is no event type: write it as entity.verb, for example invoice.updated")]
    WebhookEventType {
        /// What was given.
        given: String,
    },
    /// Its deliveries could not be verified.
    #[error("the webhook needs a secret: its deliveries cannot be verified without one")]
    WebhookSecretRequired,
    /// A limit of nothing.
    #[error("{limit} is 0: give a number from 1, or leave it out for the provider's own limit")]
    LimitIsZero {
        /// Which limit.
        limit: &'static str,
    },
    /// Runs are active.
    #[error("{runs} sync runs are active: cancel them, or delete with force=true")]
    RunsActive {
        /// How many.
        runs: u32,
    },
}

impl IntegrationError {
    /// The refusal that a taken claim means.
    pub fn of_claim(kind: ClaimKind, owner: &StreamId) -> Option<Self> {
        let owner = owner.id.clone();
        match kind {
            ClaimKind::ProviderOfProject => Some(Self::ProviderTaken { owner }),
            ClaimKind::IntegrationCode => Some(Self::CodeTaken { owner }),
            _ => None,
        }
    }

    /// The stable code of the refusal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "integration_not_found",
            Self::AlreadyCreated => "integration_already_created",
            Self::Deleted => "integration_deleted",
            Self::UnknownProvider { .. } => "integration_type_must_be_known_value",
            Self::OtherProvider { .. } => "provider_mismatch",
            Self::ProviderTaken { .. } => "one_config_per_integration_type_per_org",
            Self::CodeTaken { .. } => "integration_code_taken",
            Self::Name(NameError::Empty { what: "display_name" }) => "display_name_not_empty",
            Self::Name(_) => "name_invalid",
            Self::BaseUrl(error) => error.code(),
            Self::Frequency(_) => "sync_frequency_must_be_known_value",
            Self::DirectionNotAllowed { .. } => "direction_not_allowed",
            Self::SecretInSettings { .. } => "encrypted_fields_must_not_be_stored_in_plaintext",
            Self::UnfitSetting { .. } => "setting_does_not_fit",
            Self::AttemptNotOpen => "connection_attempt_not_open",
            Self::RealmDiffers { .. } => "realm_differs",
            Self::NotConnected => "not_connected",
            Self::CredentialsRequired { .. } => "credentials_required_before_enable",
            Self::IsDisabled => "disabled_integration_must_not_sync",
            Self::UnknownFeature { .. } => "unknown_feature",
            Self::NoSuchPart { .. } => "not_found",
            Self::LookupsChanged { .. } => "lookups_changed",
            Self::WebhookExists { .. } => "webhook_exists",
            Self::WebhookEventType { .. } => "webhook_event_type_invalid",
            Self::WebhookSecretRequired => "webhook_secret_required_for_inbound_webhooks",
            Self::LimitIsZero { .. } => "limit_is_zero",
            Self::RunsActive { .. } => "runs_active",
        }
    }

    /// The request field the refusal is about.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::UnknownProvider { .. } | Self::OtherProvider { .. } | Self::ProviderTaken { .. } => {
                Some("provider")
            }
            Self::CodeTaken { .. } => Some("code"),
            Self::Name(error) => Some(name_of(error)),
            Self::BaseUrl(_) => Some("base_url"),
            Self::Frequency(_) => Some("sync_frequency"),
            Self::DirectionNotAllowed { .. } => Some("direction"),
            Self::SecretInSettings { .. } | Self::UnfitSetting { .. } => Some("settings"),
            Self::RealmDiffers { .. } => Some("change_realm"),
            Self::CredentialsRequired { .. } => Some("credentials"),
            Self::UnknownFeature { .. } => Some("feature"),
            Self::WebhookExists { .. } | Self::WebhookEventType { .. } => Some("event_type"),
            Self::WebhookSecretRequired => Some("secret"),
            Self::LimitIsZero { limit } => Some(limit),
            Self::RunsActive { .. } => Some("force"),
            _ => None,
        }
    }
}

const fn name_of(error: &NameError) -> &'static str {
    match error {
        NameError::Empty { what }
        | NameError::TooLong { what, .. }
        | NameError::Control { what, .. }
        | NameError::Personal { what }
        | NameError::Reserved { what }
        | NameError::NotAKey { what } => what,
    }
}
