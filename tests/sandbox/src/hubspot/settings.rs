//! The app's webhook settings: one target for all accounts, and its subscriptions.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use serde_json::{Value, json};

use super::app::App;
use super::events::{Event, Notice};
use super::problem::Problem;
use crate::kit::clock::rfc3339_millis;
use crate::kit::consent::bearer;
use crate::kit::{Answer, Params};

const OBJECTS: [&str; 7] = ["contact", "company", "deal", "ticket", "product", "line_item", "object"];
const EVENTS: [&str; 6] = ["creation", "deletion", "merge", "restore", "propertyChange", "associationChange"];

/// A subscription of the app.
#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    id: u64,
    event_type: String,
    property: Option<String>,
    active: bool,
    created_ms: i64,
}

/// Target and subscriptions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) target: Option<String>,
    concurrent: u64,
    subscriptions: Vec<Subscription>,
    last: u64,
}

fn is_type(text: &str) -> bool {
    let known = |(object, event): (&str, &str)| OBJECTS.contains(&object) && EVENTS.contains(&event);
    text == "contact.privacyDeletion" || text.split_once('.').is_some_and(known)
}

impl Settings {
    /// Settings from the start: `contact.propertyChange email`.
    pub(crate) fn from_config(config: Option<&super::config::WebhookConfig>, now_ms: i64) -> Self {
        let mut settings = Self { concurrent: 10, last: 2_000_000, ..Self::default() };
        if let Some(config) = config {
            settings.target = Some(config.url.clone());
            for text in &config.subscriptions {
                let (event_type, property) =
                    text.split_once(' ').map_or((text.as_str(), None), |(t, p)| (t, Some(p)));
                settings.add(event_type, property, true, now_ms);
            }
        }
        settings
    }

    fn add(&mut self, event_type: &str, property: Option<&str>, active: bool, now_ms: i64) -> Subscription {
        self.last += 1;
        let made = Subscription {
            id: self.last,
            event_type: event_type.to_owned(),
            property: property.map(str::to_owned),
            active,
            created_ms: now_ms,
        };
        self.subscriptions.push(made.clone());
        made
    }

    /// What is sent for an event: one notice per active subscription it falls under.
    pub(crate) fn notices(
        &self,
        event: &Event,
        (portal_id, app_id): (u64, u64),
        event_id: u64,
    ) -> Vec<Notice> {
        let Some(url) = &self.target else { return Vec::new() };
        let is_for = |own: &&Subscription| {
            own.active && own.event_type == event.subscription_type && own.property == event.property
        };
        let notice = |own: &Subscription| {
            let mut body = json!({
                "eventId": event_id, "subscriptionId": own.id, "portalId": portal_id, "appId": app_id,
                "occurredAt": event.at_ms, "subscriptionType": event.subscription_type, "attemptNumber": 0,
                "objectId": event.object_id, "changeSource": if event.by_hand { "CRM_UI" } else { "INTEGRATION" },
                "sourceId": if event.by_hand { "userId:101".to_owned() } else { app_id.to_string() },
            });
            for (name, value) in &event.more {
                body[name] = value.clone();
            }
            Notice { url: url.clone(), body }
        };
        self.subscriptions.iter().filter(is_for).map(notice).collect()
    }
}

fn shown(own: &Subscription) -> Value {
    let mut shown = json!({
        "id": own.id.to_string(), "eventType": own.event_type, "active": own.active,
        "createdAt": rfc3339_millis(own.created_ms),
    });
    if let Some(property) = &own.property {
        shown["propertyName"] = json!(property);
    }
    shown
}

/// `/webhooks/{version}/{appId}/…`, with the developer's key or an app token.
pub(crate) async fn settings(
    State(app): State<Arc<App>>,
    Path((version, app_id, rest)): Path<(String, u64, String)>,
    method: Method,
    uri: Uri,
    (headers, body): (HeaderMap, Bytes),
) -> Response {
    app.tally.request("webhook settings");
    let params = Params::parse(uri.query().unwrap_or_default().as_bytes());
    let is_known = matches!(version.as_str(), "v3" | "2026-03") && app_id == app.config.app_id;
    let now_ms = app.clock.now_ms();
    let token = bearer(&headers).unwrap_or_default();
    let is_app = app.grants().check(token, now_ms).is_ok_and(|grant| grant.subject == "app");
    let done = if !is_known {
        Err(Problem::new(404, "OBJECT_NOT_FOUND", "The app does not exist"))
    } else if params.get("hapikey") == app.config.developer_key || is_app {
        let body = serde_json::from_slice(&body).unwrap_or_default();
        let parts: Vec<&str> = rest.trim_matches('/').split('/').collect();
        done(&app, (&method, &parts), &body, now_ms)
    } else {
        app.tally.note("unauthorized");
        Err(Problem::new(401, "INVALID_AUTHENTICATION", "Authentication credentials not found"))
    };
    done.unwrap_or_else(|problem| app.refused(&problem)).into_response()
}

fn done(
    app: &App,
    (method, parts): (&Method, &[&str]),
    body: &Value,
    now_ms: i64,
) -> Result<Answer, Problem> {
    let mut settings = app.settings();
    let missing = || Problem::new(404, "OBJECT_NOT_FOUND", "The subscription does not exist");
    match (method.as_str(), parts) {
        ("GET", ["settings"]) => aimed(&settings),
        ("PUT", ["settings"]) => aim(&mut settings, body),
        ("DELETE", ["settings"]) => {
            settings.target = None;
            Ok(Answer::empty(204))
        }
        ("GET", ["subscriptions"]) => {
            let all: Vec<Value> = settings.subscriptions.iter().map(shown).collect();
            Ok(Answer::json(200, &json!({"results": all})))
        }
        ("POST", ["subscriptions"]) => subscribe(&mut settings, body, now_ms),
        ("PATCH", ["subscriptions", id]) => {
            let mut own = settings.subscriptions.iter_mut();
            let own = own.find(|own| own.id.to_string() == **id).ok_or_else(missing)?;
            own.active = body["active"] == true;
            Ok(Answer::json(200, &shown(own)))
        }
        ("DELETE", ["subscriptions", id]) => {
            settings.subscriptions.retain(|own| own.id.to_string() != **id);
            Ok(Answer::empty(204))
        }
        _ => Err(Problem::left_out(format!("{method} webhooks/{}", parts.join("/")))),
    }
}

fn aimed(settings: &Settings) -> Result<Answer, Problem> {
    let missing = || Problem::new(404, "OBJECT_NOT_FOUND", "No settings");
    let url = settings.target.clone().ok_or_else(missing)?;
    let throttling = json!({"period": "SECONDLY", "maxConcurrentRequests": settings.concurrent});
    Ok(Answer::json(200, &json!({"targetUrl": url, "throttling": throttling})))
}

fn aim(settings: &mut Settings, body: &Value) -> Result<Answer, Problem> {
    let url = body["targetUrl"].as_str().filter(|url| url::Url::parse(url).is_ok());
    let url = url.ok_or_else(|| Problem::invalid("targetUrl must be an address"))?;
    settings.target = Some(url.to_owned());
    settings.concurrent = body["throttling"]["maxConcurrentRequests"].as_u64().unwrap_or(10);
    aimed(settings)
}

fn subscribe(settings: &mut Settings, body: &Value, now_ms: i64) -> Result<Answer, Problem> {
    let event_type = body["eventType"].as_str().unwrap_or_default();
    if !is_type(event_type) {
        return Err(Problem::invalid(format!("{event_type} is no event type")));
    }
    let property = body["propertyName"].as_str();
    if event_type.ends_with(".propertyChange") != property.is_some() {
        return Err(Problem::invalid("propertyName belongs to propertyChange, and only there"));
    }
    let is_same = |own: &Subscription| own.event_type == event_type && own.property.as_deref() == property;
    if settings.subscriptions.iter().any(is_same) {
        return Err(Problem::conflict("The subscription already exists"));
    }
    let made = settings.add(event_type, property, body["active"] == true, now_ms);
    Ok(Answer::json(201, &shown(&made)))
}
