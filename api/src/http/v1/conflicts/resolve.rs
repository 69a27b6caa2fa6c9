//! `POST /v1/conflicts/{id}/resolve`

use std::collections::BTreeMap;

use application::command_handlers::ConflictSides;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::sync_record::resolution::{Choice, Pick};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::row;
use crate::http::answer::{self, Done};
use crate::http::auth::Caller;
use crate::http::body::Body;
use crate::http::problem::Problem;
use crate::http::state::AppState;
use crate::http::v1::sync_records::record_of;

/// What a person chose.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveBody {
    /// `local`, `remote` or `merged`.
    resolution: Resolution,
    /// For `merged`: for each field, `{"pick": "local"}`, `{"pick": "remote"}` or `{"value": …}` in our terms.
    #[serde(default)]
    fields: BTreeMap<String, FieldChoice>,
}

/// Who wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Resolution {
    /// Our side, for everything that changed.
    Local,
    /// The provider's side, for everything that changed.
    Remote,
    /// Field by field.
    Merged,
}

/// What a person chose for one field.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldChoice {
    /// `local` or `remote`.
    pick: Option<Resolution>,
    /// Another value, in our terms.
    #[serde(default, deserialize_with = "crate::http::v1::sync_configs::present")]
    #[schema(value_type = Option<Object>)]
    value: Option<Value>,
}

impl ResolveBody {
    fn choice(self) -> Result<Choice, Problem> {
        match self.resolution {
            Resolution::Local => Ok(Choice::Local),
            Resolution::Remote => Ok(Choice::Remote),
            Resolution::Merged if self.fields.is_empty() => {
                Err(Problem::invalid("fields", "choose a side or a value for each field that collides"))
            }
            Resolution::Merged => {
                let picks = self.fields.into_iter().map(|(field, choice)| {
                    let pick = choice.pick(&field)?;
                    Ok((field, pick))
                });
                picks.collect::<Result<_, Problem>>().map(Choice::PerUnit)
            }
        }
    }
}

impl FieldChoice {
    fn pick(self, field: &str) -> Result<Pick, Problem> {
        match (self.pick, self.value) {
            (Some(Resolution::Local), None) => Ok(Pick::Local),
            (Some(Resolution::Remote), None) => Ok(Pick::Remote),
            (None, Some(value)) => Ok(Pick::Value(value)),
            _ => {
                Err(Problem::invalid(&format!("fields.{field}"), "give pick as local or remote, or a value"))
            }
        }
    }
}

/// Settles an open conflict, if both sides are still what it shows. The same again is success; otherwise is refused.
#[utoipa::path(post, path = "/conflicts/{id}/resolve", tag = "conflicts", params(("id" = String, Path)),
    request_body = ResolveBody, responses((status = 200, body = Done)))]
pub(super) async fn resolve(
    State(state): State<AppState>,
    caller: Caller,
    Path(id): Path<String>,
    Body(body): Body<ResolveBody>,
) -> Result<Response, Problem> {
    let conflict = row(&state, &caller, &id).await?;
    let text = |name: &str| conflict[name].as_str().unwrap_or_default().to_owned();
    let key = record_of(&state, &caller, &text("sync_record_id")).await?;
    let seen = ConflictSides { local: text("local_hash"), remote: text("remote_hash") };
    let done = state.desk.resolve_conflict(&caller.envelope(), (&key, &seen), &body.choice()?).await?;
    Ok(answer::changed(&text("id"), done))
}
