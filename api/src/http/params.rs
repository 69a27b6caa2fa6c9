//! Path and query parameters, with refusals that name them.

use std::error::Error as _;
use std::str::FromStr;

use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::problem::Problem;

/// Every read takes it; the layer in front has waited for it.
const AT_LEAST: &str = "at_least";

/// Query parameters; one that the endpoint does not have is refused.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Params<T>(pub T);

impl<T: DeserializeOwned + IntoParams, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        check_names(parts, &names::<T>())?;
        read(parts).map(Self)
    }
}

/// Names of a type's parameters.
pub(super) fn names<T: IntoParams>() -> Vec<String> {
    T::into_params(|| None).into_iter().map(|parameter| parameter.name).collect()
}

/// Refuses what is not among `known`.
pub(super) fn check_names(parts: &Parts, known: &[String]) -> Result<(), Problem> {
    let given = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
        .map_err(|error| refused(&error.body_text()))?;
    match given.0.iter().find(|(name, _)| name != AT_LEAST && !known.contains(name)) {
        None => Ok(()),
        Some((name, _)) => {
            let name: String = name.chars().take(80).collect();
            let detail = format!("there is no parameter `{name}`: use {}", known.join(", "));
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_parameter", detail).about(&name))
        }
    }
}

/// Reads a type's parameters.
pub(super) fn read<T: DeserializeOwned>(parts: &Parts) -> Result<T, Problem> {
    Query::<T>::try_from_uri(&parts.uri).map(|Query(value)| value).map_err(|rejection| {
        let reason = rejection.source().map_or_else(|| rejection.body_text(), ToString::to_string);
        refused(&reason)
    })
}

fn refused(reason: &str) -> Problem {
    let (field, message) = match reason.split_once(": ") {
        Some((field, message)) if !field.contains(' ') => (Some(field), message),
        _ => (None, reason),
    };
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message);
    match field {
        Some(field) => problem.about(field),
        None => problem,
    }
}

/// An id in a path; one that cannot be one names nothing.
pub(crate) fn id<T: FromStr>(text: &str, what: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::not_found(what))
}

/// Words of a comma-separated list.
pub(crate) fn words<T, E: std::fmt::Display>(
    name: &str,
    text: Option<&str>,
    parse: fn(&str) -> Result<T, E>,
) -> Result<Vec<T>, Problem> {
    let words =
        text.into_iter().flat_map(|text| text.split(',')).map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| parse(word).map_err(|error| invalid(name, error))).collect()
}

/// One word.
pub(crate) fn word<T, E: std::fmt::Display>(
    name: &str,
    text: Option<&str>,
    parse: fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Problem> {
    text.map(|text| parse(text).map_err(|error| invalid(name, error))).transpose()
}

/// A time.
pub(crate) fn time(name: &str, text: Option<&str>) -> Result<Option<DateTime<Utc>>, Problem> {
    text.map(|text| {
        let time = DateTime::parse_from_rfc3339(text).map(|time| time.with_timezone(&Utc));
        time.map_err(|_| {
            invalid(name, format!("{name} is no time: write RFC 3339, such as 2026-11-21T09:00:00Z"))
        })
    })
    .transpose()
}

fn invalid(name: &str, message: impl std::fmt::Display) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message.to_string()).about(name)
}
