//! Takes credentials in. They go into the sealed store and nowhere else; the log learns their names.

use domain::expression::Pattern;
use domain::ids::{IntegrationId, OrganizationId};
use domain::integration::{Credential, CredentialReference, Integration, IntegrationCommand};
use domain::stream::{Kind, StreamId};
use secrecy::{ExposeSecret, SecretString};

use super::desk::Within;
use super::{Declined, Desk, Fault, facts};
use crate::dispatcher::{Done, Envelope};
use crate::ports::connector::{Provider, SetupField};
use crate::ports::credentials::{Owner, Secrets};

impl Desk {
    /// Stores secrets of a connection; those not given stay as they are.
    pub async fn put_credentials(
        &self,
        envelope: &Envelope,
        id: IntegrationId,
        given: Vec<(String, SecretString)>,
    ) -> Result<Done, Declined> {
        let organization = envelope.organization;
        let routes = self.routes().await?;
        let owned = routes.integration_of(organization, id)?;
        let key = owned.state.identity.as_ref().map(|identity| identity.provider.clone()).unwrap_or_default();
        let provider = self.provider(&key)?;
        let known: Vec<String> = facts::secret_names(&provider).into_iter().collect();
        check(&given, &known, &provider)?;
        let stored = self.store(organization, &Owner::Integration(id), given).await?;
        let token_expires_at = stored.expires_at;
        let mut names: Vec<String> = stored.values.into_iter().map(|(name, _)| name).collect();
        names.sort();
        let credential = Credential { reference: CredentialReference(id.0), names, token_expires_at };
        let stream = StreamId::of(Kind::Integration, id.0);
        let command = |_: &Integration| IntegrationCommand::ProvideCredentials(credential.clone());
        Ok(self.dispatcher().dispatch(envelope, &stream, command).await?)
    }

    /// Stores an organization's app registration or global key of a provider.
    pub async fn put_provider_credentials(
        &self,
        organization: OrganizationId,
        provider: &Provider,
        given: Vec<(String, SecretString)>,
    ) -> Result<(), Declined> {
        let mut known = provider.app_secrets.clone();
        known.extend(facts::secret_names(provider));
        known.sort();
        known.dedup();
        check(&given, &known, provider)?;
        self.store(organization, &Owner::Provider(provider.key.clone()), given).await.map(|_| ())
    }

    /// Merges with what is there; answers what is set now.
    async fn store(
        &self,
        organization: OrganizationId,
        owner: &Owner,
        given: Vec<(String, SecretString)>,
    ) -> Result<Secrets, Declined> {
        for _ in 0..8 {
            let stored = self.credentials.get(organization, owner).await?;
            let (mut secrets, version) = stored.unwrap_or_else(|| (Secrets::default(), 0));
            for (name, value) in &given {
                secrets.set(name, value.clone());
            }
            if self.credentials.put(organization, owner, &secrets, Some(version)).await? {
                return Ok(secrets);
            }
        }
        Err(Declined::Contended)
    }
}

fn check(given: &[(String, SecretString)], known: &[String], provider: &Provider) -> Result<(), Declined> {
    if given.is_empty() {
        return Err(Declined::invalid("credentials", format!("give at least one of {}", known.join(", "))));
    }
    let mut faults = Vec::new();
    for (name, value) in given {
        if !known.contains(name) {
            let known = known.join(", ");
            faults.push(Fault::new(name, format!("`{name}` is no credential of this provider: use {known}")));
        } else if value.expose_secret().trim().is_empty() {
            faults.push(Fault::new(
                name,
                format!("{name} is empty: give its value, or leave it out to keep it"),
            ));
        } else if let Some(field) = unfit(provider, name, value) {
            let wanted = if field.example.is_empty() { &field.label } else { &field.example };
            faults.push(Fault::new(name, format!("{name} must look like {wanted}")));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Declined::Invalid(faults)) }
}

/// The field of the provider's forms that the secret does not fit.
fn unfit<'a>(provider: &'a Provider, name: &str, value: &SecretString) -> Option<&'a SetupField> {
    let mut fields = provider.setup.iter().chain(&provider.app_setup).filter(|field| field.name == name);
    fields.find(|field| {
        let pattern = field.pattern.as_deref();
        // One that cannot be read lets nothing through; the checker of manifests says so before.
        let fits = |pattern| Pattern::parse(pattern).is_some_and(|read| read.fits(value.expose_secret()));
        pattern.is_some_and(|pattern| !fits(pattern))
    })
}
