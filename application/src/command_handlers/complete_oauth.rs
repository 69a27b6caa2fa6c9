//! Ends an authorization: the state is taken once, the code exchanged, the realm asked, and only then is anything kept.

use std::collections::BTreeMap;

use domain::ids::CommandId;
use domain::integration::{
    ConfirmConnection, Credential, CredentialReference, Integration, IntegrationCommand, IntegrationError,
};
use domain::metadata::{Actor, Metadata};
use domain::stream::{Kind, StreamId};

use super::connect::Remembered;
use super::desk::{Within, target};
use super::{Declined, Desk};
use crate::dispatcher::Envelope;
use crate::ports::connector::{Authorized, Verified};
use crate::ports::credentials::{Owner, Secrets};
use crate::ports::oauth_attempts::OAuthAttempt;

/// How an authorization ended well.
#[derive(Clone, Debug)]
pub struct Completed {
    /// The attempt.
    pub attempt: OAuthAttempt,
    /// The remote company.
    pub realm: String,
    /// Its name, where the provider tells.
    pub realm_name: Option<String>,
    /// What the caller gave at the beginning.
    pub additional_data: Option<String>,
    /// Position of the confirmation.
    pub position: u64,
}

impl Desk {
    /// Completes an authorization from every query parameter of the redirect.
    pub async fn complete_oauth(
        &self,
        provider: &str,
        callback: &BTreeMap<String, String>,
    ) -> Result<Completed, Declined> {
        let state = callback.get("state").filter(|state| !state.is_empty());
        let taken = match state {
            Some(state) => self.attempts.take(state, self.engine.now()).await?,
            None => None,
        };
        let attempt = taken.filter(|attempt| attempt.provider == provider).ok_or_else(|| {
            Declined::not_now(
                "oauth_state_invalid",
                "the authorization is unknown, over or used already: start connecting again",
            )
        })?;
        let actor = Actor::system("complete_oauth");
        let metadata = Metadata::new(actor, CommandId(self.dispatcher().ids.next()));
        let envelope = Envelope { organization: attempt.organization, metadata, command: None };
        match self.finish(&envelope, &attempt, callback).await {
            Ok(completed) => {
                self.attempts.end(attempt.id, "completed", None).await?;
                Ok(completed)
            }
            Err(declined) => {
                self.refuse(&envelope, &attempt, &declined).await?;
                Err(declined)
            }
        }
    }

    async fn finish(
        &self,
        envelope: &Envelope,
        attempt: &OAuthAttempt,
        callback: &BTreeMap<String, String>,
    ) -> Result<Completed, Declined> {
        if let Some(error) = callback.get("error") {
            let said = callback.get("error_description").unwrap_or(error);
            let said: String = said.chars().filter(|c| !c.is_control()).take(200).collect();
            let message = format!("the provider did not authorize it ({said}): start connecting again");
            return Err(Declined::not_now("oauth_refused", message));
        }
        let routes = self.routes().await?;
        let integration = &routes.integration_of(attempt.organization, attempt.integration)?.state;
        let app = self.app(attempt.organization, &attempt.provider).await?;
        let mut whom = target(attempt.organization, attempt.integration, integration);
        let connectors = &self.engine.ports.connectors;
        let verifier = attempt.pkce_verifier.as_ref();
        let authorized = connectors.exchange(&whom, &app, callback, &attempt.redirect_uri, verifier).await?;
        if let Some(realm) = &authorized.realm {
            whom.realm.clone_from(realm);
        }
        let draft = connectors.open_draft(&whom, authorized.secrets.clone())?;
        let verified = draft.verify().await?;
        let realm = agreed_realm(&authorized, &verified)?;
        let remembered: Remembered = attempt
            .additional_data
            .as_deref()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        check_realm(integration, &realm, remembered.change_realm)?;
        let position =
            self.keep(envelope, attempt, (&authorized, &verified), (&realm, remembered.change_realm)).await?;
        Ok(Completed {
            attempt: attempt.clone(),
            realm,
            realm_name: verified.name,
            additional_data: remembered.additional_data,
            position,
        })
    }

    /// Stores the tokens, then confirms. A crash between the two leaves tokens that nothing uses.
    async fn keep(
        &self,
        envelope: &Envelope,
        attempt: &OAuthAttempt,
        (authorized, verified): (&Authorized, &Verified),
        (realm, change_realm): (&str, bool),
    ) -> Result<u64, Declined> {
        let names = self.store_tokens(attempt, &authorized.secrets).await?;
        let confirm = ConfirmConnection {
            attempt: Some(attempt.id.to_string()),
            realm: realm.to_owned(),
            realm_name: verified.name.clone(),
            credential: Credential {
                reference: CredentialReference(attempt.integration.0),
                names,
                token_expires_at: authorized.secrets.expires_at,
            },
            scopes: authorized.scopes.clone(),
            change_realm,
        };
        let stream = StreamId::of(Kind::Integration, attempt.integration.0);
        let command = |_: &Integration| IntegrationCommand::ConfirmConnection(Box::new(confirm.clone()));
        Ok(self.dispatcher().dispatch::<Integration>(envelope, &stream, command).await?.position)
    }

    /// What else the connection keeps, a webhook secret say, stays.
    async fn store_tokens(&self, attempt: &OAuthAttempt, tokens: &Secrets) -> Result<Vec<String>, Declined> {
        let owner = Owner::Integration(attempt.integration);
        for _ in 0..8 {
            let stored = self.credentials.get(attempt.organization, &owner).await?;
            let (mut secrets, version) = stored.unwrap_or_else(|| (Secrets::default(), 0));
            secrets.expires_at = tokens.expires_at;
            for (name, value) in &tokens.values {
                secrets.set(name, value.clone());
            }
            if self.credentials.put(attempt.organization, &owner, &secrets, Some(version)).await? {
                return Ok(secrets.values.into_iter().map(|(name, _)| name).collect());
            }
        }
        Err(Declined::Contended)
    }

    async fn refuse(
        &self,
        envelope: &Envelope,
        attempt: &OAuthAttempt,
        declined: &Declined,
    ) -> Result<(), Declined> {
        let reason = declined.to_string();
        self.attempts.end(attempt.id, "failed", Some(&reason)).await?;
        let stream = StreamId::of(Kind::Integration, attempt.integration.0);
        let command = |_: &Integration| IntegrationCommand::RefuseConnection {
            attempt: attempt.id.to_string(),
            reason: reason.clone(),
        };
        // A later attempt may have taken its place; then there is nothing to refuse.
        if let Err(error) = self.dispatcher().dispatch::<Integration>(envelope, &stream, command).await {
            tracing::debug!(%error, "a refused authorization left no trace");
        }
        Ok(())
    }
}

fn agreed_realm(authorized: &Authorized, verified: &Verified) -> Result<String, Declined> {
    match (&authorized.realm, &verified.realm) {
        (Some(told), Some(answered)) if told != answered => Err(Declined::not_now(
            "realm_unclear",
            format!("the redirect names company {told}, but {answered} answers: start connecting again"),
        )),
        (Some(realm), _) | (None, Some(realm)) => Ok(realm.clone()),
        (None, None) => Ok("-".to_owned()),
    }
}

/// Checked before anything is stored: tokens of another company must not take the place of this one's.
fn check_realm(integration: &Integration, realm: &str, change_realm: bool) -> Result<(), Declined> {
    match &integration.realm {
        Some(known) if known != realm && !change_realm => {
            Err(IntegrationError::RealmDiffers { known: known.clone(), given: realm.to_owned() }.into())
        }
        _ => Ok(()),
    }
}
