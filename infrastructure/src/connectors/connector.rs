//! One provider as this process knows it.

use std::sync::Arc;
use std::time::Duration;

use application::ports::connector::{Feature, Provider, RemoteEntity, SetupField, Timing};
use application::ports::limiter::Limit;
use domain::catalogue::{FieldSchema, FieldType};
use domain::sync_config::mapping::{Mapping, RemoteArray, RemoteShape};
use domain::sync_config::mapping_rule::MappingRule;
use domain::sync_config::transform::Transform;
use serde_json::Value;

use super::manifest::{ArrayOf, Entity, Manifest, Mapped, Place};
use super::registry::Endpoints;

/// A manifest and what follows from it.
pub(super) struct Connector {
    /// The manifest.
    pub(super) manifest: Manifest,
    /// What the catalogue says.
    pub(super) provider: Arc<Provider>,
    /// Addresses that an operator gave in place of the manifest's.
    pub(super) endpoints: Endpoints,
}

/// Why a manifest cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("entity `{entity}`: {why}")]
pub(super) struct Unusable {
    /// The entity.
    pub(super) entity: String,
    /// What is wrong.
    pub(super) why: String,
}

impl Connector {
    /// A connector of a manifest. Errors: an entity whose fields or mapping cannot be read.
    pub(super) fn try_new(manifest: Manifest, endpoints: Endpoints) -> Result<Self, Unusable> {
        let provider = Arc::new(provider(&manifest)?);
        Ok(Self { manifest, provider, endpoints })
    }

    /// Whether the manifest or the operator names the origin of `url`.
    pub(super) fn owns(&self, url: &url::Url) -> bool {
        let origin = url.origin().ascii_serialization();
        self.manifest.origins.iter().any(|own| own.trim_end_matches('/') == origin)
    }
}

fn provider(manifest: &Manifest) -> Result<Provider, Unusable> {
    let entities = manifest
        .entities
        .iter()
        .map(|(name, entity)| Ok((name.clone(), remote_entity(manifest, name, entity)?)))
        .collect::<Result<_, Unusable>>()?;
    let oauth2 = manifest.auth.oauth2.as_ref();
    Ok(Provider {
        key: manifest.key.clone(),
        name: manifest.name.clone(),
        categories: manifest.categories.clone(),
        countries: manifest.countries.clone(),
        docs: manifest.docs.clone(),
        auth: manifest.auth.kind.as_str().to_owned(),
        required_secrets: manifest.auth.required_secrets(),
        credential_scope: manifest.credential_scope.as_str().to_owned(),
        auto_enable: manifest.auto_enable,
        has_realm: oauth2.is_some_and(|oauth2| oauth2.realm.is_some())
            || manifest.verify.as_ref().is_some_and(|verify| verify.realm.is_some()),
        origins: manifest.origins.clone(),
        setup: setup(manifest),
        entities,
        features: features(manifest),
        webhooks: manifest.webhooks.is_some(),
        timing: timing(manifest),
        limit: Some(Limit { calls: manifest.limits.calls, per: Duration::from_secs(manifest.limits.per_s) }),
        concurrency: manifest.limits.concurrency,
    })
}

fn timing(manifest: &Manifest) -> Timing {
    Timing {
        request_timeout: Duration::from_millis(manifest.timing.request_timeout_ms),
        send_window: Duration::from_millis(manifest.timing.send_window_ms),
        settle: manifest.timing.settle_ms.map(Duration::from_millis),
    }
}

fn setup(manifest: &Manifest) -> Vec<SetupField> {
    let field = |field: &super::manifest::Setup| SetupField {
        name: field.name.clone(),
        label: field.label.clone(),
        help: field.help.clone(),
        example: field.example.clone(),
        secret: field.secret,
        required: field.required,
    };
    manifest.setup.iter().map(field).collect()
}

fn features(manifest: &Manifest) -> Vec<Feature> {
    let feature = |feature: &super::manifest::Feature| Feature {
        code: feature.code.clone(),
        name: feature.name.clone(),
        local_entity: feature.local_entity.clone(),
        remote_entity: feature.remote_entity.clone(),
        direction: feature.direction,
        trigger: feature.trigger.clone(),
    };
    manifest.features.iter().map(feature).collect()
}

fn remote_entity(manifest: &Manifest, name: &str, entity: &Entity) -> Result<RemoteEntity, Unusable> {
    let unusable = |why: String| Unusable { entity: name.to_owned(), why };
    let batched = manifest.batch.as_ref().map_or(1, |batch| batch.max);
    Ok(RemoteEntity {
        name: name.to_owned(),
        local_entity: entity.local_entity.clone(),
        operations: entity.operations(),
        write_class: entity.write_class,
        key_lifetime: Duration::from_secs(entity.key_lifetime_s),
        shape: shape(entity).map_err(unusable)?,
        reference: entity.reference.as_ref().map(|carried| carried.field.text()),
        natural_key: entity.natural_key.as_ref().map(Place::text),
        volatile: entity.volatile.iter().map(Place::text).collect(),
        sparse_update: entity.update.as_ref().is_some_and(|update| update.sparse),
        inactive: entity.inactive.as_ref().map(|is| (is.field.text(), is.equals.0.clone())),
        batch: batched,
        incremental: entity.changes.is_some(),
        listable: entity.list.is_some(),
        default_mapping: mapping(entity).map_err(unusable)?,
        rules: entity
            .rules
            .iter()
            .map(|rule| (rule.check.clone(), rule.field.clone(), rule.message.clone()))
            .collect(),
    })
}

pub(super) fn shape(entity: &Entity) -> Result<RemoteShape, String> {
    let mut fields = Vec::new();
    for (path, kind) in &entity.fields {
        let kind = FieldType::parse(kind).map_err(|error| format!("field `{path}`: {error}"))?;
        let mut field = FieldSchema::new(path, kind);
        field.required = entity.required.iter().any(|required| required.text() == *path);
        fields.push(field);
    }
    let arrays = entity.arrays.iter().map(array).collect();
    Ok(RemoteShape { fields, open: entity.open, arrays })
}

fn array(array: &ArrayOf) -> RemoteArray {
    RemoteArray {
        path: array.path.text(),
        key: array.key.as_ref().map(Place::text),
        computed: array.computed.iter().map(|is| (is.field.text(), is.equals.0.clone())).collect(),
    }
}

/// The default mapping, each rule named by its local field, else by its remote one.
pub(super) fn mapping(entity: &Entity) -> Result<Mapping, String> {
    let rules = entity.mapping.iter().map(rule).collect::<Result<_, _>>()?;
    Ok(Mapping { rules })
}

fn rule(mapped: &Mapped) -> Result<MappingRule, String> {
    let name = mapped.local.as_ref().unwrap_or(&mapped.remote).text();
    let transform = match &mapped.transform {
        None => Transform::Direct,
        Some(table) => transform(table).map_err(|why| format!("mapping of `{name}`: {why}"))?,
    };
    Ok(MappingRule {
        id: name,
        local: mapped.local.as_ref().map(|place| place.0.clone()),
        remote: Some(mapped.remote.0.clone()),
        direction: mapped.direction,
        transform,
        default: mapped.default.as_ref().map(|default| default.0.clone()),
        required: mapped.required,
    })
}

/// `{ reference = { entity = "customer" } }`: the transform's name and its configuration.
fn transform(table: &toml::Table) -> Result<Transform, String> {
    let (Some((kind, config)), 1) = (table.iter().next(), table.len()) else {
        return Err(
            "a transform is one table with one name: { reference = { entity = \"customer\" } }".to_owned()
        );
    };
    let config: Value = serde_json::to_value(config).map_err(|error| error.to_string())?;
    Transform::parse(kind, &config).map_err(|error| error.to_string())
}
