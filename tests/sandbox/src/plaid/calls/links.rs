//! Link tokens.

use serde_json::{Value, json};

use crate::kit::clock::{rfc3339, seconds_ms};
use crate::kit::decimals::{Object, items_of, text_of};
use crate::plaid::endpoints::Ground;
use crate::plaid::link::Link;
use crate::plaid::refusal::Refusal;

/// Products a link token may ask for here.
const PRODUCTS: [&str; 4] = ["auth", "balance", "identity", "transactions"];

/// `POST /link/token/create`: for a new item, or with `access_token` to repair one.
pub(crate) fn create(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let products = items_of(body, "products");
    let token = text_of(body, "access_token");
    if token.is_empty() == products.is_empty() {
        let why = "must not be given in update mode and must be given otherwise";
        return Err(Refusal::field("products", why));
    }
    if let Some(other) = products.iter().filter_map(Value::as_str).find(|name| !PRODUCTS.contains(name)) {
        return Err(Refusal::request("INVALID_PRODUCT", format!("unknown or unavailable product: {other}")));
    }
    if let Some(redirect) = body.get("redirect_uri").and_then(Value::as_str) {
        let local = redirect.starts_with("http://127.0.0.1") || redirect.starts_with("http://localhost");
        if !redirect.starts_with("https://") && !local {
            return Err(Refusal::field("redirect_uri", "must use https"));
        }
    }
    let item = if token.is_empty() { None } else { Some(ground.world.item_of(token)?.id.clone()) };
    let ttl_s =
        if item.is_some() { ground.config.update_token_ttl_s } else { ground.config.link_token_ttl_s };
    let expires_ms = ground.now_ms + seconds_ms(ttl_s);
    let link = Link {
        token: ground.world.token("link"),
        session: ground.world.ids.uuid(),
        created_ms: ground.now_ms,
        expires_ms,
        item,
        asked: body.clone(),
        finished: None,
        left: false,
    };
    let mut answer = json!({"link_token": link.token, "expiration": rfc3339(expires_ms)});
    if body.contains_key("hosted_link") {
        answer["hosted_link_url"] = json!(format!("http://{}/link/{}", ground.host, link.token));
    }
    ground.world.links.insert(link.token.clone(), link);
    Ok(answer)
}

/// `POST /link/token/get`: what became of a session.
pub(crate) fn get(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let link = ground.world.links.get(text_of(body, "link_token"));
    let link =
        link.ok_or_else(|| Refusal::input("INVALID_LINK_TOKEN", "could not find matching link token"))?;
    let own = |name: &str| link.asked.get(name).cloned().unwrap_or_default();
    Ok(json!({
        "created_at": rfc3339(link.created_ms),
        "expiration": rfc3339(link.expires_ms),
        "link_sessions": link.shown(),
        "link_token": link.token,
        "metadata": {
            "client_name": own("client_name"),
            "country_codes": own("country_codes"),
            "initial_products": items_of(&link.asked, "products"),
            "language": own("language"),
            "redirect_uri": own("redirect_uri"),
            "webhook": own("webhook")
        }
    }))
}
