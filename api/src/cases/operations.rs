//! Cases of lookups, submissions, and what only a connection knows.

use application::ports::clock::Clock as _;
use application::ports::connector::{Asked, CallError, SubmitOutcome};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::language::Case;
use super::stage::Stage;
use super::told::Told;

pub(super) async fn run(stage: &Stage, case: &Case) -> Result<Told, CallError> {
    let asked = Asked {
        operation: case.operation.clone(),
        parameters: serde_json::from_str(&case.parameters).unwrap_or_default(),
        context: case.context.clone(),
    };
    let connection = &stage.connection;
    let result = match case.does.as_str() {
        "look_up" => connection.look_up(&asked).await?.result,
        "submit" => {
            let prepared = connection.prepare_submission(&asked)?;
            let before = stage.bench.clock.now() + TimeDelta::seconds(10);
            match connection.submit(&prepared, before).await {
                SubmitOutcome::Confirmed(done) => json!({ "result": done.result, "receipt": done.receipt }),
                SubmitOutcome::Rejected(error) => return Err(error),
                SubmitOutcome::Unknown { .. } => return Ok(Told::Result("unknown".to_owned())),
            }
        }
        "submitted" => match connection.submitted(&asked).await? {
            Some(found) => json!({ "same": found.same, "result": found.result }),
            None => Value::Null,
        },
        "discover" => {
            let fields = connection.discover(&case.entity).await?;
            fields.iter().map(|field| json!([field.path, field.kind.to_string()])).collect()
        }
        _ => json!(connection.reference(&case.operation, false).await?),
    };
    Ok(Told::Result(result.to_string()))
}
