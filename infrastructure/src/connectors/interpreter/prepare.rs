//! Writes as the bytes of calls.

use application::ports::connector::{CallError, PreparedCall, WriteRequest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use domain::fields::Fields;
use domain::sync_config::field_path::FieldPath;
use domain::value::{ErrorClass, Operation};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::call::{Call, call, refused, unfilled};
use super::connection::ManifestConnection;
use crate::connectors::manifest::{Batch, Entity, Member, Sends, Values, Write};

/// Writes of one operation and their bodies, ready for a batch.
type Ready<'w> = Vec<(&'w WriteRequest, Value)>;
/// Writes that cannot be said, by item.
type Refused = Vec<(String, CallError)>;

impl ManifestConnection {
    pub(super) fn calls(&self, name: &str, writes: &[WriteRequest]) -> (Vec<PreparedCall>, Refused) {
        let entity = match self.entity(name) {
            Ok(entity) => entity,
            Err(error) => {
                return (
                    Vec::new(),
                    writes.iter().map(|write| (write.item.clone(), error.clone())).collect(),
                );
            }
        };
        let (mut calls, mut refusals) = (Vec::new(), Vec::new());
        for operation in Operation::ALL {
            let mut group = writes.iter().filter(|write| write.operation == *operation).peekable();
            if group.peek().is_none() {
                continue;
            }
            let ready = ready(entity, name, group, &mut refusals, &self.values());
            self.pack(name, (entity, *operation), &ready, (&mut calls, &mut refusals));
        }
        (calls, refusals)
    }

    /// Puts writes of one operation into batch calls, or each into its own.
    fn pack(
        &self,
        name: &str,
        (entity, operation): (&Entity, Operation),
        ready: &[(&WriteRequest, Value)],
        (calls, refusals): (&mut Vec<PreparedCall>, &mut Refused),
    ) {
        let batch = self.manifest().batch.as_ref().filter(|batch| batch.verbs.contains_key(&operation));
        if let (Some(batch), true) = (batch, ready.len() > 1) {
            let size = usize::try_from(batch.max.max(1)).unwrap_or(1);
            for chunk in ready.chunks(size) {
                push(name, chunk, self.batched(name, batch, chunk), (calls, refusals));
            }
            return;
        }
        let Some(write) = entity.write(operation) else { return };
        for one in ready {
            push(name, std::slice::from_ref(one), self.single(write, one), (calls, refusals));
        }
    }

    fn single(
        &self,
        write: &Write,
        (request, body): &(&WriteRequest, Value),
    ) -> (Result<Call, CallError>, bool) {
        let key = self.key(&request.key);
        let values = Values { key: Some(&key), ..values(request, &self.values()) };
        let call = call(self.manifest(), &write.request, &values).map(|call| match write.sends {
            Sends::Nothing => without_body(call),
            Sends::Fields | Sends::Set => Call { body: body.to_string(), ..call },
        });
        (call, false)
    }

    fn batched(
        &self,
        name: &str,
        batch: &Batch,
        chunk: &[(&WriteRequest, Value)],
    ) -> (Result<Call, CallError>, bool) {
        let items = (1..).zip(chunk).map(|(number, (write, body)): (u32, &(&WriteRequest, Value))| {
            let verb = batch.verbs.get(&write.operation).cloned().unwrap_or_default();
            Value::Object(Fields::from_iter([
                (batch.item_id.clone(), number.to_string().into()),
                (batch.operation.clone(), verb.into()),
                (name.to_owned(), body.clone()),
            ]))
        });
        let body = Value::Object(Fields::from_iter([(batch.items.clone(), Value::Array(items.collect()))]));
        let keys: Vec<&str> = chunk.iter().map(|(write, _)| write.key.as_str()).collect();
        let digest = digest(&keys.join("\n"));
        let key = &digest[..batch.key_length.clamp(8, digest.len())];
        let values = Values { key: Some(key), ..self.values() };
        (
            call(self.manifest(), &batch.request, &values)
                .map(|call| Call { body: body.to_string(), ..call }),
            true,
        )
    }

    /// The key as it is where the provider takes it, else its digest.
    fn key(&self, key: &str) -> String {
        match self.manifest().key_max_length {
            Some(most) if key.chars().count() > most => digest(key),
            _ => key.to_owned(),
        }
    }
}

/// Keeps a call, or refuses its items.
fn push(
    name: &str,
    items: &[(&WriteRequest, Value)],
    (call, batch): (Result<Call, CallError>, bool),
    (calls, refusals): (&mut Vec<PreparedCall>, &mut Refused),
) {
    let names = items.iter().map(|(write, _)| write.item.clone());
    match (call, items.first()) {
        (Ok(call), Some((first, _))) => calls.push(PreparedCall {
            method: call.method.to_owned(),
            path: call.path,
            headers: call.headers,
            body: call.body,
            entity: name.to_owned(),
            operation: first.operation,
            items: names.collect(),
            batch,
        }),
        (Err(error), _) => refusals.extend(names.map(|item| (item, error.clone()))),
        (Ok(_), None) => {}
    }
}

/// 43 characters that stand for a text of any length.
fn digest(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

fn without_body(call: Call) -> Call {
    let headers =
        call.headers.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("content-type")).collect();
    Call { headers, ..call }
}

fn values<'a>(write: &'a WriteRequest, common: &Values<'a>) -> Values<'a> {
    Values {
        id: write.remote_id.as_deref(),
        reference: Some(&write.reference),
        version_token: write.version_token.as_deref(),
        ..common.clone()
    }
}

fn ready<'w>(
    entity: &Entity,
    name: &str,
    writes: impl Iterator<Item = &'w WriteRequest>,
    refusals: &mut Refused,
    common: &Values<'_>,
) -> Ready<'w> {
    let mut ready = Vec::new();
    for write in writes {
        match body(entity, name, write, common) {
            Ok(body) => ready.push((write, body)),
            Err(error) => refusals.push((write.item.clone(), error)),
        }
    }
    ready
}

/// The body of a write: its fields, our reference on a create, and the members the manifest adds.
fn body(entity: &Entity, name: &str, write: &WriteRequest, common: &Values<'_>) -> Result<Value, CallError> {
    let operation = write.operation;
    let rule = entity.write(operation).ok_or_else(|| {
        refused(ErrorClass::Validation, format!("`{name}` has no operation `{operation}` at this provider"))
    })?;
    let mut body = if rule.sends == Sends::Fields { write.body.clone() } else { Fields::new() };
    if operation == Operation::Create && rule.sends == Sends::Fields {
        carry(entity, &mut body, &write.reference)?;
    }
    let values = values(write, common);
    for (place, member) in &rule.defaults {
        let path = path(place)?;
        if path.get(&body).is_none_or(Value::is_null) {
            path.set(&mut body, filled(member, &values)?);
        }
    }
    for (place, member) in &rule.set {
        path(place)?.set(&mut body, filled(member, &values)?);
    }
    Ok(Value::Object(body))
}

fn path(place: &str) -> Result<FieldPath, CallError> {
    FieldPath::parse(place).map_err(|error| refused(ErrorClass::Mapping, error.to_string()))
}

fn filled(member: &Member, values: &Values<'_>) -> Result<Value, CallError> {
    match member {
        Member::Constant(value) => Ok(value.clone()),
        Member::Text(template) => template.fill(values).map(Value::String).map_err(unfilled),
    }
}

/// Puts our reference where the manifest says, unless the mapping fills that field.
fn carry(entity: &Entity, body: &mut Fields, reference: &str) -> Result<(), CallError> {
    let Some(carried) = &entity.reference else { return Ok(()) };
    if carried.field.0.get(body).is_some_and(|value| !value.is_null()) {
        return Ok(());
    }
    if carried.max_length.is_some_and(|most| reference.chars().count() > most) {
        return Err(refused(
            ErrorClass::Mapping,
            format!("the reference is too long for `{}`", carried.field.text()),
        ));
    }
    carried.field.0.set(body, reference.into());
    Ok(())
}
