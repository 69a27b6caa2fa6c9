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
use super::select_realm::anywhere;
use super::{Declined, Desk};
use crate::dispatcher::Envelope;
use crate::ports::connector::{Authorized, RemoteRealm, Verified};
use crate::ports::credentials::{Owner, Secrets};
use crate::ports::oauth_attempts::OAuthAttempt;

/// Status of an attempt whose company a person has to choose.
pub(super) const REALM_REQUIRED: &str = "realm_required";
/// Where the scopes of a consent wait for that.
pub(super) const GRANTED_SCOPES: &str = "granted_scopes";

/// How an authorization ended well.
#[derive(Clone, Debug)]
pub struct Completed {
    /// The attempt.
    pub attempt: OAuthAttempt,
    /// The remote company; none while a person has to choose one of `choices`.
    pub realm: Option<String>,
    /// Its name, where the provider tells.
    pub realm_name: Option<String>,
    /// Companies to choose from.
    pub choices: Vec<RemoteRealm>,
    /// What the caller gave at the beginning.
    pub additional_data: Option<String>,
    /// Position of the confirmation; none while a company has to be chosen.
    pub position: Option<u64>,
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
                let status = if completed.realm.is_some() { "completed" } else { REALM_REQUIRED };
                self.attempts.end(attempt.id, status, None).await?;
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
        check_authorized(callback)?;
        let routes = self.routes().await?;
        let integration = &routes.integration_of(attempt.organization, attempt.integration)?.state;
        let app = self.app(attempt.organization, (&attempt.provider, Some(attempt.integration))).await?;
        let mut whom = target(attempt.organization, attempt.integration, integration);
        let connectors = &self.engine.ports.connectors;
        let verifier = attempt.verifier.as_ref();
        fail::fail_point!("before_exchange");
        let mut authorized =
            connectors.exchange(&whom, &app, callback, &attempt.redirect_uri, verifier).await?;
        fail::fail_point!("after_exchange");
        let remembered = Remembered::of(attempt);
        if authorized.realm.is_none() {
            let told = connectors.realms(&anywhere(&whom), Some(authorized.secrets.clone())).await?;
            match chosen(told, (integration.realm.as_deref(), remembered.change_realm))? {
                Choice::Known(realm) => authorized.realm = realm,
                Choice::Open(choices) => return self.wait_for_choice(attempt, &authorized, choices).await,
            }
        }
        if let Some(realm) = &authorized.realm {
            whom.realm.clone_from(realm);
        }
        let draft = connectors.open_draft(&whom, authorized.secrets.clone())?;
        let verified = draft.verify().await?;
        let realm = agreed_realm(&authorized, &verified)?;
        check_realm(integration, &realm, remembered.change_realm)?;
        let position =
            self.keep(envelope, attempt, (&authorized, &verified), (&realm, remembered.change_realm)).await?;
        Ok(Completed {
            attempt: attempt.clone(),
            realm: Some(realm),
            realm_name: verified.name,
            choices: Vec::new(),
            additional_data: remembered.additional_data,
            position: Some(position),
        })
    }

    /// The consent gives several companies: the tokens are kept, and a person chooses.
    async fn wait_for_choice(
        &self,
        attempt: &OAuthAttempt,
        authorized: &Authorized,
        choices: Vec<RemoteRealm>,
    ) -> Result<Completed, Declined> {
        let mut tokens = authorized.secrets.clone();
        tokens.set(GRANTED_SCOPES, authorized.scopes.join(" ").into());
        self.store_tokens(attempt, &tokens).await?;
        Ok(Completed {
            attempt: attempt.clone(),
            realm: None,
            realm_name: None,
            choices,
            additional_data: Remembered::of(attempt).additional_data,
            position: None,
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
        fail::fail_point!("after_tokens_stored");
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
        let confirmed = self.dispatcher().dispatch::<Integration>(envelope, &stream, command).await?;
        fail::fail_point!("after_connection_confirmed");
        Ok(confirmed.position)
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

/// What the companies of a consent mean.
pub(super) enum Choice {
    /// This one, or none where the provider has none.
    Known(Option<String>),
    /// A person chooses.
    Open(Vec<RemoteRealm>),
}

/// The company, where there is only one, or the one it was before.
pub(super) fn chosen(
    told: Option<Vec<RemoteRealm>>,
    (before, change_realm): (Option<&str>, bool),
) -> Result<Choice, Declined> {
    let Some(realms) = told else { return Ok(Choice::Known(None)) };
    let given = |id: &str| realms.iter().any(|realm| realm.id == id);
    match (realms.as_slice(), before) {
        ([], _) => Err(Declined::not_now(
            "realm_missing",
            "the consent gives no company: start connecting again and choose one there",
        )),
        (_, Some(before)) if !change_realm && given(before) => Ok(Choice::Known(Some(before.to_owned()))),
        // Its tokens must not take the place of those of the company that is connected.
        ([only, ..], Some(before)) if !change_realm => {
            Err(IntegrationError::RealmDiffers { known: before.to_owned(), given: only.id.clone() }.into())
        }
        ([only], _) => Ok(Choice::Known(Some(only.id.clone()))),
        _ => Ok(Choice::Open(realms)),
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
pub(super) fn check_realm(
    integration: &Integration,
    realm: &str,
    change_realm: bool,
) -> Result<(), Declined> {
    match &integration.realm {
        Some(known) if known != realm && !change_realm => {
            Err(IntegrationError::RealmDiffers { known: known.clone(), given: realm.to_owned() }.into())
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;

/// The provider's own refusal (RFC 6749, 4.1.2.1).
fn check_authorized(callback: &BTreeMap<String, String>) -> Result<(), Declined> {
    let Some(error) = callback.get("error") else { return Ok(()) };
    let said = callback.get("error_description").unwrap_or(error);
    let said: String = said.chars().filter(|c| !c.is_control()).take(200).collect();
    let message = format!("the provider did not authorize it ({said}): start connecting again");
    Err(Declined::not_now("oauth_refused", message))
}
