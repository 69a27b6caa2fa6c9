//! Items and their tokens.

use serde_json::{Value, json};

use crate::kit::decimals::{Object, text_of};
use crate::plaid::endpoints::Ground;
use crate::plaid::refusal::Refusal;

/// `POST /item/public_token/exchange`: exactly once (fact sheet, "Idempotency").
pub(crate) fn exchange(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let now_ms = ground.now_ms;
    let public = ground.world.publics.get_mut(text_of(body, "public_token"));
    let public = public.filter(|public| !public.used);
    let public = public
        .ok_or_else(|| Refusal::input("INVALID_PUBLIC_TOKEN", "could not find matching public token"))?;
    if public.expires_ms <= now_ms {
        let message = "provided public token is expired. Public tokens expire 30 minutes after creation at which point they can no longer be exchanged";
        return Err(Refusal::input("INVALID_PUBLIC_TOKEN", message));
    }
    public.used = true;
    let item = public.item.clone();
    let token = ground.world.grant(&item);
    if let Some(item) = ground.world.items.get(&item) {
        let key = format!("item:{}:{}", item.bank.id, item.login);
        ground.app.tally.create(Some(&key));
    }
    Ok(json!({"access_token": token, "item_id": item}))
}

/// `POST /item/access_token/invalidate`: the old token is dead at once.
pub(crate) fn invalidate(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let old = text_of(body, "access_token");
    let item = ground.world.item_of(old)?.id.clone();
    ground.world.tokens.remove(old);
    let token = ground.world.grant(&item);
    Ok(json!({"new_access_token": token}))
}

/// `POST /item/get`: works in every state the item is in.
pub(crate) fn get(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    Ok(json!({"item": item.shown(), "status": item.status()}))
}

/// `POST /item/remove`: a second time there is nothing to remove. Only this ends the billing.
pub(crate) fn remove(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    item.removed = true;
    ground.app.tally.note("deletes");
    Ok(json!({}))
}

/// `POST /item/webhook/update`: tells the new address that it was understood.
pub(crate) fn webhook(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let now_ms = ground.now_ms;
    let url = body.get("webhook").and_then(Value::as_str).map(str::to_owned);
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    item.webhook.clone_from(&url);
    let (id, shown) = (item.id.clone(), item.shown());
    ground.app.tally.note("updates");
    let more = json!({"new_webhook_url": url, "error": null});
    ground.world.tell(&id, ("ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED"), &more, now_ms);
    Ok(json!({"item": shown}))
}
