//! `POST /v1/expressions/check`

use axum::Json;
use domain::catalogue;
use domain::expression::{Expression, Input, Kinds, Place};
use domain::fields::Fields;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::http::body::Body;
use crate::http::problem::Problem;

/// An expression to check.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckBody {
    /// The CEL expression, at most 2 KiB.
    #[schema(example = "record.currency == 'EUR'")]
    expression: String,
    /// The entity of ours that `record` is one of; its field types are checked.
    entity: Option<String>,
    /// A record to try it on.
    #[schema(value_type = Option<Object>)]
    record: Option<Fields>,
    /// What `value` is.
    #[schema(value_type = Option<Object>)]
    value: Option<Value>,
}

/// What a good expression came to.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CheckAnswer {
    /// Fields of the record that it reads.
    reads: Vec<String>,
    /// Its value, where a record was given.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
    /// Why it has no value on that record.
    error: Option<String>,
}

/// Checks an expression against every limit, and tries it on a record.
#[utoipa::path(post, path = "/expressions/check", tag = "field mappings", request_body = CheckBody,
    responses((status = 200, body = CheckAnswer)))]
pub(super) async fn check(Body(body): Body<CheckBody>) -> Result<Json<CheckAnswer>, Problem> {
    // Expressions are evaluated off the async threads.
    let checked = tokio::task::spawn_blocking(move || checked(&body)).await;
    checked
        .unwrap_or_else(|_| Err(Problem::invalid("expression", "the expression cannot be evaluated")))
        .map(Json)
}

fn checked(body: &CheckBody) -> Result<CheckAnswer, Problem> {
    let kinds = body.entity.as_deref().and_then(catalogue::find).map(|schema| Kinds::of(&schema.fields));
    let place = Place { kinds: kinds.as_ref(), ..Place::default() };
    let parsed = Expression::parse(&body.expression, &place);
    let expression = parsed.map_err(|error| Problem::invalid("expression", error))?;
    let reads = expression.reads().fields.iter().cloned().collect();
    let Some(record) = &body.record else { return Ok(CheckAnswer { reads, result: None, error: None }) };
    let input = Input { record, value: body.value.as_ref(), item: None };
    Ok(match expression.evaluate(&input) {
        Ok(result) => CheckAnswer { reads, result, error: None },
        Err(error) => CheckAnswer { reads, result: None, error: Some(error.to_string()) },
    })
}
