//! What there is to say of a connector.

use infrastructure::connectors::manifest::{Auth, Entity, LimitScope, Limits, Manifest, OperationOf};
use serde::Serialize;

/// A connector, for `list --json`.
#[derive(Serialize)]
pub(super) struct Facts {
    pub(super) key: String,
    pub(super) name: String,
    pub(super) categories: Vec<String>,
    pub(super) countries: Vec<String>,
    pub(super) docs: String,
    pub(super) auth: Vec<Method>,
    pub(super) entities: Vec<EntityFacts>,
    pub(super) operations: Vec<OperationFacts>,
    pub(super) webhooks: Option<WebhookFacts>,
    pub(super) limits: Vec<LimitFacts>,
    pub(super) concurrency: u32,
    pub(super) hook: bool,
}

/// A way to authenticate.
#[derive(Serialize)]
pub(super) struct Method {
    pub(super) name: Option<String>,
    pub(super) kind: &'static str,
    pub(super) in_browser: bool,
}

/// An entity.
#[derive(Serialize)]
pub(super) struct EntityFacts {
    pub(super) name: String,
    pub(super) local_entity: String,
    pub(super) operations: Vec<String>,
    pub(super) write_class: String,
}

/// A lookup or a submission.
#[derive(Serialize)]
pub(super) struct OperationFacts {
    pub(super) name: String,
    pub(super) label: String,
}

/// Webhooks.
#[derive(Serialize)]
pub(super) struct WebhookFacts {
    pub(super) signature: String,
    pub(super) subscribes: bool,
}

/// A limit.
#[derive(Serialize)]
pub(super) struct LimitFacts {
    pub(super) name: String,
    pub(super) calls: u32,
    pub(super) per_s: u64,
    pub(super) scope: &'static str,
}

impl Facts {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let webhooks = manifest.webhooks.as_ref().map(|webhooks| WebhookFacts {
            signature: format!("{:?}", webhooks.signature.kind).to_lowercase(),
            subscribes: webhooks.subscribe.is_some(),
        });
        let operation = |(name, operation): (&String, &OperationOf)| OperationFacts {
            name: name.clone(),
            label: operation.label.clone(),
        };
        Self {
            key: manifest.key.clone(),
            name: manifest.name.clone(),
            categories: manifest.categories.clone(),
            countries: manifest.countries.clone(),
            docs: manifest.docs.clone(),
            auth: methods(&manifest.auth),
            entities: manifest.entities.iter().map(|(name, one)| entity((name, one))).collect(),
            operations: manifest.operations.iter().map(|(name, one)| operation((name, one))).collect(),
            webhooks,
            limits: limits(&manifest.limits),
            concurrency: manifest.limits.concurrency,
            hook: false,
        }
    }
}

fn methods(auth: &Auth) -> Vec<Method> {
    let method = |name: Option<&String>, auth: &Auth| Method {
        name: name.cloned(),
        kind: auth.kind.as_str(),
        in_browser: auth.in_browser(),
    };
    let others = auth.methods.iter().map(|(name, other)| method(Some(name), other));
    std::iter::once(method(None, auth)).chain(others).collect()
}

fn entity((name, entity): (&String, &Entity)) -> EntityFacts {
    let mut operations: Vec<String> = Vec::new();
    let reads = [
        ("read", entity.read.is_some()),
        ("list", entity.list.is_some()),
        ("changes", entity.changes.is_some() || entity.delta.is_some()),
    ];
    operations.extend(reads.iter().filter(|(_, can)| *can).map(|(word, _)| (*word).to_owned()));
    operations.extend(entity.operations().iter().map(|operation| operation.as_str().to_owned()));
    EntityFacts {
        name: name.clone(),
        local_entity: entity.local_entity.clone(),
        operations,
        write_class: entity.write_class.as_str().to_owned(),
    }
}

fn limits(limits: &Limits) -> Vec<LimitFacts> {
    let scope = |scope: LimitScope| match scope {
        LimitScope::App => "app",
        LimitScope::Realm => "realm",
    };
    let own = LimitFacts {
        name: "calls".to_owned(),
        calls: limits.calls,
        per_s: limits.per_s,
        scope: scope(limits.scope),
    };
    let also = limits.also.iter().map(|bucket| LimitFacts {
        name: bucket.name.clone(),
        calls: bucket.calls,
        per_s: bucket.per_s,
        scope: scope(bucket.scope),
    });
    std::iter::once(own).chain(also).collect()
}
