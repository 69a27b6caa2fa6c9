//! What the endpoints that change something do.

mod balance;
mod blanks;
mod confirm;
mod credit_lines;
mod credit_notes;
mod customers;
mod endpoints;
mod intents;
mod invoices;
mod items;
mod lifecycle;
mod lines;
mod paying;
mod prices;
mod products;
mod refunds;

use serde_json::{Value, json};

pub(crate) use balance::{arrive, dispute, payout, settle_funds};
pub(crate) use lifecycle::auto_finalize;

use super::kind::Kind;
use super::refusal::Refusal;
use super::work::Work;
use crate::kit::decimals::Object;

/// What an endpoint does to the object of its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    Update,
    Delete,
    Finalize,
    Pay,
    Send,
    Void,
    MarkUncollectible,
    Confirm,
    Capture,
    Cancel,
}

/// Does it; the object's id, or the whole body for a deletion.
pub(crate) enum Done {
    Object(String),
    Body(Value),
}

/// Performs `verb` on an object of `kind`; `id` is empty for a create. Nothing has been changed
/// when it is refused, apart from a declined payment.
pub(crate) fn perform(
    work: &mut Work,
    (verb, kind): (Verb, Kind),
    id: &str,
    params: &Object,
) -> Result<Done, Refusal> {
    if verb == Verb::Delete {
        return delete(work, kind, id);
    }
    let id = match (verb, kind) {
        (Verb::Create, Kind::Customer) => customers::create(work, params)?,
        (Verb::Update, Kind::Customer) => customers::update(work, id, params)?,
        (Verb::Create, Kind::Product) => products::create(work, params)?,
        (Verb::Update, Kind::Product) => products::update(work, id, params)?,
        (Verb::Create, Kind::Price) => prices::create(work, params)?,
        (Verb::Update, Kind::Price) => prices::update(work, id, params)?,
        (Verb::Create, Kind::InvoiceItem) => items::create(work, params)?,
        (Verb::Update, Kind::InvoiceItem) => items::update(work, id, params)?,
        (Verb::Create, Kind::Invoice) => invoices::create(work, params)?,
        (Verb::Update, Kind::Invoice) => invoices::update(work, id, params)?,
        (Verb::Finalize, Kind::Invoice) => lifecycle::finalize(work, id, params)?,
        (Verb::Pay, Kind::Invoice) => paying::pay(work, id, params)?,
        (Verb::Send, Kind::Invoice) => lifecycle::send(work, id)?,
        (Verb::Void, Kind::Invoice) => lifecycle::void(work, id)?,
        (Verb::MarkUncollectible, Kind::Invoice) => lifecycle::mark_uncollectible(work, id)?,
        (Verb::Create, Kind::CreditNote) => credit_notes::create(work, params)?,
        (Verb::Update, Kind::CreditNote) => credit_notes::update(work, id, params)?,
        (Verb::Void, Kind::CreditNote) => credit_notes::void(work, id)?,
        (Verb::Create, Kind::PaymentIntent) => intents::create(work, params)?,
        (Verb::Update, Kind::PaymentIntent) => intents::update(work, id, params)?,
        (Verb::Confirm, Kind::PaymentIntent) => intents::confirm(work, id, params)?,
        (Verb::Capture, Kind::PaymentIntent) => intents::capture(work, id, params)?,
        (Verb::Cancel, Kind::PaymentIntent) => intents::cancel(work, id, params)?,
        (Verb::Update, Kind::Charge) => intents::update_charge(work, id, params)?,
        (Verb::Create, Kind::Refund) => refunds::create(work, params)?,
        (Verb::Update, Kind::Refund) => refunds::update(work, id, params)?,
        (Verb::Create, Kind::WebhookEndpoint) => endpoints::create(work, params)?,
        (Verb::Update, Kind::WebhookEndpoint) => endpoints::update(work, id, params)?,
        (verb, kind) => return Err(Refusal::not_modelled(format!("{verb:?} of {}", kind.name()), "")),
    };
    Ok(Done::Object(id))
}

fn delete(work: &mut Work, kind: Kind, id: &str) -> Result<Done, Refusal> {
    work.find(kind, id, "id")?;
    match kind {
        Kind::Customer => {
            work.ledger.table_mut(kind).remove(id, work.now_ms);
            work.tell("customer.deleted", kind, id, None);
        }
        Kind::Product => products::delete(work, id)?,
        Kind::Invoice => invoices::delete(work, id)?,
        Kind::InvoiceItem => items::delete(work, id)?,
        Kind::WebhookEndpoint => work.ledger.table_mut(kind).remove(id, work.now_ms),
        kind => return Err(Refusal::not_modelled(format!("Delete of {}", kind.name()), "")),
    }
    Ok(Done::Body(json!({"id": id, "object": kind.name(), "deleted": true})))
}
