//! From a request of the manifest to the bytes of a call.

use std::collections::BTreeMap;

use application::ports::connector::CallError;
use domain::fields::Fields;
use domain::value::ErrorClass;
use serde_json::Value;

use crate::connectors::manifest::{
    BulkFormat, Context, GraphQl, Header, Inner, Manifest, Matching, Members, Request, Several, Template,
    TemplateError, Tree, Values, encoded,
};

pub(super) mod body;
pub(super) mod key;

/// A call below the base URL, without credentials.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    /// Method.
    pub(super) method: &'static str,
    /// Path and query.
    pub(super) path: String,
    /// Headers.
    pub(super) headers: Vec<(String, String)>,
    /// Body.
    pub(super) body: String,
    /// The method it is authenticated by, where that is not the connection's own.
    pub(super) auth: Option<String>,
    /// Further limits it counts against.
    pub(super) limits: Vec<String>,
    /// How its answer is read.
    pub(super) reading: Reading,
}

/// How an answer is read.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// A refusal inside a good answer.
    pub(super) inner: Option<Inner>,
    /// Answers that mean: there is nothing there.
    pub(super) empty_when: Vec<Matching>,
    /// Lines instead of JSON.
    pub(super) lines: Option<BulkFormat>,
}

impl Reading {
    pub(super) fn of(request: &Request) -> Self {
        Self { inner: request.error.as_deref().cloned(), empty_when: request.empty_when.clone(), lines: None }
    }
}

/// Fills a request. The provider's headers and parameters come first, the request's replace them by name. A request
/// without a body of its own sends the record of `values`, if there is one.
pub(super) fn call(manifest: &Manifest, request: &Request, values: &Values<'_>) -> Result<Call, CallError> {
    let version = manifest.version.as_ref().map(|version| version.current.as_str());
    let values = &Values { version, ..values.clone() };
    let path = request.path.as_ref().or(request.graphql.as_ref().and(manifest.graphql.path.as_ref()));
    let path = path.ok_or_else(|| refused(ErrorClass::Mapping, "the request has no path"))?;
    let path = path.fill(values).map_err(unfilled)? + &query(manifest, request, values)?;
    let mut headers = headers(manifest, request, values)?;
    let body = match content(manifest, request, values)? {
        None => {
            headers.retain(|name, _| !name.eq_ignore_ascii_case("content-type"));
            String::new()
        }
        Some(content) => {
            let encoding = request.encoding.unwrap_or(manifest.encoding);
            let (body, kind) = body::encode(encoding, &content);
            if !headers.keys().any(|name| name.eq_ignore_ascii_case("content-type")) {
                headers.insert("Content-Type".to_owned(), kind);
            }
            body
        }
    };
    Ok(Call {
        method: request.method().as_str(),
        path,
        headers: headers.into_iter().collect(),
        body,
        auth: request.auth.clone(),
        limits: request.limits.clone(),
        reading: Reading::of(request),
    })
}

/// The query, with its question mark.
fn query(manifest: &Manifest, request: &Request, values: &Values<'_>) -> Result<String, CallError> {
    let mut parameters: BTreeMap<String, Vec<String>> =
        filled(&manifest.query, values)?.into_iter().map(|(name, value)| (name, vec![value])).collect();
    for (name, Several(templates)) in &request.query {
        let given: Vec<String> = templates
            .iter()
            .filter_map(|template| optional(template.fill(values)))
            .collect::<Result<_, _>>()?;
        if !given.is_empty() {
            parameters.insert(name.to_owned(), given);
        }
    }
    if let Some(statement) = &request.statement
        && let Some(parameter) = &statement.parameter
    {
        parameters.insert(parameter.clone(), vec![statement.fill(values).map_err(unfilled)?]);
    }
    let mut query = String::new();
    for (name, value) in
        parameters.iter().flat_map(|(name, given)| given.iter().map(move |value| (name, value)))
    {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(&encoded(name));
        query.push('=');
        query.push_str(&encoded(value));
    }
    Ok(query)
}

/// What the body says, before it is encoded.
fn content(manifest: &Manifest, request: &Request, values: &Values<'_>) -> Result<Option<Value>, CallError> {
    let mut content = match (&request.body, &request.graphql) {
        (Some(tree), _) => Some(tree.fill(values).map_err(unfilled)?),
        (None, Some(graphql)) => Some(operation(manifest, graphql, values)?),
        (None, None) => values.record.cloned(),
    };
    if let Some(statement) = &request.statement
        && let Some(member) = &statement.member
    {
        let text = statement.fill(values).map_err(unfilled)?;
        let mut members = match content {
            Some(Value::Object(members)) => members,
            _ => Fields::new(),
        };
        member.0.set(&mut members, text.into());
        content = Some(Value::Object(members));
    }
    Ok(content)
}

/// A GraphQL request over HTTP: the document, with its fragments, and the variables.
fn operation(manifest: &Manifest, graphql: &GraphQl, values: &Values<'_>) -> Result<Value, CallError> {
    let mut document = graphql.query.trim().to_owned();
    for name in &graphql.fragments {
        if let Some(fragment) = manifest.graphql.fragments.get(name) {
            document.push('\n');
            document.push_str(fragment.trim());
        }
    }
    let variables = Tree::fill_members(graphql.variables.iter(), values).map_err(unfilled)?;
    Ok(Value::Object(Fields::from_iter([
        ("query".to_owned(), document.into()),
        ("variables".to_owned(), variables),
    ])))
}

fn headers(
    manifest: &Manifest,
    request: &Request,
    values: &Values<'_>,
) -> Result<BTreeMap<String, String>, CallError> {
    let mut headers = filled::<Header>(&manifest.headers, values)?;
    for (name, value) in filled(&request.headers, values)? {
        headers.retain(|known, _| !known.eq_ignore_ascii_case(&name));
        headers.insert(name, value);
    }
    Ok(headers)
}

/// The templates that have a value for every hole.
fn filled<C: Context>(
    templates: &Members<Template<C>>,
    values: &Values<'_>,
) -> Result<BTreeMap<String, String>, CallError> {
    let pairs = templates.iter().filter_map(|(name, template)| {
        optional(template.fill(values)).map(|value| value.map(|value| (name.to_owned(), value)))
    });
    pairs.collect()
}

/// Nothing for a template whose hole has no value.
fn optional(filled: Result<String, TemplateError>) -> Option<Result<String, CallError>> {
    match filled {
        Ok(value) => Some(Ok(value)),
        Err(TemplateError::Absent { .. }) => None,
        Err(error) => Some(Err(unfilled(error))),
    }
}

/// A request that cannot be said.
#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
pub(super) fn unfilled(error: TemplateError) -> CallError {
    refused(ErrorClass::Mapping, format!("the request cannot be made: {error}"))
}

/// A call that surely had no effect, in our words.
pub(in crate::connectors) fn refused(class: ErrorClass, message: impl Into<String>) -> CallError {
    CallError { class, code: None, message: message.into(), next_step: None, retry_after: None }
}
