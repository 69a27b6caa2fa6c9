//! What a provider asks of an endpoint before it sends events.

use application::ports::connector::WebhookAnswer;
use serde_json::Value;

use super::verify::Delivery;
use crate::connectors::interpreter::answer::holds;
use crate::connectors::interpreter::oauth::said_place;
use crate::connectors::manifest::{Echo, Handshake, Webhooks};

/// Longest text that is given back.
const LONGEST: usize = 1_024;

/// The answer to a handshake; `signed` tells which of them are looked at.
pub(super) fn answer(
    delivery: &Delivery<'_>,
    webhooks: &Webhooks,
    (signed, body): (bool, Option<&Value>),
) -> Option<WebhookAnswer> {
    let open = webhooks.handshakes.iter().filter(|handshake| handshake.signed == signed);
    open.filter(|handshake| fits(handshake, body)).find_map(|handshake| one(delivery, handshake, body))
}

fn fits(handshake: &Handshake, body: Option<&Value>) -> bool {
    let Some(when) = &handshake.when else { return true };
    body.is_some_and(|body| holds(when, &body.to_string()))
}

fn one(delivery: &Delivery<'_>, handshake: &Handshake, body: Option<&Value>) -> Option<WebhookAnswer> {
    if let Some(member) = &handshake.form {
        let mut form = url::form_urlencoded::parse(&delivery.call.body);
        return (body.is_none() && form.any(|(name, _)| name == *member)).then(WebhookAnswer::default);
    }
    let text = echoed(delivery, handshake.echo.as_ref()?, body)?;
    let plain = text.chars().all(|letter| !letter.is_control());
    if text.is_empty() || text.len() > LONGEST || !plain {
        return None;
    }
    Some(match &handshake.json {
        None => WebhookAnswer { content_type: "text/plain; charset=utf-8".to_owned(), body: text },
        Some(member) => {
            let body = serde_json::json!({ member.as_str(): text }).to_string();
            WebhookAnswer { content_type: "application/json".to_owned(), body }
        }
    })
}

fn echoed(delivery: &Delivery<'_>, echo: &Echo, body: Option<&Value>) -> Option<String> {
    if let Some(parameter) = &echo.query {
        return delivery.call.query.get(parameter).cloned();
    }
    if let Some(header) = &echo.header {
        return delivery.header(header).map(str::to_owned);
    }
    said_place(body?, echo.at.as_ref()?)
}
