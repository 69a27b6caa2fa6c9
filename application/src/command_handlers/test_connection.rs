//! Asks the provider who we are: with what is stored, or with a draft that is stored nowhere.

use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId};
use domain::integration::{
    ConfirmConnection, Credential, CredentialReference, Integration, IntegrationCommand,
};
use domain::stream::{Kind, StreamId};
use domain::value::Connection as State;

use super::complete_oauth::{Choice, chosen};
use super::desk::{Within, target};
use super::{Declined, Desk};
use crate::dispatcher::Envelope;
use crate::ports::connector::{CallError, Provider, Target, Verified};
use crate::ports::credentials::{Owner, Secrets};

/// What a test found.
#[derive(Clone, Debug)]
pub struct Tested {
    /// Who answered, or why nobody did.
    pub outcome: Result<Verified, CallError>,
    /// Position of what was recorded of it, if anything was.
    pub position: Option<u64>,
}

impl Desk {
    /// Tests an integration's connection. One that answers for the first time is confirmed by it.
    pub async fn test_connection(&self, envelope: &Envelope, id: IntegrationId) -> Result<Tested, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(envelope.organization, id)?.state;
        let mut target = target(envelope.organization, id, integration);
        let connectors = &self.engine.ports.connectors;
        if target.realm == "-"
            && let Some(realm) = self.only_realm(&target).await?
        {
            target.realm = realm;
        }
        let outcome = match connectors.open(&target) {
            Ok(connection) => connection.verify().await,
            Err(error) => Err(error),
        };
        let outcome = outcome.map(|verified| {
            let known = Some(target.realm).filter(|realm| realm != "-");
            Verified { realm: verified.realm.or(known), ..verified }
        });
        let position = match &outcome {
            Ok(verified) if integration.connection != State::Connected => {
                Some(self.confirm(envelope, id, (verified, integration)).await?)
            }
            _ => None,
        };
        Ok(Tested { outcome, position })
    }

    /// The company of credentials that give just one, where the provider tells.
    async fn only_realm(&self, target: &Target) -> Result<Option<String>, Declined> {
        // The test that follows says in its own words what is wrong.
        let Ok(told) = self.engine.ports.connectors.realms(target, None).await else { return Ok(None) };
        match chosen(told, (None, false))? {
            Choice::Known(realm) => Ok(realm),
            Choice::Open(_) => Err(Declined::not_now(
                "realm_required",
                "the credentials give several companies: GET …/realms lists them, POST …/realms/select chooses one",
            )),
        }
    }

    /// Asks who answers an integration's credentials; records nothing.
    pub async fn look(
        &self,
        organization: OrganizationId,
        id: IntegrationId,
    ) -> Result<Result<Verified, CallError>, Declined> {
        let routes = self.routes().await?;
        let target = target(organization, id, &routes.integration_of(organization, id)?.state);
        Ok(match self.engine.ports.connectors.open(&target) {
            Ok(connection) => connection.verify().await,
            Err(error) => Err(error),
        })
    }

    /// Tests draft credentials; stores nothing.
    pub async fn test_draft(
        &self,
        organization: OrganizationId,
        provider: &Provider,
        (secrets, settings, base_url): (Secrets, Fields, Option<String>),
    ) -> Result<Verified, Declined> {
        let target = Target {
            organization,
            integration: IntegrationId(self.dispatcher().ids.next()),
            provider: provider.key.clone(),
            realm: settings.get("realm").and_then(|realm| realm.as_str()).unwrap_or("-").to_owned(),
            base_url,
            settings,
            limit: None,
            mapped: std::collections::BTreeMap::new(),
        };
        let connection = self.engine.ports.connectors.open_draft(&target, secrets)?;
        Ok(connection.verify().await?)
    }

    async fn confirm(
        &self,
        envelope: &Envelope,
        id: IntegrationId,
        (verified, integration): (&Verified, &Integration),
    ) -> Result<u64, Declined> {
        let owner = Owner::Integration(id);
        let stored = self.credentials.get(envelope.organization, &owner).await?;
        let names = self.credentials.names(envelope.organization, &owner).await?;
        let confirm = ConfirmConnection {
            attempt: None,
            // A provider whose answers do not name the company told it at the first connection.
            realm: known_realm(verified, integration),
            realm_name: verified.name.clone(),
            credential: Credential {
                reference: CredentialReference(id.0),
                names,
                token_expires_at: stored.and_then(|(secrets, _)| secrets.expires_at),
            },
            scopes: integration.scopes.clone(),
            change_realm: false,
        };
        let stream = StreamId::of(Kind::Integration, id.0);
        let command = |_: &Integration| IntegrationCommand::ConfirmConnection(Box::new(confirm.clone()));
        Ok(self.dispatcher().dispatch::<Integration>(envelope, &stream, command).await?.position)
    }
}

fn known_realm(verified: &Verified, integration: &Integration) -> String {
    let told = verified.realm.clone().or_else(|| integration.realm.clone());
    told.unwrap_or_else(|| "-".to_owned())
}
