//! `POST /v1/projects/{id}/records/{entity}/batch`

use std::convert::Infallible;

use application::command_handlers::{PutLine, RecordsOf};
use application::dispatcher::Done;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, Utc};
use domain::fields::Fields;
use futures::stream;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::lines::{Line, Lines};
use super::whose::{local_id, records_of};
use crate::http::auth::Caller;
use crate::http::problem::{FieldError, Problem};
use crate::http::state::AppState;
use crate::http::{at_least, body};

/// Lines put with one append.
const GROUP: usize = 500;
/// Events a subscriber may be behind before a batch waits for it.
const AHEAD: u64 = 20_000;

/// One line of a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BatchLine {
    /// The record's id.
    local_id: String,
    /// What is given of it.
    #[serde(alias = "record")]
    #[schema(value_type = Object)]
    fields: Fields,
    /// Whether that is the whole record.
    #[serde(default)]
    replace: bool,
    /// The version the sender saw.
    if_match: Option<u64>,
    /// When it changed in the sender's own books.
    updated_at: Option<DateTime<Utc>>,
}

/// A line that was refused, and at the end the sum.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum BatchAnswer {
    /// A line that was refused; the others go on.
    Refused(LineRefused),
    /// The last line.
    Sum(BatchSum),
}

/// A line that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LineRefused {
    /// Its number, from 1.
    line: u64,
    /// The record, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    local_id: Option<String>,
    /// Stable: `/problems/<reason>`.
    #[serde(rename = "type")]
    kind: String,
    /// What is wrong and what to do.
    detail: String,
    /// The field concerned.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    /// Every field concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
}

/// What became of a batch.
#[derive(Clone, Copy, Debug, Default, Serialize, ToSchema)]
pub(super) struct Counts {
    /// Lines read.
    lines: u64,
    /// Records created or changed.
    changed: u64,
    /// Records that were so already.
    unchanged: u64,
    /// Lines refused.
    refused: u64,
}

/// The end of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct BatchSum {
    /// Always true; tells it from a refused line.
    done: bool,
    /// What became of the lines.
    counts: Counts,
    /// Read with `at_least` this to see all of it.
    position: String,
}

/// Puts records, one JSON object a line, of any number: `{"local_id", "fields"}`. Each refused line is answered by a
/// line with its number and reason, as it is met; the last line has the counts.
#[utoipa::path(post, path = "/projects/{id}/records/{entity}/batch", tag = "records",
    params(("id" = String, Path), ("entity" = String, Path)),
    request_body(content = BatchLine, content_type = "application/x-ndjson"),
    responses((status = 200, content_type = "application/x-ndjson", body = BatchAnswer)))]
pub(super) async fn batch(
    State(state): State<AppState>,
    caller: Caller,
    Path((id, entity)): Path<(String, String)>,
    given: Body,
) -> Result<Response, Problem> {
    let of = records_of(&state, &caller, (&id, &entity)).await?;
    let lines = Lines::of(given);
    let batch = Batch { state, caller, of, lines, counts: Counts::default(), position: 0, over: false };
    let answers = stream::unfold(batch, |mut batch| async {
        batch.next().await.map(|bytes| (Ok::<_, Infallible>(bytes), batch))
    });
    Ok(([(CONTENT_TYPE, "application/x-ndjson")], Body::from_stream(answers)).into_response())
}

/// A batch under way.
struct Batch {
    state: AppState,
    caller: Caller,
    of: RecordsOf,
    lines: Lines,
    counts: Counts,
    position: u64,
    over: bool,
}

impl Batch {
    /// The answers to the next group of lines; may be empty.
    async fn next(&mut self) -> Option<Bytes> {
        if self.over {
            return None;
        }
        let (mut puts, mut answers) = (Vec::new(), Vec::new());
        while puts.len() < GROUP {
            let Some((number, line)) = self.lines.next().await else {
                self.over = true;
                break;
            };
            self.counts.lines += 1;
            match read(line) {
                Ok(put) => puts.push((number, put)),
                Err(problem) => answers.push(self.refused(number, None, &problem)),
            }
        }
        answers.extend(self.put(puts).await);
        if self.over {
            let position = at_least::encode(self.position);
            answers.push(BatchAnswer::Sum(BatchSum { done: true, counts: self.counts, position }));
        } else {
            self.pause().await;
        }
        Some(written(&answers))
    }

    async fn put(&mut self, puts: Vec<(u64, PutLine)>) -> Vec<BatchAnswer> {
        let (numbers, lines): (Vec<u64>, Vec<PutLine>) = puts.into_iter().unzip();
        let envelope = self.caller.envelope();
        match self.state.desk.put_records(&envelope, &self.of, &lines).await {
            Ok(outcomes) => {
                let outcomes = numbers.into_iter().zip(&lines).zip(outcomes);
                outcomes
                    .filter_map(|((number, line), outcome)| match outcome {
                        Ok(done) => self.taken(done),
                        Err(declined) => Some(self.refused(number, Some(line), &declined.into())),
                    })
                    .collect()
            }
            Err(declined) => {
                let problem = Problem::from(declined);
                numbers
                    .into_iter()
                    .zip(&lines)
                    .map(|(number, line)| self.refused(number, Some(line), &problem))
                    .collect()
            }
        }
    }

    fn taken(&mut self, done: Done) -> Option<BatchAnswer> {
        self.position = self.position.max(done.position);
        if done.changed {
            self.counts.changed += 1;
        } else {
            self.counts.unchanged += 1;
        }
        None
    }

    fn refused(&mut self, line: u64, put: Option<&PutLine>, problem: &Problem) -> BatchAnswer {
        self.counts.refused += 1;
        let shown = problem.body("", "");
        BatchAnswer::Refused(LineRefused {
            line,
            local_id: put.map(|put| put.local_id.as_str().to_owned()),
            kind: shown.kind,
            detail: shown.detail,
            field: shown.field,
            errors: shown.errors,
        })
    }

    /// A bulk writer waits for subscribers that are far behind; a minute at most, in case one of them stands still.
    async fn pause(&mut self) {
        let clock = self.state.clock();
        let until = clock.now() + chrono::TimeDelta::minutes(1);
        while clock.now() < until {
            let (Ok(places), Ok(head)) = (self.state.checkpoints.list().await, self.state.log().head().await)
            else {
                return;
            };
            let last = places.iter().map(|(_, position)| *position).min().unwrap_or(head);
            if head.saturating_sub(last) < AHEAD {
                return;
            }
            clock.sleep_until(clock.now() + chrono::TimeDelta::milliseconds(50)).await;
        }
    }
}

fn read(line: Line) -> Result<PutLine, Problem> {
    let bytes = match line {
        Line::Whole(bytes) => bytes,
        Line::TooLong => return Err(body::too_large()),
        Line::Broken => return Err(Problem::invalid("body", "the line is incomplete: the sender went away")),
    };
    let BatchLine { local_id: id, fields, replace, if_match, updated_at } = body::read(&bytes)?;
    Ok(PutLine { local_id: local_id(&id)?, fields, replace, if_match, updated_at })
}

fn written(answers: &[BatchAnswer]) -> Bytes {
    let mut bytes = Vec::new();
    for answer in answers {
        bytes.extend(serde_json::to_vec(answer).expect("an answer has text keys only"));
        bytes.push(b'\n');
    }
    Bytes::from(bytes)
}
