//! Which request does what.

use serde_json::{Value, json};

use super::call::Call;
use super::kind::Kind;
use super::record::{collections, global, objects};
use super::refusal::Refusal;
use super::routes::App;
use super::soql;
use super::store::Org;
use crate::kit::Answer;

/// Versions the org serves, with their names.
const VERSIONS: [(&str, &str); 4] =
    [("65.0", "Winter '26"), ("66.0", "Spring '26"), ("67.0", "Summer '26"), ("68.0", "Winter '27")];

/// `GET /services/data/`.
pub(super) fn versions() -> Value {
    let version = |(number, label): (&str, &str)| json!({"label": label, "url": format!("/services/data/v{number}"), "version": number});
    json!(VERSIONS.map(version))
}

/// Answers a request that was let in.
pub(super) fn answer(app: &App, call: &Call) -> Answer {
    served(app, call).unwrap_or_else(|refusal| app.refused(&refusal))
}

fn served(app: &App, call: &Call) -> Result<Answer, Refusal> {
    if call.is_too_long() {
        return Err(Refusal::new(414, "URI_TOO_LONG", "URI and headers are longer than 16,384 bytes"));
    }
    let segments = call.segments();
    let [version, rest @ ..] = segments.as_slice() else { return Err(Refusal::not_found()) };
    if !VERSIONS.iter().any(|(number, _)| version.strip_prefix('v') == Some(number)) {
        return Err(Refusal::not_found());
    }
    match (call.method.as_str(), rest) {
        ("GET", []) => Ok(resources(call)),
        ("GET", ["limits"]) => Ok(limits(app)),
        ("GET", ["query"]) => soql::query(app, call, false),
        ("GET", ["queryAll"]) => soql::query(app, call, true),
        ("GET", ["query" | "queryAll", locator]) => soql::more(app, call, locator),
        ("GET", ["sobjects"]) => Ok(Answer::json(200, &global(&app.org(), &call.root()))),
        (_, ["composite", "sobjects", rest @ ..]) => whole(app, |org| collections(app, call, org, rest)),
        (_, ["sobjects", name, rest @ ..]) => {
            let kind =
                Kind::named(name).ok_or_else(|| Refusal::not_modelled(format!("the object {name}")))?;
            whole(app, |org| objects(app, call, org, (kind, rest)))
        }
        _ => Err(Refusal::not_modelled(format!("{} {}", call.method, call.raw_path))),
    }
}

/// One request on the records, taken back as a whole when it is refused.
fn whole(app: &App, work: impl FnOnce(&mut Org) -> Result<Answer, Refusal>) -> Result<Answer, Refusal> {
    let mut org = app.org();
    org.settings.keep_previous = app.lag_ms() > 0;
    let start = org.mark();
    let done = work(&mut org);
    if done.is_err() {
        org.roll_back(start);
    }
    org.settle();
    done
}

fn resources(call: &Call) -> Answer {
    let root = call.root();
    let names = ["sobjects", "query", "queryAll", "limits", "composite"];
    let all: serde_json::Map<String, Value> =
        names.into_iter().map(|name| (name.to_owned(), json!(format!("{root}/{name}")))).collect();
    Answer::json(200, &all)
}

fn limits(app: &App) -> Answer {
    let (used, max) = app.usage();
    Answer::json(200, &json!({"DailyApiRequests": {"Max": max, "Remaining": max - used}}))
}
