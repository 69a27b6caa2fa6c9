//! A JWT that proves the app, or that is exchanged for a token (RFC 7523).

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use domain::value::ErrorClass;
use serde_json::{Map, Value};

use super::at::{At, app_secret};
use crate::connectors::interpreter::call::{refused, unfilled};
use crate::connectors::interpreter::jwt;
use crate::connectors::interpreter::tokens::holes;

/// A signed assertion for the token endpoint `audience`.
pub(super) fn assertion(at: &At<'_>, app: &Secrets, audience: &str) -> Result<String, CallError> {
    let described = at.oauth2.assertion.as_ref();
    let described =
        described.ok_or_else(|| refused(ErrorClass::Mapping, "the manifest describes no assertion"))?;
    let named = holes(app);
    let values = at.values(Some(&named));
    let mut claims = Map::new();
    claims.insert("aud".to_owned(), audience.into());
    for (name, template) in &described.claims {
        claims.insert(name.to_owned(), template.fill(&values).map_err(unfilled)?.into());
    }
    let now = at.services.clock.now().timestamp();
    let life = i64::try_from(described.lifetime_s).unwrap_or(180);
    claims.insert("iat".to_owned(), now.into());
    claims.insert("exp".to_owned(), (now + life).into());
    claims.insert("jti".to_owned(), Value::String(at.services.ids.next().to_string()));
    let key_id = described.key_id.as_ref().map(|template| template.fill(&values)).transpose();
    let key_id = key_id.map_err(unfilled)?;
    let key = app_secret(app, &described.key)?;
    jwt::sign(described.algorithm, key, key_id.as_deref(), &claims).map_err(|error| {
        let mut refusal = refused(ErrorClass::Permission, error.to_string());
        refusal.next_step = Some("give the private key again".to_owned());
        refusal
    })
}
