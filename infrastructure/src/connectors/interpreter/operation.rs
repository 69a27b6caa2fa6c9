//! Lookups and submissions.

use std::collections::BTreeMap;

use application::ports::connector::{
    Answered, Asked, CallError, Operations, ParameterFault, PreparedCall, PreparedSubmission, SubmitOutcome,
    Submitted, Target, WriteOutcome,
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::catalogue::FieldSchema;
use domain::fields::Fields;
use domain::value::{ErrorClass, Operation};
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::{Good, present};
use super::call::{Call, Reading, call, key, refused};
use super::connection::ManifestConnection;
use super::find::{lacks, place_in};
use super::pluck::one;
use super::read::{Position, Shown, Step, advance, rows, seconds, stopped, unreadable};
use super::send::outcome;
use crate::connectors::manifest::{
    CredentialScope, LookUp, OperationKind, OperationOf, Order, Pages, Place, Request, Values,
};

mod discover;
mod lookups;
mod parameters;

pub(in crate::connectors) use lookups::Lookups;
use parameters::{checked, in_words, natural_key};

#[async_trait::async_trait]
impl Operations for ManifestConnection {
    fn faults(&self, asked: &Asked) -> Vec<ParameterFault> {
        let operation = self.manifest().operations.get(&asked.operation);
        operation.and_then(|operation| checked(operation, &asked.parameters).err()).unwrap_or_default()
    }

    async fn look_up(&self, asked: &Asked) -> Result<Answered, CallError> {
        let (operation, parameters) = self.understood(asked, OperationKind::Lookup)?;
        let key = self.lookup_key(&asked.operation, &parameters);
        if operation.cache_s > 0
            && let Some(result) = self.connector.lookups.get(&key, self.services.clock.now())
        {
            return Ok(Answered { result, receipt: BTreeMap::new(), known: true });
        }
        let result = self.look_up_anew(operation, (&parameters, &asked.context)).await?;
        if operation.cache_s > 0 {
            let until = self.services.clock.now() + seconds(operation.cache_s);
            self.connector.lookups.put(key, &result, until);
        }
        Ok(Answered { result, receipt: BTreeMap::new(), known: false })
    }

    fn prepare_submission(&self, asked: &Asked) -> Result<PreparedSubmission, CallError> {
        let (operation, parameters) = self.understood(asked, OperationKind::Submit)?;
        let natural_key = natural_key(operation, &parameters);
        let idempotency = key::of(self.manifest(), &key::of_submission(&asked.operation, &natural_key));
        let call =
            self.operation_call(&operation.request, (&parameters, &asked.context), Some(&idempotency))?;
        let call = PreparedCall {
            method: call.method.to_owned(),
            path: call.path,
            headers: call.headers,
            body: call.body,
            entity: asked.operation.clone(),
            operation: Operation::Create,
            items: vec![natural_key.clone()],
            batch: false,
            facts: Vec::new(),
            limits: call.limits,
            auth: call.auth,
        };
        Ok(PreparedSubmission { operation: asked.operation.clone(), natural_key, call })
    }

    async fn submit(&self, submission: &PreparedSubmission, send_before: DateTime<Utc>) -> SubmitOutcome {
        let Some(operation) = self.manifest().operations.get(&submission.operation) else {
            self.unsent().await;
            let why = "the manifest no longer has the operation of this call: nothing was sent";
            return SubmitOutcome::Rejected(refused(ErrorClass::Mapping, why));
        };
        let PreparedCall { path, headers, body, limits, auth, .. } = submission.call.clone();
        let reading = Reading { empty_when: Vec::new(), ..Reading::of(&operation.request) };
        let method = operation.request.method().as_str();
        let call = Call { method, path, headers, body, auth, limits, reading };
        let good = match self.exchange(&call, Some(send_before)).await {
            Ok(good) => good,
            Err(refusal) => {
                return match outcome(refusal) {
                    WriteOutcome::Rejected(error) => SubmitOutcome::Rejected(error),
                    WriteOutcome::Unknown { reason } => SubmitOutcome::Unknown { reason },
                    WriteOutcome::Confirmed { .. } => {
                        SubmitOutcome::Unknown { reason: "the answer makes no sense".to_owned() }
                    }
                };
            }
        };
        match result(&good, operation.result.as_ref()) {
            Ok(result) => SubmitOutcome::Confirmed(Answered {
                result,
                receipt: receipt(operation, &good),
                known: false,
            }),
            Err(error) => SubmitOutcome::Unknown { reason: error.message },
        }
    }

    async fn submitted(&self, asked: &Asked) -> Result<Option<Submitted>, CallError> {
        let (operation, parameters) = self.understood(asked, OperationKind::Submit)?;
        let look_up =
            operation.look_up.as_ref().ok_or_else(|| lacks(&asked.operation, "cannot be looked up"))?;
        let call = self.operation_call(&look_up.request, (&parameters, &asked.context), None)?;
        let good = match self.ask(&call).await {
            Ok(good) => good,
            Err(error) if error.class == ErrorClass::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = result(&good, look_up.result.as_ref())?;
        if found.is_null() {
            return Ok(None);
        }
        Ok(Some(Submitted { same: is_same(look_up, &found, &parameters), result: found }))
    }

    async fn discover(&self, entity: &str) -> Result<Vec<FieldSchema>, CallError> {
        self.own_fields(entity).await
    }

    async fn reference(&self, name: &str, fresh: bool) -> Result<Vec<(String, String)>, CallError> {
        self.codes(name, fresh).await
    }
}

impl ManifestConnection {
    /// Asks a lookup, whatever is known.
    async fn look_up_anew(
        &self,
        operation: &OperationOf,
        given: (&Fields, &BTreeMap<String, String>),
    ) -> Result<Value, CallError> {
        self.admitted().await?;
        if let (Some(items), Some(pages)) = (&operation.items, &operation.pages) {
            return self.whole_list(operation, (items, pages), given).await;
        }
        let call = self.operation_call(&operation.request, given, None)?;
        let good = self.ask(&call).await?;
        result(&good, operation.items.as_ref().or(operation.result.as_ref()))
    }

    /// Whose results are the same: everybody's of the organization who asks with its global key, else the connection's.
    /// Limits may be shared where results are not.
    pub(super) fn lookup_scope(&self) -> String {
        let Target { organization, provider, integration, realm, .. } = &self.target;
        let base = self.base().map(|url| url.to_string()).unwrap_or_default();
        match self.manifest().credential_scope {
            CredentialScope::Global => format!("{organization}/{provider}/{base}"),
            CredentialScope::PerProject => format!("{organization}/{provider}/{base}/{integration}/{realm}"),
        }
    }

    fn lookup_key(&self, operation: &str, parameters: &Fields) -> String {
        format!("{}\n{operation}\n{}", self.lookup_scope(), Value::Object(parameters.clone()))
    }

    /// The operation that is asked for, and its parameters as they are sent.
    fn understood(&self, asked: &Asked, kind: OperationKind) -> Result<(&OperationOf, Fields), CallError> {
        let operations = &self.manifest().operations;
        let operation = operations.get(&asked.operation).filter(|operation| operation.kind == kind);
        let operation = operation.ok_or_else(|| {
            let known: Vec<&str> = operations
                .iter()
                .filter(|(_, operation)| operation.kind == kind)
                .map(|(name, _)| name.as_str())
                .collect();
            let message = format!("no operation `{}`: use one of {}", asked.operation, known.join(", "));
            refused(ErrorClass::Validation, message)
        })?;
        let parameters = checked(operation, &asked.parameters)
            .map_err(|faults| refused(ErrorClass::Validation, in_words(&faults)))?;
        Ok((operation, parameters))
    }

    fn operation_call(
        &self,
        request: &Request,
        (parameters, context): (&Fields, &BTreeMap<String, String>),
        key: Option<&str>,
    ) -> Result<Call, CallError> {
        let named = self.with_context(context);
        let values = Values { params: Some(parameters), named: Some(&named), key, ..self.values() };
        call(self.manifest(), request, &values)
    }

    /// Every page of a list.
    async fn whole_list(
        &self,
        operation: &OperationOf,
        (items, pages): (&Place, &Pages),
        (parameters, context): (&Fields, &BTreeMap<String, String>),
    ) -> Result<Value, CallError> {
        let named = self.with_context(context);
        let common = Values { params: Some(parameters), named: Some(&named), ..self.values() };
        let (request, order, overlap) = (&operation.request, Order::None, TimeDelta::zero());
        let step = Step { request, items, record: None, pages, order, overlap };
        let (mut position, mut all) = (Position::default(), Vec::new());
        loop {
            let good = self.ask(&call(self.manifest(), request, &paged(&common, pages, &position))?).await?;
            let raws = rows(&good, items)?;
            if position.shows_again(&raws) {
                return Err(stopped("the provider gave the same page twice"));
            }
            for raw in &raws {
                all.push(serde_json::from_str(raw.get()).map_err(unreadable)?);
            }
            let shown = Shown::of(&good, &raws, None);
            if !advance(self, &mut position, step, &shown)? {
                return Ok(Value::Array(all));
            }
            if all.len() >= operation.max_rows {
                return Err(stopped(&format!("the list has more than {} rows", operation.max_rows)));
            }
            self.admitted().await?;
        }
    }

    /// `{context.*}` of this installation, and of the person who asked.
    fn with_context(&self, context: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        self.named(&context.iter().map(|(name, value)| (format!("context.{name}"), value.clone())).collect())
    }
}

/// The values of one page's call.
fn paged<'a>(common: &Values<'a>, pages: &Pages, position: &'a Position) -> Values<'a> {
    Values {
        cursor: position.token.as_deref(),
        limit: Some(pages.size),
        offset: Some(position.offset),
        page: Some(u64::from(position.pages) + 1),
        ..common.clone()
    }
}

/// The result in an answer; null where there is nothing.
fn result(good: &Good, place: Option<&Place>) -> Result<Value, CallError> {
    if good.bare || good.text.is_empty() {
        return Ok(Value::Null);
    }
    match place_in(&good.text, place)? {
        Some(raw) => serde_json::from_str(raw.get()).map_err(unreadable),
        None => Ok(Value::Null),
    }
}

fn receipt(operation: &OperationOf, good: &Good) -> BTreeMap<String, String> {
    let kept = operation.receipt.iter().filter_map(|name| {
        let value = good.headers.get(name.as_str())?.to_str().ok()?;
        Some((name.clone(), value.to_owned()))
    });
    kept.collect()
}

/// Whether what is found says what was to be submitted. Numbers are compared by their value.
fn is_same(look_up: &LookUp, found: &Value, parameters: &Fields) -> bool {
    let Ok(text) = serde_json::to_string(found) else { return false };
    look_up.same.iter().all(|(member, parameter)| {
        let Ok(path) = member.parse() else { return false };
        let there = one(&text, &Place(path)).ok().flatten();
        let wanted = parameters.get(parameter).filter(|value| !value.is_null());
        match (there, wanted) {
            (there, None) => !present(there),
            (None, Some(_)) => false,
            (Some(there), Some(wanted)) => equal(there, wanted),
        }
    })
}

fn equal(there: &RawValue, wanted: &Value) -> bool {
    let Ok(there) = serde_json::from_str::<Value>(there.get()) else { return false };
    let number = |value: &Value| domain::money::decimal(value).ok();
    match (number(&there), number(wanted)) {
        (Some(there), Some(wanted)) => there == wanted,
        _ => there == *wanted,
    }
}
