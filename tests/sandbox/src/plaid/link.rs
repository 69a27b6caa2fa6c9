//! Link: the page on which a user logs in at the bank (fact sheet, "Auth").

use serde_json::{Value, json};

use super::bank;
use super::config::PlaidConfig;
use super::refusal::Refusal;
use super::webhooks::Notice;
use super::world::World;
use crate::kit::clock::{rfc3339, seconds_ms};
use crate::kit::decimals::{Object, items_of, text_of};

/// A link token and its session.
pub(crate) struct Link {
    pub(crate) token: String,
    pub(crate) session: String,
    pub(crate) created_ms: i64,
    pub(crate) expires_ms: i64,
    /// The item to repair; `None` for a new one.
    pub(crate) item: Option<String>,
    /// What `/link/token/create` was asked.
    pub(crate) asked: Object,
    /// When it was finished, and the public token of a new item.
    pub(crate) finished: Option<(i64, Option<String>)>,
    /// Whether the user left the page instead.
    pub(crate) left: bool,
}

impl Link {
    /// Where the hosted page sends the user back to.
    pub(crate) fn returns_to(&self) -> Option<&str> {
        self.asked.get("hosted_link")?.get("completion_redirect_uri")?.as_str()
    }

    /// One element of `link_sessions`.
    pub(crate) fn shown(&self) -> Value {
        let Some((at_ms, public)) = &self.finished else { return json!([]) };
        if self.left {
            return json!([{
                "link_session_id": self.session,
                "started_at": rfc3339(self.created_ms),
                "finished_at": rfc3339(*at_ms),
                "events": [],
                "exit": {"error": null, "metadata": {"institution": null, "status": "requires_credentials"}}
            }]);
        }
        let added: Vec<Value> = public
            .iter()
            .map(|token| json!({"public_token": token, "accounts": [], "institution": null}))
            .collect();
        json!([{
            "link_session_id": self.session,
            "started_at": rfc3339(self.created_ms),
            "finished_at": rfc3339(*at_ms),
            "events": [],
            "results": {
                "bank_income_results": [],
                "cra_item_add_results": [],
                "cra_update_results": [],
                "document_income_results": null,
                "item_add_results": added,
                "payroll_income_results": []
            }
        }])
    }
}

/// The user logs in as `login` at a bank; the bank and login do not matter in update mode. Answers the
/// public token, or `None` after an update.
pub(crate) fn finish(
    world: &mut World,
    config: &PlaidConfig,
    token: &str,
    (institution, login): (&str, &str),
    now_ms: i64,
) -> Result<Option<String>, Refusal> {
    let link = world.links.get(token).filter(|link| link.expires_ms > now_ms && link.finished.is_none());
    let link = link
        .ok_or_else(|| Refusal::input("INVALID_LINK_TOKEN", "link token is invalid, expired or was used"))?;
    let (asked, item) = (link.asked.clone(), link.item.clone());
    let public = match item {
        Some(id) => {
            // The same token and the same item go on (fact sheet, "Auth": broken login).
            if let Some(item) = world.items.get_mut(&id) {
                item.error = None;
            }
            world.tell_sync(&id, now_ms);
            None
        }
        None => Some(join(world, config, &asked, (institution, login), now_ms)?),
    };
    if let Some(link) = world.links.get_mut(token) {
        link.finished = Some((now_ms, public.clone()));
    }
    session_finished(world, config, token, public.as_deref());
    Ok(public)
}

/// The user closes the page.
pub(crate) fn leave(world: &mut World, token: &str, now_ms: i64) -> Result<Option<String>, Refusal> {
    let link = world.links.get_mut(token).filter(|link| link.finished.is_none());
    let link =
        link.ok_or_else(|| Refusal::input("INVALID_LINK_TOKEN", "link token is invalid or was used"))?;
    link.left = true;
    link.finished = Some((now_ms, None));
    Ok(None)
}

/// A new item with what was asked for.
fn join(
    world: &mut World,
    config: &PlaidConfig,
    asked: &Object,
    (institution, login): (&str, &str),
    now_ms: i64,
) -> Result<String, Refusal> {
    let bank = bank::find(institution)
        .ok_or_else(|| Refusal::input("INVALID_INSTITUTION", "invalid institution_id provided"))?;
    let products: Vec<String> =
        items_of(asked, "products").iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(other) = products.iter().find(|product| !bank.products.contains(&product.as_str())) {
        return Err(Refusal::item("PRODUCTS_NOT_SUPPORTED", Some(other)));
    }
    let item = world.add_item(bank, login, now_ms);
    let id = item.id.clone();
    item.webhook = Some(text_of(asked, "webhook").to_owned());
    item.products.clone_from(&products);
    if bank.oauth {
        item.consent_until_ms = Some(now_ms + 180 * 86_400_000);
    }
    if products.iter().any(|product| product == "transactions") {
        let days = asked.get("transactions").and_then(|options| options["days_requested"].as_i64());
        world.want(&id, days, now_ms);
    }
    Ok(world.publish(&id, now_ms + seconds_ms(config.public_token_ttl_s)))
}

/// The hosted page tells when it is done.
fn session_finished(world: &mut World, config: &PlaidConfig, token: &str, public: Option<&str>) {
    let Some(link) = world.links.get(token) else { return };
    let url = text_of(&link.asked, "webhook").to_owned();
    if url.is_empty() || !link.asked.contains_key("hosted_link") {
        return;
    }
    let tokens: Vec<&str> = public.into_iter().collect();
    let more = json!({
        "link_session_id": link.session,
        "link_token": link.token,
        "public_tokens": tokens,
        "status": "SUCCESS"
    });
    let notice = Notice::new(&url, ("LINK", "SESSION_FINISHED"), config.environment.name(), more);
    world.outbox.push(notice);
}
