//! Creates an integration: its provider must be in the catalogue, its project in the organization.

use domain::fields::Fields;
use domain::ids::{IntegrationId, ProjectId};
use domain::integration::{
    CreateIntegration, Identity, Integration, IntegrationCommand, IntegrationError, Origin, SyncFrequency,
};
use domain::stream::{Kind, StreamId};
use domain::value::{Code, Direction, DisplayName};

use super::desk::Within;
use super::{Declined, Desk, facts};
use crate::dispatcher::{Done, Envelope};

/// What a new integration is given.
#[derive(Clone, Debug)]
pub struct NewIntegration {
    /// The project it is connected for.
    pub project: ProjectId,
    /// The provider's key.
    pub provider: String,
    /// Its code; without one, made of the provider's key.
    pub code: Option<Code>,
    /// Its name; without one, the provider's.
    pub name: Option<DisplayName>,
    /// What it is for.
    pub description: String,
    /// Settings of its provider; never a credential.
    pub settings: Fields,
    /// The provider's address, where it is not the manifest's.
    pub base_url: Option<String>,
    /// Default direction.
    pub direction: Option<Direction>,
    /// Default frequency.
    pub frequency: Option<SyncFrequency>,
}

impl NewIntegration {
    /// One with the provider's own name and all defaults.
    pub fn plain(project: ProjectId, provider: &str) -> Self {
        Self {
            project,
            provider: provider.to_owned(),
            code: None,
            name: None,
            description: String::new(),
            settings: Fields::new(),
            base_url: None,
            direction: None,
            frequency: None,
        }
    }
}

impl Desk {
    /// Creates an integration, disconnected and disabled. One per project and provider.
    pub async fn create_integration(
        &self,
        envelope: &Envelope,
        new: NewIntegration,
    ) -> Result<(IntegrationId, Done), Declined> {
        let routes = self.routes().await?;
        let project = new.project;
        routes.project_of(envelope.organization, project).map_err(|_| {
            Declined::invalid("project_id", "there is no such project: GET /v1/projects lists them")
        })?;
        let provider = self.engine.ports.connectors.provider(&new.provider).ok_or_else(|| {
            IntegrationError::UnknownProvider { given: new.provider.chars().take(80).collect() }
        })?;
        if let Some((owner, _)) = routes.connected_to(envelope.organization, project, &new.provider) {
            return Err(IntegrationError::ProviderTaken { owner: owner.to_string() }.into());
        }
        let id = IntegrationId(self.dispatcher().ids.next());
        let code = match new.code {
            Some(code) => code,
            None => made_code(&new.provider, id),
        };
        let identity = Identity {
            organization: envelope.organization,
            project,
            provider: new.provider,
            origin: Origin::Person,
        };
        let facts = facts::of(&provider, &self.operator, &new.settings);
        let create = CreateIntegration {
            identity,
            code,
            name: new.name.unwrap_or_else(|| named(&provider.name)),
            description: new.description,
            settings: new.settings,
            base_url: new.base_url,
            direction: new.direction,
            frequency: new.frequency,
            facts,
        };
        let stream = StreamId::of(Kind::Integration, id.0);
        let command = |_: &Integration| IntegrationCommand::Create(Box::new(create.clone()));
        Ok((id, self.dispatcher().dispatch(envelope, &stream, command).await?))
    }
}

/// The provider's key and the random end of the id: unique without asking.
fn made_code(provider: &str, id: IntegrationId) -> Code {
    let simple = id.0.simple().to_string();
    Code::parse(&format!("{provider}-{}", &simple[simple.len() - 8..]))
        .expect("a provider's key and eight digits are visible and short")
}

fn named(name: &str) -> DisplayName {
    DisplayName::parse(name).expect("the name of a checked manifest is visible and short")
}
