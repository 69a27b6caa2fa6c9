//! A provider as the catalogue shows it.

use application::ports::connector::{AuthMethod, Feature, Provider, RemoteEntity, SetupField};
use domain::catalogue::FieldSchema;
use domain::validation::SendRule;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

/// A field of the setup form.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = SetupField)]
pub(crate) struct SetupShape {
    /// Its name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Help text.
    pub help: String,
    /// An example.
    pub example: String,
    /// Whether it is a secret, which is only ever written.
    pub secret: bool,
    /// Whether it must be given.
    pub required: bool,
    /// A regular expression that the value must fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A list of the provider's codes to choose from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<String>,
}

impl From<&SetupField> for SetupShape {
    fn from(field: &SetupField) -> Self {
        let SetupField { name, label, help, example, secret, required, pattern, options } = field.clone();
        Self { name, label, help, example, secret, required, pattern, options }
    }
}

/// A provider in a list.
pub(crate) fn summary(provider: &Provider) -> Value {
    json!({
        "key": provider.key,
        "name": provider.name,
        "categories": provider.categories,
        "countries": provider.countries,
        "docs": provider.docs,
        "auth": provider.auth(),
        "auth_methods": provider.methods.iter().map(method).collect::<Vec<_>>(),
        "credential_scope": provider.credential_scope,
        "auto_enable_for_country": provider.auto_enable,
        "webhooks": provider.webhooks,
        "features": provider.features.iter().map(feature).collect::<Vec<_>>(),
    })
}

/// A provider with its setup form, entities, fields and rules.
pub(super) fn whole(provider: &Provider) -> Value {
    let mut shown = summary(provider);
    let setup: Vec<SetupShape> = provider.setup.iter().map(SetupShape::from).collect();
    shown["setup"] = json!(setup);
    let usual = provider.methods.first().map(|method| method.required_secrets.clone());
    shown["required_credentials"] = json!(usual.unwrap_or_default());
    let app: Vec<SetupShape> = provider.app_setup.iter().map(SetupShape::from).collect();
    shown["app_setup"] = json!(app);
    shown["entities"] = provider.entities.values().map(entity).collect();
    shown["origins"] = json!(provider.origins);
    shown
}

/// A way to authenticate; `name` is what the setting `auth` takes.
fn method(method: &AuthMethod) -> Value {
    json!({
        "name": method.name,
        "label": method.label,
        "kind": method.kind,
        "in_browser": method.in_browser,
        "required_credentials": method.required_secrets,
    })
}

fn feature(feature: &Feature) -> Value {
    json!({
        "code": feature.code,
        "name": feature.name,
        "local_entity": feature.local_entity,
        "remote_entity": feature.remote_entity,
        "direction": feature.direction,
        "trigger": feature.trigger,
    })
}

fn entity(entity: &RemoteEntity) -> Value {
    json!({
        "name": entity.name,
        "local_entity": entity.local_entity,
        "operations": entity.operations,
        "write_class": entity.write_class,
        "incremental": entity.incremental,
        "listable": entity.listable,
        "fields": fields(&entity.shape.fields),
        "custom_fields": entity.shape.open,
        "default_mapping": entity.default_mapping,
        "rules": entity.rules.iter().map(rule).collect::<Vec<_>>(),
    })
}

fn rule(rule: &SendRule) -> Value {
    json!({ "expression": rule.check, "field": rule.field, "message": rule.message })
}

/// Fields of an entity, ours or a provider's.
pub(in crate::http::v1) fn fields(fields: &[FieldSchema]) -> Vec<Value> {
    fields
        .iter()
        .map(|field| {
            json!({
                "path": field.path,
                "title": field.title,
                "type": field.kind,
                "required": field.required,
                "personal": field.personal,
                "item_key": field.item_key,
            })
        })
        .collect()
}
