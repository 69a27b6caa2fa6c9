//! One provider as this process knows it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use application::ports::connector::{
    AuthMethod, Feature, OperationFacts, ParameterFacts, Provider, RemoteEntity, SetupField, Timing,
};
use application::ports::limiter::Limit;
use domain::catalogue::{self, FieldSchema};
use domain::sync_config::mapping::{Mapping, RemoteArray, RemoteShape};
use domain::sync_config::mapping_rule::MappingRule;
use domain::sync_config::transform::Transform;
use domain::validation::{SendRule, SendRules};
use domain::value::Operation;
use serde_json::Value;

use super::interpreter::Lookups;
use super::manifest::{
    ArrayOf, Auth, Entity, FieldIs, Manifest, Mapped, OperationKind, OperationOf, Parameter, Place, Sends,
    origin_fits,
};
use super::registry::Endpoints;

/// A manifest and what follows from it.
pub(super) struct Connector {
    /// The manifest, without the default mappings and rules: those are in `provider`.
    pub(super) manifest: Manifest,
    /// What the catalogue says.
    pub(super) provider: Arc<Provider>,
    /// Addresses that an operator gave in place of the manifest's.
    pub(super) endpoints: Endpoints,
    /// Results of lookups that are still good.
    pub(super) lookups: Lookups,
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
    pub(super) fn try_new(mut manifest: Manifest, endpoints: Endpoints) -> Result<Self, Unusable> {
        let provider = Arc::new(provider(&manifest)?);
        // From here on the catalogue has them.
        for entity in manifest.entities.values_mut() {
            (entity.mapping, entity.rules) = (Vec::new(), Vec::new());
        }
        Ok(Self { manifest, provider, endpoints, lookups: Lookups::default() })
    }

    /// `url` at the origin that an operator put in place of the provider's.
    pub(super) fn placed(&self, mut url: url::Url) -> url::Url {
        let Some(origin) = &self.endpoints.origin else { return url };
        let moved = url.set_scheme(origin.scheme()).is_ok()
            && url.set_host(origin.host_str()).is_ok()
            && url.set_port(origin.port()).is_ok();
        // What cannot be moved goes nowhere else.
        if moved { url } else { origin.clone() }
    }

    /// Whether the manifest or the operator names the origin of `url`.
    pub(super) fn owns(&self, url: &url::Url) -> bool {
        let placed = self.endpoints.origin.as_ref();
        if placed.is_some_and(|placed| placed.origin() == url.origin()) {
            return true;
        }
        let origin = url.origin().ascii_serialization();
        self.manifest.origins.iter().any(|own| origin_fits(own, &origin))
    }
}

fn provider(manifest: &Manifest) -> Result<Provider, Unusable> {
    let entities = manifest
        .entities
        .iter()
        .map(|(name, entity)| Ok((name.clone(), remote_entity(manifest, name, entity)?)))
        .collect::<Result<_, Unusable>>()?;
    Ok(Provider {
        key: manifest.key.clone(),
        name: manifest.name.clone(),
        categories: manifest.categories.clone(),
        countries: manifest.countries.clone(),
        docs: manifest.docs.clone(),
        methods: methods(manifest),
        app_secrets: app_secrets(manifest),
        credential_scope: manifest.credential_scope.as_str().to_owned(),
        auto_enable: manifest.auto_enable,
        has_realm: manifest.auth.realm.is_some()
            || manifest.auth.realms.is_some()
            || manifest.verify.as_ref().is_some_and(|verify| verify.realm.is_some()),
        origins: manifest.origins.clone(),
        setup: setup(manifest, false),
        app_setup: setup(manifest, true),
        entities,
        features: features(manifest),
        operations: manifest
            .operations
            .iter()
            .map(|(name, operation)| operation_of(name, operation))
            .collect(),
        references: manifest.reference.keys().cloned().collect(),
        webhooks: manifest.webhooks.is_some(),
        timing: timing(manifest),
        limit: Some(Limit { calls: manifest.limits.calls, per: Duration::from_secs(manifest.limits.per_s) }),
        concurrency: manifest.limits.concurrency,
    })
}

/// Ways to authenticate, the usual one first.
fn methods(manifest: &Manifest) -> Vec<AuthMethod> {
    let usual = (None, &manifest.auth);
    let others = manifest.auth.methods.iter().map(|(name, auth)| (Some(name.clone()), auth));
    std::iter::once(usual).chain(others).map(|(name, auth)| method(manifest, name, auth)).collect()
}

fn method(manifest: &Manifest, name: Option<String>, auth: &Auth) -> AuthMethod {
    let needed = auth.secrets();
    let typed = manifest.setup.iter().filter(|field| field.secret && field.required && !field.app);
    let typed = typed.map(|field| &field.name).filter(|name| needed.contains(*name)).cloned();
    let obtained = auth.obtained().iter().map(|name| (*name).to_owned());
    AuthMethod {
        label: auth.label.clone(),
        kind: auth.kind.as_str().to_owned(),
        in_browser: auth.in_browser(),
        required_secrets: obtained.chain(typed).collect(),
        name,
    }
}

/// What the organization's app registration may hold: what every one may, and what the manifest asks for or verifies
/// webhooks with.
fn app_secrets(manifest: &Manifest) -> Vec<String> {
    let mut names: BTreeSet<String> =
        ["client_id", "client_secret", "webhook_secret"].map(str::to_owned).into();
    names.extend(manifest.setup.iter().filter(|field| field.app).map(|field| field.name.clone()));
    names.extend(manifest.webhooks.iter().flat_map(|webhooks| webhooks.secrets.clone()));
    names.into_iter().collect()
}

fn timing(manifest: &Manifest) -> Timing {
    Timing {
        request_timeout: Duration::from_millis(manifest.timing.request_timeout_ms),
        send_window: Duration::from_millis(manifest.timing.send_window_ms),
        settle: manifest.timing.settle_ms.map(Duration::from_millis),
    }
}

/// The form of a connection, or that of the organization's app registration.
fn setup(manifest: &Manifest, app: bool) -> Vec<SetupField> {
    let field = |field: &super::manifest::Setup| SetupField {
        name: field.name.clone(),
        label: field.label.clone(),
        help: field.help.clone(),
        example: field.example.clone(),
        secret: field.secret,
        required: field.required,
        pattern: field.pattern.clone(),
        options: field.options.clone(),
    };
    manifest.setup.iter().filter(|field| field.app == app).map(field).collect()
}

fn features(manifest: &Manifest) -> Vec<Feature> {
    let feature = |feature: &super::manifest::Feature| Feature {
        code: feature.code.clone(),
        name: feature.name.clone(),
        local_entity: feature.local_entity.clone(),
        remote_entity: feature.remote_entity.clone(),
        direction: feature.direction,
        trigger: feature.trigger.clone(),
        filter: feature.filter.clone(),
    };
    manifest.features.iter().map(feature).collect()
}

fn operation_of(name: &str, operation: &OperationOf) -> OperationFacts {
    let parameter = |parameter: &Parameter| ParameterFacts {
        name: parameter.name.clone(),
        label: parameter.label.clone(),
        help: parameter.help.clone(),
        example: parameter.example.clone(),
        kind: parameter.kind.clone(),
        required: parameter.required,
        pattern: parameter.pattern.clone(),
        public: parameter.public,
    };
    OperationFacts {
        name: name.to_owned(),
        label: operation.label.clone(),
        help: operation.help.clone(),
        submits: operation.kind == OperationKind::Submit,
        parameters: operation.parameters.iter().map(parameter).collect(),
        natural_key: operation.natural_key.clone(),
        cache: Duration::from_secs(operation.cache_s),
    }
}

fn remote_entity(manifest: &Manifest, name: &str, entity: &Entity) -> Result<RemoteEntity, Unusable> {
    let unusable = |why: String| Unusable { entity: name.to_owned(), why };
    let writes = Operation::ALL.iter().filter_map(|operation| entity.write(*operation));
    let own = writes.filter_map(|write| write.batch.as_ref()).map(|batch| batch.max).max();
    let batched = own.or(manifest.batch.as_ref().map(|batch| batch.max)).unwrap_or(1);
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
        whole_deactivate: entity.deactivate.as_ref().is_some_and(|write| write.sends == Sends::Fields),
        inactive: entity.inactive.as_ref().map(|is| (is.field.text(), only_constant(is))),
        batch: batched,
        incremental: entity.changes.is_some() || entity.delta.is_some(),
        listable: entity.list.is_some() || entity.delta.is_some() || entity.bulk.is_some(),
        default_mapping: mapping(entity).map_err(unusable)?,
        rules: rules(entity).map_err(unusable)?,
    })
}

fn rules(entity: &Entity) -> Result<SendRules, String> {
    let rules = entity.rules.iter().map(|rule| SendRule {
        field: rule.field.clone(),
        check: rule.check.clone(),
        when: None,
        message: rule.message.clone(),
    });
    SendRules::try_new(&rules.collect::<Vec<_>>(), catalogue::find(&entity.local_entity))
        .map_err(|broken| broken.first().map(ToString::to_string).unwrap_or_default())
}

pub(super) fn shape(entity: &Entity) -> Result<RemoteShape, String> {
    let mut fields = Vec::with_capacity(entity.fields.len());
    for (path, field) in &entity.fields {
        let kind = field.parsed().map_err(|error| format!("field `{path}`: {error}"))?;
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
        computed: array
            .computed
            .iter()
            .flat_map(|is| is.constants().map(|constant| (is.field.text(), constant.clone())))
            .collect(),
    }
}

/// The constant a field is compared with; the checker asks for one.
fn only_constant(is: &FieldIs) -> Value {
    is.constants().next().cloned().unwrap_or_default()
}

/// The default mapping, each rule named by its local field, else by its remote one.
pub(super) fn mapping(entity: &Entity) -> Result<Mapping, String> {
    let mut rules = Vec::with_capacity(entity.mapping.len());
    for mapped in &entity.mapping {
        rules.push(rule(mapped)?);
    }
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
