//! Where tokens come from, for one connection.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use application::ports::connector::{CallError, Target};
use application::ports::credentials::Secrets;
use domain::value::ErrorClass;
use secrecy::ExposeSecret;
use url::Url;

use crate::connectors::connector::Connector;
use crate::connectors::interpreter::call::refused;
use crate::connectors::manifest::{Address, OAuth2, Values};
use crate::connectors::services::Services;

/// A token endpoint that has not answered after this is given up.
pub(in crate::connectors::interpreter) const TOKEN_TIMEOUT: Duration = Duration::from_secs(30);

/// Whose tokens, and how.
pub(in crate::connectors) struct At<'a> {
    /// The provider.
    pub(in crate::connectors) connector: &'a Arc<Connector>,
    /// Its OAuth.
    pub(in crate::connectors) oauth2: &'a OAuth2,
    /// The rest of the process.
    pub(in crate::connectors) services: &'a Services,
    /// The connection.
    pub(in crate::connectors) target: &'a Target,
}

impl At<'_> {
    fn in_sandbox(&self) -> bool {
        self.target.settings.get("environment").and_then(serde_json::Value::as_str) == Some("sandbox")
    }

    /// Where the browser is sent.
    pub(super) fn authorize_url(&self) -> Result<Url, CallError> {
        let oauth2 = self.oauth2;
        let operator = self.connector.endpoints.authorize_url.as_ref();
        let found =
            self.pick(operator, (oauth2.sandbox.authorize_url.as_ref(), oauth2.authorize_url.as_ref()))?;
        found.ok_or_else(|| {
            let message = format!("{} is not authorized in a browser", self.connector.manifest.name);
            refused(ErrorClass::Validation, message)
        })
    }

    /// Where tokens are asked for.
    pub(super) fn token_url(&self) -> Result<Url, CallError> {
        let oauth2 = self.oauth2;
        let operator = self.connector.endpoints.token_url.as_ref();
        let found = self.pick(operator, (oauth2.sandbox.token_url.as_ref(), Some(&oauth2.token_url)))?;
        let url = found.ok_or_else(|| refused(ErrorClass::Validation, "there is no token endpoint"))?;
        self.check_origin(&url)?;
        Ok(url)
    }

    /// Where tokens are given back, if anywhere.
    pub(super) fn revoke_url(&self) -> Result<Option<Url>, CallError> {
        let oauth2 = self.oauth2;
        let operator = self.connector.endpoints.revoke_url.as_ref();
        let url = self.pick(operator, (oauth2.sandbox.revoke_url.as_ref(), oauth2.revoke_url.as_ref()))?;
        if let Some(url) = &url {
            self.check_origin(url)?;
        }
        Ok(url)
    }

    fn pick(
        &self,
        operator: Option<&Url>,
        (sandbox, usual): (Option<&Address>, Option<&Address>),
    ) -> Result<Option<Url>, CallError> {
        if let Some(url) = operator {
            return Ok(Some(url.clone()));
        }
        let address = sandbox.filter(|_| self.in_sandbox()).or(usual);
        let filled = address.map(|address| address.fill(&self.values(None))).transpose();
        let filled = filled.map_err(|error| refused(ErrorClass::Validation, error.to_string()))?;
        Ok(filled.map(|url| self.connector.placed(url)))
    }

    /// What templates of this connection may use.
    pub(super) fn values<'v>(&'v self, named: Option<&'v BTreeMap<String, String>>) -> Values<'v> {
        let realm = Some(self.target.realm.as_str()).filter(|realm| *realm != "-");
        Values { realm, settings: Some(&self.target.settings), named, ..Values::default() }
    }

    /// Client secrets and tokens go to the origins of the manifest, and to those an operator names.
    pub(super) fn check_origin(&self, url: &Url) -> Result<(), CallError> {
        if self.connector.owns(url) || self.services.http.policy().names(url) {
            return Ok(());
        }
        let origin = url.origin().ascii_serialization();
        Err(refused(
            ErrorClass::Permission,
            format!("tokens of {} do not go to {origin}", self.connector.manifest.name),
        ))
    }
}

/// A secret of the app's registration.
pub(in crate::connectors::interpreter) fn app_secret<'a>(
    app: &'a Secrets,
    name: &str,
) -> Result<&'a str, CallError> {
    app.get(name).map(ExposeSecret::expose_secret).ok_or_else(|| {
        let mut error = refused(ErrorClass::Permission, format!("the app has no `{name}`"));
        error.next_step = Some("give the client id and secret of the provider's app".to_owned());
        error
    })
}
