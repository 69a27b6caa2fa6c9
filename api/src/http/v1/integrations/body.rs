//! What may be said of an integration.

use std::sync::Arc;

use application::command_handlers::NewIntegration;
use domain::fields::Fields;
use domain::ids::ProjectId;
use domain::integration::{
    DescribeIntegration, IntegrationCommand, IntegrationError, Limits, ProviderFacts, SyncFrequency,
};
use domain::value::{Code, Direction, DisplayName};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::problem::Problem;

/// A new integration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CreateIntegrationBody {
    /// The project it is connected for; the default one unless given.
    project_id: Option<Uuid>,
    /// The provider's key.
    #[serde(alias = "integration_type")]
    #[schema(example = "quickbooks")]
    provider: String,
    /// Its code, unique in the organization; made of the provider's key unless given.
    code: Option<String>,
    /// The name people read; the provider's unless given.
    #[serde(alias = "name")]
    display_name: Option<String>,
    /// What it is for.
    #[serde(default)]
    description: String,
    /// Settings of its provider; never a credential.
    #[serde(default)]
    #[schema(value_type = Object)]
    settings: Fields,
    /// The provider's address, where it is not the manifest's.
    base_url: Option<String>,
    /// `inbound`, `outbound` or `bidirectional`.
    #[serde(alias = "sync_direction")]
    #[schema(value_type = Option<String>)]
    direction: Option<Direction>,
    /// `realtime`, `every_15_minutes`, `hourly`, `daily`, `weekly` or `manual`.
    sync_frequency: Option<String>,
    /// The same in minutes, from 1.
    sync_frequency_minutes: Option<u32>,
}

impl CreateIntegrationBody {
    pub(super) fn into_new(self, usual: ProjectId) -> Result<NewIntegration, Problem> {
        Ok(NewIntegration {
            project: self.project_id.map_or(usual, ProjectId),
            code: code(self.code.as_deref())?,
            name: name(self.display_name.as_deref())?,
            frequency: frequency(self.sync_frequency.as_deref(), self.sync_frequency_minutes)?,
            provider: self.provider,
            description: self.description,
            settings: self.settings,
            base_url: self.base_url,
            direction: self.direction,
        })
    }
}

/// What changes; what is absent stays.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UpdateIntegrationBody {
    /// Another code.
    code: Option<String>,
    /// Another name.
    #[serde(alias = "name")]
    display_name: Option<String>,
    /// Another description; empty takes it away.
    description: Option<String>,
    /// Other settings, as a whole.
    #[schema(value_type = Option<Object>)]
    settings: Option<Fields>,
    /// Another address; empty goes back to the manifest's.
    base_url: Option<String>,
    /// Another default direction.
    #[serde(alias = "sync_direction")]
    #[schema(value_type = Option<String>)]
    direction: Option<Direction>,
    /// Another default frequency.
    sync_frequency: Option<String>,
    /// The same in minutes, from 1.
    sync_frequency_minutes: Option<u32>,
    /// Limits that an operator raises, as a whole; those left out are the manifest's.
    limits: Option<LimitsBody>,
}

/// Limits of one integration.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LimitsBody {
    /// Calls per minute.
    calls_per_minute: Option<u32>,
    /// Calls per day.
    calls_per_day: Option<u32>,
    /// Calls at one time.
    concurrent_calls: Option<u32>,
}

impl UpdateIntegrationBody {
    pub(super) fn commands(self, facts: Arc<ProviderFacts>) -> Result<Vec<IntegrationCommand>, Problem> {
        let limits = self.limits.map(|given| {
            let LimitsBody { calls_per_minute, calls_per_day, concurrent_calls } = given;
            IntegrationCommand::RaiseLimits(Limits { calls_per_minute, calls_per_day, concurrent_calls })
        });
        let describe = DescribeIntegration {
            code: code(self.code.as_deref())?,
            name: name(self.display_name.as_deref())?,
            description: self.description,
            settings: self.settings,
            base_url: self.base_url,
            direction: self.direction,
            frequency: frequency(self.sync_frequency.as_deref(), self.sync_frequency_minutes)?,
            facts,
        };
        Ok([IntegrationCommand::Describe(Box::new(describe))].into_iter().chain(limits).collect())
    }
}

fn code(text: Option<&str>) -> Result<Option<Code>, Problem> {
    Ok(text.map(Code::parse).transpose().map_err(IntegrationError::from)?)
}

fn name(text: Option<&str>) -> Result<Option<DisplayName>, Problem> {
    Ok(text.map(DisplayName::parse).transpose().map_err(IntegrationError::from)?)
}

fn frequency(word: Option<&str>, minutes: Option<u32>) -> Result<Option<SyncFrequency>, Problem> {
    let parsed = match (word, minutes) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            let message = "give sync_frequency or sync_frequency_minutes, not both";
            return Err(Problem::invalid("sync_frequency", message));
        }
        (Some(word), None) => SyncFrequency::parse(word),
        (None, Some(minutes)) => SyncFrequency::minutes(minutes),
    };
    Ok(Some(parsed.map_err(IntegrationError::from)?))
}
