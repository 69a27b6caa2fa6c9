//! How new tokens come about.

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use domain::value::ErrorClass;
use secrecy::ExposeSecret;

use super::{Using, fill, missing};
use crate::connectors::interpreter::call::refused;
use crate::connectors::interpreter::connection::ManifestConnection;
use crate::connectors::interpreter::{oauth, session};
use crate::connectors::manifest::{AuthKind, Grant as Flow};

impl ManifestConnection {
    /// New tokens in place of those in `known`, merged with what else is there; nothing is stored yet.
    pub(super) async fn obtain(&self, using: &Using<'_>, known: &Secrets) -> Result<Secrets, CallError> {
        let app = fill::app(&self.services, &self.target).await?;
        let all = fill::over(known.clone(), &app);
        let auth = using.auth.ok_or_else(nothing)?;
        let fresh = match (auth.kind, &auth.oauth2, &auth.session) {
            (AuthKind::Oauth2, Some(oauth2), _) => {
                let at = oauth::At {
                    connector: &self.connector,
                    oauth2,
                    services: &self.services,
                    target: &self.target,
                };
                match oauth2.grant {
                    Flow::AuthorizationCode => {
                        let name = using.name("refresh_token");
                        let old = known.get(&name).ok_or_else(|| missing(&name))?;
                        oauth::refresh(&at, &all, old).await?
                    }
                    Flow::ClientCredentials | Flow::JwtBearer => oauth::mint(&at, &all).await?,
                }
            }
            (AuthKind::Session, _, Some(session)) => session::login(self, session, &all).await?,
            _ => return Err(nothing()),
        };
        Ok(merged(known, &fresh, using))
    }
}

fn nothing() -> CallError {
    refused(ErrorClass::Validation, "this provider has no tokens to refresh")
}

/// What was there with the new tokens over it; the refresh token that was replaced is kept for one period.
fn merged(known: &Secrets, fresh: &Secrets, using: &Using<'_>) -> Secrets {
    let mut secrets = known.clone();
    let name = using.name("refresh_token");
    if let (Some(old), Some(new)) = (known.get(&name), fresh.get("refresh_token"))
        && old.expose_secret() != new.expose_secret()
    {
        secrets.set(&using.name("previous_refresh_token"), old.clone());
    }
    for (name, value) in &fresh.values {
        secrets.set(&using.name(name), value.clone());
    }
    if using.is_own() {
        secrets.expires_at = fresh.expires_at;
    } else if let Some(ends) = fresh.expires_at {
        secrets.set(&using.name("expires_at"), ends.to_rfc3339().into());
    }
    secrets
}
