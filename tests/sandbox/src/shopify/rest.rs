//! The legacy REST API: lists and single objects, read only.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::app::App;
use super::call::admitted;
use super::payload::shown;
use super::store::{View, gid};
use super::versions::served;
use crate::kit::clock::parse_rfc3339;
use crate::kit::consent::header_text;
use crate::kit::faulty::under;
use crate::kit::{Answer, Params};

/// Resources, their kinds, and the scope to read them.
const RESOURCES: [(&str, &str, &str, &str); 3] = [
    ("orders", "order", "Order", "read_orders"),
    ("customers", "customer", "Customer", "read_customers"),
    ("products", "product", "Product", "read_products"),
];

const LARGEST: usize = 250;

/// `/admin/api/{version}/…`
pub(crate) async fn rest(
    State(app): State<Arc<App>>,
    Path((version, path)): Path<(String, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    app.tally.request(&format!("{method} {}", path.split(['/', '.']).next().unwrap_or_default()));
    let fault = if method == Method::GET { app.faults.next() } else { app.faults.next_write() };
    let shape = |status| faulty(&app, status).into_response();
    let commit = async {
        let Some(version) = served(&version, app.clock.now_ms()) else {
            return Answer::json(404, &json!({"errors": "Not Found"})).into_response();
        };
        let done = answered(&app, (&method, &path), &uri, &headers);
        done.unwrap_or_else(|refused| refused).with("x-shopify-api-version", version).into_response()
    };
    under((&app.faults, &app.tally), fault, shape, commit).await
}

fn faulty(app: &App, status: u16) -> Answer {
    if status == 429 {
        let seconds = app.faults.plan().retry_after_s;
        let answer = Answer::json(429, &json!({"errors": EXCEEDED}));
        return match seconds {
            Some(seconds) => answer.with("retry-after", format!("{seconds}.0")),
            None => answer,
        };
    }
    Answer::json(status, &json!({"errors": "Internal Server Error"}))
}

const EXCEEDED: &str =
    "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service.";

fn answered(
    app: &App,
    (method, path): (&Method, &str),
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<Answer, Answer> {
    let checked = admitted(app, headers)?;
    let used = metered(app)?;
    let left_out = || {
        app.tally.note("not_modelled");
        let message = format!("{method} {path}");
        Answer::json(404, &json!({"errors": "Not Found", "not_modelled": message}))
    };
    if method != Method::GET {
        return Err(left_out());
    }
    let path = path.strip_suffix(".json").ok_or_else(left_out)?;
    let (name, id) = path.split_once('/').map_or((path, None), |(name, id)| (name, Some(id)));
    let resource = RESOURCES.iter().find(|(own, ..)| *own == name);
    let (list, one, kind, scope) = *resource.ok_or_else(left_out)?;
    let may = checked.scopes.iter().any(|own| own == scope || own.replace("write_", "read_") == scope);
    if !may {
        let message = format!("[API] This action requires merchant approval for {scope} scope.");
        return Err(Answer::json(403, &json!({"errors": message})));
    }
    let view = app.view(checked.scopes.iter().any(|scope| scope == "read_all_orders"));
    let answer = match id {
        Some(id) => single(app, (one, kind), id, view)?,
        None => listed(app, (list, kind), (uri, header_text(headers, "host")), view)?,
    };
    Ok(answer.with(CALLS, used))
}

fn single(app: &App, (one, kind): (&str, &str), id: &str, view: View) -> Result<Answer, Answer> {
    let shop = app.shop();
    let name = id.parse().ok().map(|id| gid(kind, id));
    let found = name.filter(|name| shop.row(name).is_some_and(|row| view.may_see(kind, row)));
    let object = found.and_then(|name| shown(&shop, &name));
    let missing = || Answer::json(404, &json!({"errors": "Not Found"}));
    object.map(|object| Answer::json(200, &json!({one: object}))).ok_or_else(missing)
}

fn listed(
    app: &App,
    (list, kind): (&str, &str),
    (uri, host): (&Uri, &str),
    view: View,
) -> Result<Answer, Answer> {
    let shop = app.shop();
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    let page = Page::read(&params)?;
    let rows = shop.rows(kind).filter(|(id, row)| {
        let is_after = *id > page.after && view.may_see(kind, row);
        is_after && view.seen(row).is_some_and(|(_, at)| page.since_ms.is_none_or(|since| at >= since))
    });
    let mut ids: Vec<u64> = rows.map(|(id, _)| id).take(page.limit + 1).collect();
    let more = ids.len() > page.limit;
    ids.truncate(page.limit);
    let objects: Vec<Value> = ids.iter().filter_map(|id| shown(&shop, &gid(kind, *id))).collect();
    let answer = Answer::json(200, &json!({list: objects}));
    Ok(match ids.last().filter(|_| more) {
        Some(last) => {
            let (info, path, limit) = (page.next(*last), uri.path(), page.limit);
            answer.with("link", format!("<http://{host}{path}?limit={limit}&page_info={info}>; rel=\"next\""))
        }
        None => answer,
    })
}

const CALLS: &str = "x-shopify-shop-api-call-limit";

/// Counts a call; answers the header's value.
fn metered(app: &App) -> Result<String, Answer> {
    let now_ms = app.clock.now_ms();
    let mut bucket = app.rest_calls();
    if bucket.admit(1, now_ms) {
        let room = if bucket.capacity() == 0 { 40 } else { bucket.capacity() };
        let used = if bucket.capacity() == 0 { 1 } else { room - bucket.available(now_ms) };
        return Ok(format!("{used}/{room}"));
    }
    app.tally.note("throttled");
    let wait_ms = bucket.wait_ms(1, now_ms).max(100);
    let seconds = format!("{}.{}", wait_ms / 1000, wait_ms % 1000 / 100);
    let room = bucket.capacity();
    let answer = Answer::json(429, &json!({"errors": EXCEEDED})).with("retry-after", seconds);
    Err(answer.with(CALLS, format!("{room}/{room}")))
}

/// Which part of a list is wanted.
struct Page {
    limit: usize,
    after: u64,
    since_ms: Option<i64>,
}

impl Page {
    fn read(params: &Params) -> Result<Self, Answer> {
        let limit = params.opt("limit").map_or(Some(50), |limit| limit.parse().ok());
        let limit = limit.filter(|limit| (1..=LARGEST).contains(limit)).ok_or_else(|| bad("limit"))?;
        if let Some(info) = params.opt("page_info") {
            // With a cursor no other filter may be sent.
            if params.names().any(|name| !matches!(name, "page_info" | "limit" | "fields")) {
                return Err(bad("page_info"));
            }
            let text = URL_SAFE_NO_PAD.decode(info).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let parts = text.as_deref().and_then(|text| text.split_once('|'));
            let (after, since) = parts.ok_or_else(|| bad("page_info"))?;
            return Ok(Self { limit, after: after.parse().unwrap_or(0), since_ms: since.parse().ok() });
        }
        if params.names().any(|name| !matches!(name, "limit" | "since_id" | "updated_at_min" | "status")) {
            return Err(bad("filter: not modelled by the simulator"));
        }
        let after = params.opt("since_id").and_then(|id| id.parse().ok()).unwrap_or(0);
        let since_ms = match params.opt("updated_at_min") {
            None => None,
            Some(text) => Some(parse_rfc3339(text).ok_or_else(|| bad("updated_at_min"))?),
        };
        Ok(Self { limit, after, since_ms })
    }

    fn next(&self, last: u64) -> String {
        let since = self.since_ms.map(|since| since.to_string()).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(format!("{last}|{since}"))
    }
}

fn bad(name: &str) -> Answer {
    Answer::json(400, &json!({"errors": {name: "Invalid value."}}))
}
