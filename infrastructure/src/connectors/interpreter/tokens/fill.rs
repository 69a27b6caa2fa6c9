//! Where a secret is looked up: among the connection's, then among the app's.

use std::collections::BTreeMap;

use application::ports::connector::{CallError, Target};
use application::ports::credentials::{Owner, Secrets};
use application::ports::vault::VaultError;
use domain::value::ErrorClass;
use secrecy::ExposeSecret;

use crate::connectors::connector::Connector;
use crate::connectors::interpreter::call::refused;
use crate::connectors::manifest::CredentialScope;
use crate::connectors::services::Services;

/// Whose secrets a connection's are.
pub(super) fn owner(connector: &Connector, target: &Target) -> Owner {
    match connector.manifest.credential_scope {
        CredentialScope::Global => Owner::Provider(target.provider.clone()),
        CredentialScope::PerProject => Owner::Integration(target.integration),
    }
}

/// The app's registration with the provider; empty where there is none.
pub(super) async fn app(services: &Services, target: &Target) -> Result<Secrets, CallError> {
    let owner = Owner::Provider(target.provider.clone());
    let found = services.credentials.get(target.organization, &owner).await;
    Ok(found.map_err(|error| vault(&error))?.map(|(secrets, _)| secrets).unwrap_or_default())
}

/// `own`, and what only `app` has.
pub(super) fn over(mut own: Secrets, app: &Secrets) -> Secrets {
    for (name, value) in &app.values {
        if own.get(name).is_none() {
            own.values.push((name.clone(), value.clone()));
        }
    }
    own
}

/// Secrets as holes of templates (`secret.client_id`).
pub(in crate::connectors::interpreter) fn holes(secrets: &Secrets) -> BTreeMap<String, String> {
    secrets
        .values
        .iter()
        .map(|(name, value)| (format!("secret.{name}"), value.expose_secret().to_owned()))
        .collect()
}

pub(super) fn vault(error: &VaultError) -> CallError {
    refused(ErrorClass::Transient, format!("the credentials cannot be opened now: {error}"))
}
