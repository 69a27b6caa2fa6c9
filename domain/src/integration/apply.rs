//! What each event leaves behind in an integration.

use super::aggregate::{Attempt, Integration};
use super::events::{ConnectionConfirmed, CredentialRotated, Described, IntegrationEvent};
use super::parts::{Origin, Profile};
use crate::value::Connection;

impl Integration {
    #[expect(clippy::too_many_lines, reason = "table")]
    pub(super) fn apply_event(&mut self, event: &IntegrationEvent) {
        use IntegrationEvent as E;
        self.touched = self.touched || is_touch(event);
        match event {
            E::IntegrationCreated(created) => {
                self.touched = created.identity.origin == Origin::Person;
                self.identity = Some(created.identity.clone());
                self.profile = Some(created.profile.clone());
            }
            E::Described(described) => {
                self.profile.iter_mut().for_each(|profile| describe(profile, described));
            }
            E::ConnectionBegun(begun) => self.begin(&begun.attempt),
            E::ConnectionConfirmed(confirmed) => self.confirm(confirmed),
            E::ConnectionRefused(_) => self.close_attempt(),
            E::CredentialsProvided(provided) => self.credential = Some(provided.credential.clone()),
            E::HealthFailed(_) => self.connection = Connection::Error,
            E::HealthRecovered(_) => self.connection = Connection::Connected,
            E::ConnectionExpired(_) => self.connection = Connection::Expired,
            E::CredentialRotated(rotated) => self.rotate(rotated),
            E::Disconnected(_) => self.disconnect_now(),
            E::Enabled(_) => self.enabled = true,
            E::Disabled(_) => self.enabled = false,
            E::FeatureEnabled(on) => self.features.entry(on.feature.clone()).or_default().enabled = true,
            E::FeatureDisabled(off) => self.features.entry(off.feature.clone()).or_default().enabled = false,
            E::TriggerOverridden(own) => {
                self.features.entry(own.feature.clone()).or_default().trigger.clone_from(&own.trigger);
            }
            E::ConfigurationMappingSet(set) => {
                self.configuration_mappings.insert(set.mapping.id, set.mapping.clone());
            }
            E::ConfigurationMappingRemoved(gone) => drop(self.configuration_mappings.remove(&gone.id)),
            E::CollectionMappingSet(set) => {
                self.collection_mappings.insert(set.mapping.id, set.mapping.clone());
            }
            E::CollectionMappingRemoved(gone) => drop(self.collection_mappings.remove(&gone.id)),
            E::CustomerSet(set) => drop(self.customers.insert(set.customer.id, set.customer.clone())),
            E::CustomerRemoved(gone) => drop(self.customers.remove(&gone.id)),
            E::LookupSet(set) => {
                self.lookups.insert(set.name.clone(), set.table.clone());
                self.lookups_number = set.number;
            }
            E::WebhookRegistered(on) => drop(self.webhooks.insert(on.webhook.id, on.webhook.clone())),
            E::WebhookRenewed(on) => drop(self.webhooks.insert(on.webhook.id, on.webhook.clone())),
            E::WebhookDeactivated(off) => drop(self.webhooks.remove(&off.id)),
            E::LimitsRaised(raised) => self.limits = raised.limits,
            E::IntegrationDeleted(_) => {
                self.deleted = true;
                self.enabled = false;
                self.webhooks.clear();
                self.disconnect_now();
            }
        }
    }

    fn begin(&mut self, attempt: &str) {
        let before = self.attempt.take().map_or(self.connection, |earlier| earlier.before);
        self.attempt = Some(Attempt { id: attempt.to_owned(), before });
        // A live connection goes on while somebody authorizes it again.
        if !matches!(self.connection, Connection::Connected) {
            self.connection = Connection::Connecting;
        }
    }

    fn confirm(&mut self, confirmed: &ConnectionConfirmed) {
        self.attempt = None;
        self.confirmed_attempt.clone_from(&confirmed.attempt);
        self.connection = Connection::Connected;
        self.realm = Some(confirmed.realm.clone());
        self.credential = Some(confirmed.credential.clone());
        self.scopes.clone_from(&confirmed.scopes);
    }

    fn close_attempt(&mut self) {
        if let Some(attempt) = self.attempt.take()
            && self.connection == Connection::Connecting
        {
            self.connection = attempt.before;
        }
    }

    fn rotate(&mut self, rotated: &CredentialRotated) {
        if let Some(credential) = &mut self.credential {
            credential.reference = rotated.reference.clone();
            credential.token_expires_at = rotated.token_expires_at;
        }
        if self.connection == Connection::Expired {
            self.connection = Connection::Connected;
        }
    }

    fn disconnect_now(&mut self) {
        self.attempt = None;
        self.confirmed_attempt = None;
        self.connection = Connection::Disconnected;
        self.credential = None;
        self.scopes.clear();
    }
}

/// Whether a person edited or switched something. Connecting is no touch: an automatic integration waits for it.
const fn is_touch(event: &IntegrationEvent) -> bool {
    use IntegrationEvent as E;
    match event {
        E::Described(_) | E::TriggerOverridden(_) => true,
        E::Enabled(on) => !on.automatic,
        E::Disabled(off) => !off.automatic,
        E::FeatureEnabled(on) => !on.automatic,
        E::FeatureDisabled(off) => !off.automatic,
        _ => false,
    }
}

fn describe(profile: &mut Profile, described: &Described) {
    let Described { code, name, description, settings, base_url, direction, frequency } = described;
    set(&mut profile.code, code.as_ref());
    set(&mut profile.name, name.as_ref());
    set(&mut profile.description, description.as_ref());
    set(&mut profile.settings, settings.as_ref());
    set(&mut profile.direction, direction.as_ref());
    set(&mut profile.frequency, frequency.as_ref());
    if let Some(url) = base_url {
        profile.base_url = (!url.is_empty()).then(|| url.clone());
    }
}

fn set<T: Clone>(place: &mut T, given: Option<&T>) {
    if let Some(given) = given {
        place.clone_from(given);
    }
}
