//! Reads triggers and schedules in every spelling that the documents use.

use domain::sync_config::{Filter, Schedule, Trigger};
use domain::value::TriggerKind;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::http::problem::Problem;

/// Tells null from absent: what is given is `Some`, null included.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// A trigger: a word with its configuration beside it, or an object `{"kind", "entity", "filter", "events"}`.
pub(crate) fn read_trigger(given: &Value, config: Option<&Value>) -> Result<Trigger, Problem> {
    match given {
        Value::String(word) => {
            let kind = TriggerKind::parse(word).map_err(|error| Problem::invalid("trigger", error))?;
            configured(Trigger::new(kind), config)
        }
        Value::Object(_) => {
            serde_json::from_value(given.clone()).map_err(|error| Problem::invalid("trigger", hint(&error)))
        }
        _ => Err(Problem::invalid(
            "trigger",
            "a trigger is a word, such as realtime, or an object with its kind",
        )),
    }
}

fn configured(mut trigger: Trigger, config: Option<&Value>) -> Result<Trigger, Problem> {
    let Some(Value::Object(config)) = config.filter(|config| !config.is_null()) else {
        return match config {
            None | Some(Value::Null) => Ok(trigger),
            Some(_) => {
                Err(Problem::invalid("trigger_config", "it must be an object with entity, filter and events"))
            }
        };
    };
    for (name, value) in config {
        let field = format!("trigger_config.{name}");
        let wrong = |error: serde_json::Error| Problem::invalid(&field, hint(&error));
        match name.as_str() {
            "entity" => trigger.entity = serde_json::from_value(value.clone()).map_err(wrong)?,
            "filter" => trigger.filter = serde_json::from_value::<Filter>(value.clone()).map_err(wrong)?,
            "events" => trigger.events = serde_json::from_value(value.clone()).map_err(wrong)?,
            _ => {
                return Err(Problem::invalid(
                    &field,
                    "unknown field: a trigger_config has entity, filter and events",
                ));
            }
        }
    }
    Ok(trigger)
}

/// A schedule: a cron expression (in UTC), `{"cron": …, "time_zone": …}`, or `{"minutes": 15}`. Null is none.
#[expect(clippy::needless_pass_by_value, reason = "callers have no use for what they were given")]
pub(crate) fn read_schedule(given: Value) -> Result<Option<Schedule>, Problem> {
    let refused = |error: domain::sync_config::schedule::ScheduleError| Problem::invalid("schedule", error);
    let members = match &given {
        Value::Null => return Ok(None),
        Value::String(expression) => return Schedule::cron(expression, "UTC").map(Some).map_err(refused),
        Value::Object(members) => members,
        _ => return Err(Problem::invalid("schedule", HINT)),
    };
    if let Some(unknown) =
        members.keys().find(|name| !["cron", "time_zone", "minutes"].contains(&name.as_str()))
    {
        let message = format!("unknown field `{unknown}`: {HINT}");
        return Err(Problem::invalid(&format!("schedule.{unknown}"), message));
    }
    let zone = members.get("time_zone").and_then(Value::as_str).unwrap_or("UTC");
    match (members.get("cron"), members.get("minutes")) {
        (Some(Value::String(expression)), None) => {
            Schedule::cron(expression, zone).map(Some).map_err(refused)
        }
        (Some(whole @ Value::Object(_)), None) => {
            serde_json::from_value(serde_json::json!({ "cron": whole }))
                .map(Some)
                .map_err(|error| Problem::invalid("schedule", hint(&error)))
        }
        (None, Some(Value::Number(minutes))) => {
            let minutes = minutes.as_u64().and_then(|minutes| u32::try_from(minutes).ok()).unwrap_or(0);
            Schedule::every(minutes).map(Some).map_err(refused)
        }
        _ => Err(Problem::invalid("schedule", HINT)),
    }
}

const HINT: &str = "give a cron expression of five fields, {\"cron\": \"0 6 * * *\", \"time_zone\": \"Europe/Berlin\"} or \
                    {\"minutes\": 15}";

fn hint(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.split(" at line ").next().unwrap_or(&text).to_owned()
}
