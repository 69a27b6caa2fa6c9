//! Which companies a connection's credentials give, and which of them is meant.

use domain::ids::IntegrationId;
use domain::integration::{
    ConfirmConnection, Credential, CredentialReference, Integration, IntegrationCommand,
};
use domain::stream::{Kind, StreamId};
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::complete_oauth::{GRANTED_SCOPES, check_realm};
use super::desk::{Within, target};
use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope};
use crate::ports::connector::{RemoteRealm, Target};
use crate::ports::credentials::{Owner, Secrets};

/// A company, and whether the integration is connected to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmChoice {
    /// The company.
    pub realm: RemoteRealm,
    /// Whether it is the integration's.
    pub selected: bool,
}

impl Desk {
    /// The companies that the credentials of an integration give.
    pub async fn realms(&self, envelope: &Envelope, id: IntegrationId) -> Result<Vec<RealmChoice>, Declined> {
        let routes = self.routes().await?;
        let integration = &routes.integration_of(envelope.organization, id)?.state;
        let target = target(envelope.organization, id, integration);
        let known = integration.realm.as_ref();
        let own = || known.map(|id| RemoteRealm { id: id.clone(), name: None }).into_iter().collect();
        let told = self.engine.ports.connectors.realms(&anywhere(&target), None).await?;
        let realms: Vec<RemoteRealm> = told.unwrap_or_else(own);
        Ok(realms
            .into_iter()
            .map(|realm| RealmChoice { selected: known == Some(&realm.id), realm })
            .collect())
    }

    /// Connects an integration to one of its companies.
    pub async fn select_realm(
        &self,
        envelope: &Envelope,
        id: IntegrationId,
        (realm, change_realm): (&str, bool),
    ) -> Result<Done, Declined> {
        let choices = self.realms(envelope, id).await?;
        let choice = choices.iter().find(|choice| choice.realm.id == realm);
        let choice =
            choice.ok_or_else(|| not_given(choices.iter().map(|choice| choice.realm.id.as_str())))?;
        let routes = self.routes().await?;
        let integration = &routes.integration_of(envelope.organization, id)?.state;
        check_realm(integration, realm, change_realm)?;
        let whom = Target { realm: realm.to_owned(), ..target(envelope.organization, id, integration) };
        let verified = self.engine.ports.connectors.open(&whom)?.verify().await?;
        if verified.realm.as_deref().is_some_and(|answered| answered != realm) {
            return Err(Declined::not_now(
                "realm_unclear",
                "another company answers: start connecting again",
            ));
        }
        let owner = Owner::Integration(id);
        let (secrets, _) = self.credentials.get(envelope.organization, &owner).await?.unwrap_or_default();
        let attempt = integration.attempt.as_ref().map(|attempt| attempt.id.clone());
        let confirm = ConfirmConnection {
            attempt: attempt.clone(),
            realm: realm.to_owned(),
            realm_name: verified.name.or_else(|| choice.realm.name.clone()),
            credential: Credential {
                reference: CredentialReference(id.0),
                names: secrets.values.iter().map(|(name, _)| name.clone()).collect(),
                token_expires_at: secrets.expires_at,
            },
            scopes: granted(&secrets).unwrap_or_else(|| integration.scopes.clone()),
            change_realm,
        };
        let stream = StreamId::of(Kind::Integration, id.0);
        let command = |_: &Integration| IntegrationCommand::ConfirmConnection(Box::new(confirm.clone()));
        let done = self.dispatcher().dispatch::<Integration>(envelope, &stream, command).await?;
        if let Some(attempt) = attempt.and_then(|attempt| attempt.parse::<Uuid>().ok()) {
            self.attempts.end(attempt, "completed", None).await?;
        }
        Ok(done)
    }
}

/// The same connection before a company is chosen: another one's realm must not stand in the call that asks for them.
pub(super) fn anywhere(target: &Target) -> Target {
    Target { realm: "-".to_owned(), ..target.clone() }
}

fn not_given<'a>(known: impl Iterator<Item = &'a str>) -> Declined {
    let known = known.collect::<Vec<_>>().join(", ");
    Declined::invalid("realm_id", format!("the credentials do not give this company: use one of {known}"))
}

/// The scopes that came with the credentials, where the provider said them.
fn granted(secrets: &Secrets) -> Option<Vec<String>> {
    let text = secrets.get(GRANTED_SCOPES)?.expose_secret();
    Some(text.split_whitespace().map(str::to_owned).collect())
}
