//! Creating, describing and deleting an integration; and the table of its other commands.

use serde_json::Value;

use super::Decision;
use crate::expression::Pattern;
use crate::fields::Fields;
use crate::integration::aggregate::Integration;
use crate::integration::base_url;
use crate::integration::commands::{CreateIntegration, DescribeIntegration, IntegrationCommand};
use crate::integration::error::IntegrationError;
use crate::integration::events::{Described, IntegrationCreated, IntegrationDeleted, LimitsRaised};
use crate::integration::facts::{ProviderFacts, SettingFacts};
use crate::integration::parts::{Limits, Profile};
use crate::value::Direction;

/// Names that betray a credential, whatever the provider calls it.
const SECRET_WORDS: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "api_key",
    "apikey",
    "private_key",
    "access_token",
    "refresh_token",
    "_encrypted",
];

impl Integration {
    pub(in crate::integration) fn decide_existing(&self, command: IntegrationCommand) -> Decision {
        use IntegrationCommand as C;
        match command {
            C::Create(create) => self.create(*create),
            C::Describe(describe) => self.describe(*describe),
            C::BeginConnecting { attempt } => Ok(self.begin_connecting(attempt)),
            C::ConfirmConnection(confirm) => self.confirm_connection(*confirm),
            C::RefuseConnection { attempt, reason } => self.refuse_connection(attempt, &reason),
            C::ProvideCredentials(credential) => Ok(self.provide_credentials(credential)),
            C::RecordHealth(health) => Ok(self.record_health(health)),
            C::MarkExpired { reason } => self.mark_expired(&reason),
            C::RecordRotation { reference, token_expires_at } => {
                self.record_rotation(reference, token_expires_at)
            }
            C::Disconnect { reason } => Ok(self.disconnect(reason.as_deref())),
            C::Enable { facts, automatic } => self.enable(&facts, automatic),
            C::Disable { reason, automatic } => Ok(self.disable(reason.as_deref(), automatic)),
            C::EnableFeature { feature, facts, automatic } => self.enable_feature(feature, &facts, automatic),
            C::DisableFeature { feature, automatic } => Ok(self.disable_feature(feature, automatic)),
            C::OverrideTrigger { feature, trigger, facts } => self.override_trigger(feature, trigger, &facts),
            C::SetConfigurationMapping(mapping) => self.set_configuration_mapping(*mapping),
            C::RemoveConfigurationMapping { id } => self.remove_configuration_mapping(id),
            C::SetCollectionMapping(mapping) => self.set_collection_mapping(*mapping),
            C::RemoveCollectionMapping { id } => self.remove_collection_mapping(id),
            C::SetCustomer(customer) => self.set_customer(*customer),
            C::RemoveCustomer { id } => self.remove_customer(id),
            C::SetLookup { name, table, expected } => self.set_lookup(name, table, expected),
            C::RegisterWebhook(webhook) => self.register_webhook(*webhook),
            C::RenewWebhook(webhook) => self.renew_webhook(*webhook),
            C::DeactivateWebhook { id, reason } => Ok(self.deactivate_webhook(id, &reason)),
            C::RaiseLimits(limits) => self.raise_limits(limits),
            C::Delete { active_runs, force } => Self::delete(active_runs, force),
        }
    }

    pub(in crate::integration) fn create(&self, create: CreateIntegration) -> Decision {
        if self.identity.is_some() {
            return Err(IntegrationError::AlreadyCreated);
        }
        let facts = &*create.facts;
        let CreateIntegration { identity, code, name, description, settings, base_url, .. } = create;
        if identity.provider != facts.key {
            return Err(IntegrationError::OtherProvider {
                expected: facts.key.clone(),
                given: identity.provider,
            });
        }
        let base_url = base_url.filter(|url| !url.is_empty());
        check_edited(Some(&settings), base_url.as_deref(), create.direction, facts)?;
        let direction = create.direction.unwrap_or(facts.direction);
        let frequency = create.frequency.unwrap_or_default();
        let profile = Profile { code, name, description, settings, base_url, direction, frequency };
        Ok(vec![IntegrationCreated { identity, profile }.into()])
    }

    fn describe(&self, describe: DescribeIntegration) -> Decision {
        self.check_facts(&describe.facts)?;
        let Some(profile) = &self.profile else {
            return Err(IntegrationError::NotFound);
        };
        let DescribeIntegration { code, name, description, settings, base_url, direction, frequency, facts } =
            describe;
        let url = base_url.as_deref().filter(|url| !url.is_empty());
        check_edited(settings.as_ref(), url, direction, &facts)?;
        let known_url = profile.base_url.as_deref().unwrap_or_default();
        let described = Described {
            code: code.filter(|code| *code != profile.code),
            name: name.filter(|name| *name != profile.name),
            description: description.filter(|text| *text != profile.description),
            settings: settings.filter(|settings| *settings != profile.settings),
            base_url: base_url.filter(|url| url != known_url),
            direction: direction.filter(|direction| *direction != profile.direction),
            frequency: frequency.filter(|frequency| *frequency != profile.frequency),
        };
        Ok(if described == Described::default() { Vec::new() } else { vec![described.into()] })
    }

    fn raise_limits(&self, limits: Limits) -> Decision {
        let given = [
            ("calls_per_minute", limits.calls_per_minute),
            ("calls_per_day", limits.calls_per_day),
            ("concurrent_calls", limits.concurrent_calls),
        ];
        if let Some((limit, _)) = given.into_iter().find(|(_, number)| *number == Some(0)) {
            return Err(IntegrationError::LimitIsZero { limit });
        }
        Ok(if limits == self.limits { Vec::new() } else { vec![LimitsRaised { limits }.into()] })
    }

    fn delete(active_runs: u32, force: bool) -> Decision {
        match active_runs {
            0 => Ok(vec![IntegrationDeleted { forced: false }.into()]),
            _ if force => Ok(vec![IntegrationDeleted { forced: true }.into()]),
            runs => Err(IntegrationError::RunsActive { runs }),
        }
    }
}

fn check_edited(
    settings: Option<&Fields>,
    base_url: Option<&str>,
    direction: Option<Direction>,
    facts: &ProviderFacts,
) -> Result<(), IntegrationError> {
    if let Some(field) = settings.and_then(|settings| secret_in(settings, &facts.credential_names)) {
        return Err(IntegrationError::SecretInSettings { field });
    }
    if let Some(unfit) = settings.and_then(|settings| unfit_in(settings, &facts.settings)) {
        let wanted = if unfit.example.is_empty() { &unfit.pattern } else { &unfit.example };
        return Err(IntegrationError::UnfitSetting { field: unfit.name.clone(), wanted: wanted.clone() });
    }
    if let Some(url) = base_url {
        base_url::check(url, facts)?;
    }
    match direction {
        Some(wanted) if wanted != facts.direction && facts.direction != Direction::Bidirectional => {
            Err(IntegrationError::DirectionNotAllowed { allowed: facts.direction })
        }
        _ => Ok(()),
    }
}

/// The first setting that is there and does not fit its form's field. An address may be made of it.
fn unfit_in<'a>(settings: &Fields, form: &'a [SettingFacts]) -> Option<&'a SettingFacts> {
    form.iter().find(|field| match settings.get(&field.name) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !fits(&field.pattern, text),
        Some(other) => !fits(&field.pattern, &other.to_string()),
    })
}

/// A pattern that cannot be read lets nothing through; the checker of manifests says so before.
fn fits(pattern: &str, text: &str) -> bool {
    Pattern::parse(pattern).is_some_and(|pattern| pattern.fits(text))
}

/// The path of the first setting whose name is a credential's.
fn secret_in(settings: &Fields, credential_names: &[String]) -> Option<String> {
    settings.iter().find_map(|(name, value)| {
        let lower = name.to_lowercase().replace('-', "_");
        let betrays = SECRET_WORDS.iter().any(|word| lower.contains(word));
        if betrays || credential_names.contains(name) {
            return Some(name.clone());
        }
        secret_within(value, credential_names).map(|inner| format!("{name}.{inner}"))
    })
}

fn secret_within(value: &Value, credential_names: &[String]) -> Option<String> {
    match value {
        Value::Object(inner) => secret_in(inner, credential_names),
        Value::Array(items) => items.iter().find_map(|item| secret_within(item, credential_names)),
        _ => None,
    }
}
