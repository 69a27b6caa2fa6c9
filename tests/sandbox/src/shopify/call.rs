//! One request to the GraphQL endpoint: who asks, in which version, at what cost.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::app::{App, ShopState};
use super::bulk;
use super::change::Caller;
use super::config::AppKind;
use super::graph::cost::requested;
use super::graph::problem::Problem;
use super::graph::request::Request;
use super::graph::run::Run;
use super::graph::validate::{root_type, validate};
use super::tokens::Checked;
use super::versions::served;
use crate::kit::Answer;
use crate::kit::clock::{midnight_ms, parse_date};
use crate::kit::consent::header_text;
use crate::kit::faulty::under;

/// The day public apps' non-expiring tokens end (fact sheet, "Auth").
const LAST_DAY: &str = "2027-01-01";

/// `POST /admin/api/{version}/graphql.json`.
pub(crate) async fn graphql(
    State(app): State<Arc<App>>,
    Path(version): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request::read(&body);
    let is_write = request.as_ref().is_ok_and(Request::is_mutation);
    app.tally.request(if is_write { "mutation" } else { "query" });
    let fault = if is_write { app.faults.next_write() } else { app.faults.next() };
    let shape = |status| faulty(&app, status).into_response();
    let commit = async {
        let answer = match served(&version, app.clock.now_ms()) {
            None => Answer::json(404, &json!({"errors": "Not Found"})),
            Some(version) => {
                let done = answered(&app, &version, (&method, &headers), request);
                done.unwrap_or_else(|refused| refused).with("x-shopify-api-version", version)
            }
        };
        answer.into_response()
    };
    under((&app.faults, &app.tally), fault, shape, commit).await
}

/// What an injected fault looks like here: a throttled query has status 200.
fn faulty(app: &App, status: u16) -> Answer {
    if status == 429 {
        return throttled(app, 10);
    }
    let problem = Problem::coded(
        "INTERNAL_SERVER_ERROR",
        "Internal error. Looks like something went wrong on our end.",
    );
    Answer::json(status, &json!({"errors": [problem.body()]}))
}

fn throttled(app: &App, cost: u64) -> Answer {
    let problem = Problem::coded("THROTTLED", "Throttled")
        .with("documentation", "https://shopify.dev/api/usage/rate-limits");
    Answer::json(200, &json!({"errors": [problem.body()], "extensions": costs(app, cost, None)}))
}

/// `extensions` with the state of the bucket.
fn costs(app: &App, requested: u64, actual: Option<u64>) -> Value {
    let now_ms = app.clock.now_ms();
    let mut bucket = app.points();
    let maximum = if bucket.capacity() == 0 { 2000 } else { bucket.capacity() };
    let available = if bucket.capacity() == 0 { maximum } else { bucket.available(now_ms) };
    json!({"cost": {
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": {
            "maximumAvailable": maximum, "currentlyAvailable": available, "restoreRate": bucket.per_second(),
        },
    }})
}

/// Who asks. The error is the answer to give.
pub(crate) fn admitted(app: &App, headers: &HeaderMap) -> Result<Checked, Answer> {
    let now_ms = app.clock.now_ms();
    let state = *app.state();
    match state {
        ShopState::Open => {}
        ShopState::Frozen => return Err(Answer::json(402, &json!({"errors": "Unavailable Shop"}))),
        ShopState::Locked => return Err(Answer::json(423, &json!({"errors": "Shop is locked"}))),
    }
    let token = header_text(headers, "x-shopify-access-token");
    let checked = app.grants().check(token, now_ms).ok_or_else(|| {
        app.tally.note("unauthorized");
        let message = "[API] Invalid API key or access token (unrecognized login or wrong password)";
        Answer::json(401, &json!({"errors": message}))
    })?;
    let is_over = parse_date(LAST_DAY).is_some_and(|day| now_ms >= midnight_ms(day));
    let is_refused = match app.config.app {
        AppKind::Public => true,
        AppKind::OlderPublic => is_over,
        AppKind::Custom => false,
    };
    if checked.lasting && is_refused {
        app.tally.note("lasting_tokens_refused");
        let message = "[API] Non-expiring access tokens are no longer accepted for the Admin API";
        return Err(Answer::json(403, &json!({"errors": message})));
    }
    Ok(checked)
}

fn answered(
    app: &App,
    version: &str,
    (method, headers): (&Method, &HeaderMap),
    request: Result<Request, Problem>,
) -> Result<Answer, Answer> {
    let checked = admitted(app, headers)?;
    if method != Method::POST {
        return Err(Answer::json(405, &json!({"errors": "Method Not Allowed"})));
    }
    if !header_text(headers, "content-type").starts_with("application/json") {
        app.tally.note("not_modelled");
        return Err(Answer::json(
            415,
            &json!({"errors": "not modelled: Content-Type must be application/json"}),
        ));
    }
    let request = request.map_err(|problem| errors(&[problem]))?;
    let schema = app.schema(version);
    let problems = validate(&schema, &request);
    if !problems.is_empty() {
        if problems.iter().any(|problem| problem.not_modelled) {
            app.tally.note("not_modelled");
        }
        return Err(errors(&problems));
    }
    let variables = request.variables(&schema).map_err(|problems| errors(&problems))?;
    let cost = requested(&schema, &request, &variables);
    afford(app, cost)?;
    let base_url = format!("http://{}", header_text(headers, "host"));
    Ok(run(app, (version, base_url), (&request, &variables), &checked, cost))
}

fn errors(problems: &[Problem]) -> Answer {
    let bodies: Vec<Value> = problems.iter().map(Problem::body).collect();
    Answer::json(200, &json!({"errors": bodies}))
}

fn afford(app: &App, cost: u64) -> Result<(), Answer> {
    let most = app.config.max_query_cost;
    if most > 0 && cost > most {
        let message =
            format!("Query cost is {cost}, which exceeds the single query max cost limit ({most}).");
        let problem = Problem::coded("MAX_COST_EXCEEDED", message).with("cost", cost).with("maxCost", most);
        return Err(errors(&[problem.with("documentation", "https://shopify.dev/api/usage/rate-limits")]));
    }
    let now_ms = app.clock.now_ms();
    let is_admitted = app.points().admit(cost, now_ms);
    if is_admitted {
        return Ok(());
    }
    app.tally.note("throttled");
    Err(throttled(app, cost))
}

fn run(
    app: &App,
    (version, base_url): (&str, String),
    (request, variables): (&Request, &Map<String, Value>),
    checked: &Checked,
    cost: u64,
) -> Answer {
    let schema = app.schema(version);
    let caller = Caller { scopes: checked.scopes.clone(), ..app.caller(version, base_url, false) };
    let mut shop = app.shop();
    bulk::advance(app, &mut shop);
    let root = request.operation().ok().and_then(root_type).unwrap_or("Query");
    let mut run = Run {
        schema: &schema,
        request,
        variables,
        shop: &mut shop,
        view: app.view(checked.scopes.iter().any(|scope| scope == "read_all_orders")),
        scopes: &checked.scopes,
        caller: &caller,
        bulk: false,
        problems: Vec::new(),
        warnings: Vec::new(),
        cost: 0,
    };
    let data = run.data(root);
    let (problems, warnings, used) = (run.problems, run.warnings, run.cost.min(cost));
    app.points().give_back(cost - used);
    app.publish(&mut shop);
    let mut body = json!({"data": data, "extensions": costs(app, cost, Some(used))});
    if !problems.is_empty() {
        body["errors"] = problems.iter().map(Problem::body).collect();
    }
    if !warnings.is_empty() {
        body["extensions"]["search"] = Value::Array(warnings);
    }
    Answer::json(200, &body)
}
