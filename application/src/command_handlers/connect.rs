//! Starts an authorization: a one-time state, where to send the browser, and the attempt in the log.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId, ProjectId};
use domain::integration::{Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::create_integration::NewIntegration;
use super::desk::{Within, bare, target};
use super::{Declined, Desk};
use crate::dispatcher::Envelope;
use crate::error::Failure;
use crate::ports::connector::{SetupField, Target};
use crate::ports::credentials::{Owner, Secrets};
use crate::ports::oauth_attempts::OAuthAttempt;

/// How long an authorization may take.
const LIFETIME: TimeDelta = TimeDelta::minutes(15);

/// What to connect.
#[derive(Clone, Debug)]
pub struct Connect {
    /// The provider's key.
    pub provider: String,
    /// The project; its integration is created when it has none.
    pub project: ProjectId,
    /// The integration to reconnect.
    pub integration: Option<IntegrationId>,
    /// Where the provider sends the browser back; must be allowed.
    pub redirect_uri: Option<String>,
    /// Given back when it ends.
    pub additional_data: Option<String>,
    /// Whether another remote company than before is meant.
    pub change_realm: bool,
}

/// What follows.
#[derive(Clone, Debug)]
pub enum Connecting {
    /// The browser is to be sent there.
    Authorize {
        /// The attempt, to ask how it ended.
        attempt: Uuid,
        /// The integration that will be connected.
        integration: IntegrationId,
        /// Where to.
        url: String,
        /// Position of its beginning.
        position: u64,
    },
    /// Credentials are to be entered.
    Setup {
        /// The integration that will be connected.
        integration: IntegrationId,
        /// What to ask for.
        form: Vec<SetupField>,
    },
}

/// What an attempt remembers beside what the port knows.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Remembered {
    pub(super) additional_data: Option<String>,
    pub(super) change_realm: bool,
}

impl Remembered {
    /// What an attempt has to remember of what was asked.
    fn kept(connect: Connect) -> Option<String> {
        let remembered =
            Self { additional_data: connect.additional_data, change_realm: connect.change_realm };
        serde_json::to_string(&remembered).ok()
    }

    /// What an attempt remembers.
    pub(super) fn of(attempt: &OAuthAttempt) -> Self {
        let text = attempt.additional_data.as_deref();
        text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

impl Desk {
    /// Begins connecting.
    pub async fn connect(&self, envelope: &Envelope, connect: Connect) -> Result<Connecting, Declined> {
        let provider = self.provider(&connect.provider)?;
        let redirect_uri = self.checked_redirect(&connect)?;
        let organization = envelope.organization;
        let known = self.known_integration(organization, &connect).await?;
        let settings = known.as_ref().map(|(_, settings)| settings.clone()).unwrap_or_default();
        let in_browser = provider.method(&settings).is_some_and(|method| method.in_browser);
        let own = known.map(|(id, _)| id);
        let app = if in_browser { Some(self.app(organization, (&provider.key, own)).await?) } else { None };
        let integration = self.integration_to_connect(envelope, &connect).await?;
        let Some(mut app) = app else {
            return Ok(Connecting::Setup { integration, form: provider.setup.clone() });
        };
        if connect.change_realm {
            // The token of the company that was connected must not lead to it again.
            app.values.retain(|(name, _)| name != "access_token");
        }
        let state = self.fresh_state();
        let whom = self.whom(organization, (&provider.key, integration)).await?;
        let connectors = &self.engine.ports.connectors;
        let authorization = connectors.authorize(&whom, &app, &state, &redirect_uri).await?;
        let attempt = self.dispatcher().ids.next();
        let begun = OAuthAttempt {
            id: attempt,
            organization: envelope.organization,
            project: connect.project,
            integration,
            provider: provider.key.clone(),
            redirect_uri,
            verifier: authorization.verifier,
            additional_data: Remembered::kept(connect),
            status: "pending".to_owned(),
            error: None,
            expires_at: self.engine.now() + LIFETIME,
        };
        self.attempts.begin(&begun, &state).await?;
        let stream = StreamId::of(Kind::Integration, integration.0);
        let command = |_: &Integration| IntegrationCommand::BeginConnecting { attempt: attempt.to_string() };
        let done = self.dispatcher().dispatch::<Integration>(envelope, &stream, command).await?;
        Ok(Connecting::Authorize { attempt, integration, url: authorization.url, position: done.position })
    }

    async fn whom(
        &self,
        organization: OrganizationId,
        (provider, id): (&str, IntegrationId),
    ) -> Result<Target, Declined> {
        let routes = self.routes().await?;
        let known = routes.integrations.get(&id).map(|owned| target(organization, id, &owned.state));
        Ok(known.unwrap_or_else(|| bare(organization, provider)))
    }

    /// Forgets an authorization under way.
    pub async fn cancel_connecting(&self, envelope: &Envelope, attempt: Uuid) -> Result<(), Declined> {
        let organization = envelope.organization;
        let known = self.attempts.get(organization, attempt).await?.ok_or(Declined::NotFound("attempt"))?;
        self.attempts.delete(organization, attempt).await?;
        let stream = StreamId::of(Kind::Integration, known.integration.0);
        let command = |_: &Integration| IntegrationCommand::RefuseConnection {
            attempt: attempt.to_string(),
            reason: "cancelled".to_owned(),
        };
        match self.dispatcher().dispatch::<Integration>(envelope, &stream, command).await {
            // Over already, or another attempt took its place.
            Ok(_) | Err(Failure::Refused(_)) => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    /// The integration that is meant and its settings, if there is one already.
    async fn known_integration(
        &self,
        organization: OrganizationId,
        connect: &Connect,
    ) -> Result<Option<(IntegrationId, Fields)>, Declined> {
        let routes = self.routes().await?;
        let found = match connect.integration {
            Some(id) => Some((id, routes.integration_of(organization, id)?)),
            None => routes.connected_to(organization, connect.project, &connect.provider),
        };
        Ok(found.map(|(id, owned)| {
            (id, owned.state.profile.as_ref().map(|profile| profile.settings.clone()).unwrap_or_default())
        }))
    }

    /// The integration that is meant; a project without one gets one.
    async fn integration_to_connect(
        &self,
        envelope: &Envelope,
        connect: &Connect,
    ) -> Result<IntegrationId, Declined> {
        let routes = self.routes().await?;
        if let Some(id) = connect.integration {
            let owned = routes.integration_of(envelope.organization, id)?;
            let fits =
                owned.state.identity.as_ref().is_some_and(|identity| identity.provider == connect.provider);
            let message =
                "it is an integration with another provider: leave it out, or name one with this provider";
            return if fits { Ok(id) } else { Err(Declined::invalid("integration_id", message)) };
        }
        if let Some((id, _)) = routes.connected_to(envelope.organization, connect.project, &connect.provider)
        {
            return Ok(id);
        }
        let new = NewIntegration::plain(connect.project, &connect.provider);
        // The command's id belongs to the beginning of the attempt, which is its last event.
        let envelope = Envelope { command: None, ..envelope.clone() };
        self.create_integration(&envelope, new).await.map(|(id, _)| id)
    }

    fn checked_redirect(&self, connect: &Connect) -> Result<String, Declined> {
        let own = self.callback(&connect.provider);
        match &connect.redirect_uri {
            None => Ok(own),
            Some(asked) if *asked == own || self.operator.redirect_uris.contains(asked) => Ok(asked.clone()),
            Some(_) => Err(Declined::invalid(
                "redirect_uri",
                format!(
                    "the address is not on the allow-list: leave it out to use {own}, or have an operator allow it"
                ),
            )),
        }
    }

    /// The organization's app registration with a provider; what the connection has of its own comes first.
    pub(super) async fn app(
        &self,
        organization: OrganizationId,
        (provider, integration): (&str, Option<IntegrationId>),
    ) -> Result<Secrets, Declined> {
        let stored = self.credentials.get(organization, &Owner::Provider(provider.to_owned())).await?;
        let mut app = stored.map(|(app, _)| app).unwrap_or_default();
        if let Some(integration) = integration {
            let own = self.credentials.get(organization, &Owner::Integration(integration)).await?;
            for (name, value) in own.map(|(own, _)| own.values).unwrap_or_default() {
                app.set(&name, value);
            }
        }
        if ["client_id", "consumer_key"].iter().any(|name| app.get(name).is_some()) {
            return Ok(app);
        }
        Err(Declined::not_now(
            "app_credentials_required",
            format!("no client id is stored for {provider}: PUT /v1/providers/{provider}/credentials first"),
        ))
    }

    /// 32 random bytes, base64url.
    fn fresh_state(&self) -> String {
        let mut bytes = [0_u8; 32];
        self.dispatcher().ids.random(&mut bytes);
        URL_SAFE_NO_PAD.encode(bytes)
    }
}
