//! Writes as the bytes of calls.

use application::ports::connector::{CallError, ItemFacts, PreparedCall, WriteRequest};
use domain::fields::Fields;
use domain::sync_config::field_path::FieldPath;
use domain::value::{ErrorClass, Operation};
use serde_json::Value;

use super::call::{Call, call, key, refused, unfilled};
use super::connection::ManifestConnection;
use super::records::{keyed, spelling};
use crate::connectors::manifest::{
    Batch, Cleared, Entity, Hole, Manifest, Place, Replaces, Sends, Spelling, Template, Tree, Values, Write,
    encoded,
};

/// A write and what is sent of its record.
pub(super) type Ready<'w> = (&'w WriteRequest, Value);
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
            let group = writes.iter().filter(|write| write.operation == *operation);
            let mut ready = Vec::new();
            for write in group {
                match body(self.manifest(), (entity, name), write, &self.values()) {
                    Ok(body) => ready.push((write, body)),
                    Err(error) => refusals.push((write.item.clone(), error)),
                }
            }
            if let Some(write) = entity.write(*operation) {
                self.pack(name, (write, *operation), &ready, (&mut calls, &mut refusals));
            }
        }
        (calls, refusals)
    }

    /// Puts writes of one operation into batch calls, or each into its own.
    fn pack(
        &self,
        name: &str,
        (write, operation): (&Write, Operation),
        ready: &[Ready<'_>],
        (calls, refusals): (&mut Vec<PreparedCall>, &mut Refused),
    ) {
        let mixed = self.manifest().batch.as_ref().filter(|batch| batch.verbs.contains_key(&operation));
        let batch = write.batch.as_ref().or(mixed).filter(|_| ready.len() > 1);
        let Some(batch) = batch else {
            for one in ready {
                let facts = vec![facts(one, String::new())];
                let call = self.alone(write, one);
                push(name, (std::slice::from_ref(one), facts), (call, false), (calls, refusals));
            }
            return;
        };
        let size = usize::try_from(batch.max.max(1)).unwrap_or(1);
        for chunk in ready.chunks(size) {
            let (call, marks) = match self.batched(name, batch, chunk) {
                Ok((call, marks)) => (Ok(call), marks),
                Err(error) => (Err(error), vec![String::new(); chunk.len()]),
            };
            let facts = chunk.iter().zip(marks).map(|(one, mark)| facts(one, mark)).collect();
            push(name, (chunk, facts), (call, true), (calls, refusals));
        }
    }

    fn alone(&self, write: &Write, (request, body): &Ready<'_>) -> Result<Call, CallError> {
        let key = key::of(self.manifest(), &request.key);
        let record = (write.sends != Sends::Nothing).then_some(body);
        let values = Values { key: Some(&key), record, ..values(request, &self.values()) };
        let mut call = call(self.manifest(), &write.request, &values)?;
        if let Some(replaces) = &write.replaces {
            replaced(replaces, body, &mut call);
        }
        Ok(call)
    }

    /// The call of a batch, and what tells its items apart in the answer.
    fn batched(
        &self,
        name: &str,
        batch: &Batch,
        chunk: &[Ready<'_>],
    ) -> Result<(Call, Vec<String>), CallError> {
        let (mut items, mut marks) = (Vec::new(), Vec::new());
        for (number, one) in (1_u32..).zip(chunk) {
            let (item, mark) = self.item((name, batch), &number.to_string(), one)?;
            items.push(item);
            marks.push(mark);
        }
        let keys: Vec<&str> = chunk.iter().map(|(write, _)| write.key.as_str()).collect();
        let key = key::of_batch(self.manifest(), &keys, batch.key_length);
        let values = Values { key: Some(&key), ..self.values() };
        let items = Value::Array(items);
        let body = match &batch.items {
            None => items,
            Some(member) => {
                let beside = batch.request.body.as_ref().map(|tree| tree.fill(&values)).transpose();
                let mut body = match beside.map_err(unfilled)? {
                    Some(Value::Object(members)) => members,
                    _ => Fields::new(),
                };
                path(member)?.set(&mut body, items);
                Value::Object(body)
            }
        };
        let mut request = batch.request.clone();
        request.body = None;
        let call = call(self.manifest(), &request, &Values { record: Some(&body), ..values })?;
        Ok((call, marks))
    }

    /// One item of a batch, and what tells it apart.
    fn item(
        &self,
        (name, batch): (&str, &Batch),
        number: &str,
        (write, body): &Ready<'_>,
    ) -> Result<(Value, String), CallError> {
        let key = key::of(self.manifest(), &write.key);
        let values = Values {
            key: Some(&key),
            number: Some(number),
            record: Some(body),
            ..values(write, &self.values())
        };
        let mark = match &batch.item_value {
            None => number.to_owned(),
            Some(tree) => match tree.fill(&values).map_err(unfilled)? {
                Value::String(text) => text,
                other => other.to_string(),
            },
        };
        let mut item = match (&batch.item, batch.verbs.get(&write.operation)) {
            (Some(tree), _) => tree.fill(&values).map_err(unfilled)?,
            (None, None) => body.clone(),
            (None, Some(verb)) => {
                let verb = batch.operation.iter().map(|member| (member.clone(), verb.clone().into()));
                Value::Object(verb.chain([(name.to_owned(), body.clone())]).collect())
            }
        };
        if let (Some(member), Value::Object(members)) = (&batch.item_id, &mut item) {
            members.entry(member.clone()).or_insert_with(|| mark.clone().into());
        }
        Ok((item, mark))
    }
}

/// Names the arrays of the body that are to replace the provider's.
fn replaced(replaces: &Replaces, body: &Value, call: &mut Call) {
    let there = replaces.members.iter().filter(|name| body.get(name).is_some_and(|member| !member.is_null()));
    let names: Vec<&str> = there.map(String::as_str).collect();
    if !names.is_empty() {
        call.path.push(if call.path.contains('?') { '&' } else { '?' });
        call.path.push_str(&encoded(&replaces.parameter));
        call.path.push('=');
        call.path.push_str(&encoded(&names.join(",")));
    }
}

fn facts((write, _): &Ready<'_>, mark: String) -> ItemFacts {
    ItemFacts { id: write.remote_id.clone(), version_token: write.version_token.clone(), mark }
}

/// Keeps a call, or refuses its items.
fn push(
    name: &str,
    (items, facts): (&[Ready<'_>], Vec<ItemFacts>),
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
            facts,
            limits: call.limits,
            auth: call.auth,
        }),
        (Err(error), _) => refusals.extend(names.map(|item| (item, error.clone()))),
        (Ok(_), None) => {}
    }
}

fn values<'a>(write: &'a WriteRequest, common: &Values<'a>) -> Values<'a> {
    Values {
        id: write.remote_id.as_deref(),
        reference: Some(&write.reference),
        version_token: write.version_token.as_deref(),
        ..common.clone()
    }
}

/// What is sent of a record: its fields in the provider's spelling, our reference on a create, and the members the
/// manifest adds.
fn body(
    manifest: &Manifest,
    (entity, name): (&Entity, &str),
    write: &WriteRequest,
    common: &Values<'_>,
) -> Result<Value, CallError> {
    let operation = write.operation;
    let rule = entity.write(operation).ok_or_else(|| {
        refused(ErrorClass::Validation, format!("`{name}` has no operation `{operation}` at this provider"))
    })?;
    if write.version_token.is_none() && demands_version(rule) {
        let message = "the version of the provider's record is not known: it is read before it is written";
        return Err(refused(ErrorClass::StaleVersion, message));
    }
    let mut body = if rule.sends == Sends::Fields { write.body.clone() } else { Fields::new() };
    unfixed(rule, operation, &body)?;
    spelling::spelled(manifest, entity, &mut body).map_err(|why| refused(ErrorClass::Mapping, why))?;
    if operation == Operation::Create && rule.sends == Sends::Fields {
        carry(entity, &mut body, &write.reference)?;
    }
    let mut body = left_out(rule.omit.iter(), body);
    let values = values(write, common);
    let optional = rule.optional_defaults.iter().filter(|(_, member)| !member.is_hollow(&values));
    for (place, member) in rule.defaults.iter().chain(optional) {
        let path = path(place)?;
        if path.get(&body).is_none_or(Value::is_null) {
            path.set(&mut body, filled(member, &values)?);
        }
    }
    for (place, member) in &rule.set {
        path(place)?.set(&mut body, filled(member, &values)?);
    }
    let mut body = Value::Object(moved(rule, body)?);
    clear(entity.cleared, operation, &mut body);
    Ok(body)
}

/// Whether a write cannot be said without a version: it stands elsewhere than in a header, which would be left out, or in
/// a header of a write that is guarded.
fn demands_version(rule: &Write) -> bool {
    let count =
        |holes: &mut dyn Iterator<Item = &Hole>| holes.filter(|hole| **hole == Hole::VersionToken).count();
    let headers = rule.request.headers.values();
    let (all, in_headers) = (count(&mut rule.holes()), count(&mut headers.flat_map(Template::holes)));
    all > in_headers || (rule.guard && all > 0)
}

/// Refuses a write that would change what it cannot.
fn unfixed(rule: &Write, operation: Operation, body: &Fields) -> Result<(), CallError> {
    let Some(fixed) = rule.fixed.iter().find(|place| place.0.get(body).is_some()) else { return Ok(()) };
    let message =
        format!("`{}` is not changed by an {operation} at this provider: change it there", fixed.text());
    Err(refused(ErrorClass::Validation, message))
}

/// The record with its members where the request finds them.
fn moved(rule: &Write, mut body: Fields) -> Result<Fields, CallError> {
    let mut beside = Fields::new();
    for (place, from) in &rule.moved {
        let Some(member) = from.0.get(&body).cloned() else { continue };
        body = left_out(std::iter::once(from), body);
        path(place)?.set(&mut beside, member);
    }
    match &rule.under {
        Some(place) => place.0.set(&mut beside, Value::Object(body)),
        None => beside.extend(body),
    }
    Ok(beside)
}

/// The record without what is never sent.
fn left_out<'p>(places: impl Iterator<Item = &'p Place>, body: Fields) -> Fields {
    let mut body = Value::Object(body);
    places.for_each(|place| keyed::leave_out(&mut body, place.0.segments()));
    match body {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    }
}

/// Puts what the provider takes in place of null.
fn clear(cleared: Cleared, operation: Operation, value: &mut Value) {
    let left_out = match cleared {
        Cleared::Null => return,
        Cleared::Empty => operation == Operation::Create,
        Cleared::Omit => true,
    };
    match value {
        Value::Object(members) => {
            if left_out {
                members.retain(|_, value| !value.is_null());
            }
            members.iter_mut().for_each(|(_, value)| clear(cleared, operation, value));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|value| clear(cleared, operation, value)),
        Value::Null => *value = Value::String(String::new()),
        _ => {}
    }
}

fn path(place: &str) -> Result<FieldPath, CallError> {
    FieldPath::parse(place).map_err(|error| refused(ErrorClass::Mapping, error.to_string()))
}

fn filled(member: &Tree, values: &Values<'_>) -> Result<Value, CallError> {
    member.fill(values).map_err(unfilled)
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
    let field = entity.fields.get(&carried.field.text());
    let field = field.filter(|field| field.spelling == Some(Spelling::Prefixed));
    let text = field.map_or_else(|| reference.to_owned(), |field| spelling::prefixed(field, reference));
    carried.field.0.set(body, text.into());
    Ok(())
}
