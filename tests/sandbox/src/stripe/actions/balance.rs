//! The account's own money: balance transactions, payouts, disputes.

use serde_json::{Value, json};

use crate::kit::decimals::{Object, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, int, object};

/// Days until money is available.
const AVAILABLE_S: i64 = 2 * 86_400;
/// How long a payout is on its way.
const ARRIVES_S: i64 = 2 * 86_400;

/// What a movement is: type, reporting category, the object behind it.
type Source<'a> = (&'a str, &'a str, &'a str);

/// Books a movement; `fee` is the provider's.
pub(super) fn book(
    work: &mut Work,
    (kind, category, source): Source<'_>,
    (amount, fee): (i64, i64),
    currency: &str,
) -> String {
    let id = work.ledger.fresh_id(Kind::BalanceTransaction);
    let now = work.now();
    let fees: Vec<Value> = (fee != 0)
        .then(|| {
            json!({
                "amount": fee,
                "application": null,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee"
            })
        })
        .into_iter()
        .collect();
    let is_payout = kind == "payout";
    let body = object(json!({
        "id": id,
        "object": "balance_transaction",
        "amount": amount,
        "available_on": if is_payout { now } else { now + AVAILABLE_S },
        "created": now,
        "currency": currency,
        "description": null,
        "exchange_rate": null,
        "fee": fee,
        "fee_details": fees,
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": if is_payout { "available" } else { "pending" },
        "type": kind,
        "_payout": null
    }));
    work.add(Kind::BalanceTransaction, body)
}

/// A captured charge: 2.9 % and 30 of the smallest unit are the provider's.
pub(super) fn earn(work: &mut Work, charge: &str, amount: i64) {
    let currency = work.ledger.get(Kind::Charge, charge).map(|body| text_of(body, "currency").to_owned());
    let fee = amount * 29 / 1000 + 30;
    let movement = book(work, ("charge", "charge", charge), (amount, fee), &currency.unwrap_or_default());
    work.alter(Kind::Charge, charge, |body| {
        body.insert("balance_transaction".into(), json!(movement));
        body.insert("captured".into(), json!(true));
        body.insert("amount_captured".into(), json!(amount));
    });
}

/// Movements whose day has come are available.
pub(crate) fn settle_funds(work: &mut Work) {
    let now = work.now();
    let due: Vec<String> = work
        .ledger
        .table(Kind::BalanceTransaction)
        .newest()
        .filter(|(_, body)| text_of(body, "status") == "pending" && int(body, "available_on") <= now)
        .map(|(_, body)| text_of(body, "id").to_owned())
        .collect();
    for id in due {
        work.alter(Kind::BalanceTransaction, &id, |body| {
            body.insert("status".into(), json!("available"));
        });
    }
}

/// Sends everything available in a currency to the bank. Errors: there is nothing.
pub(crate) fn payout(work: &mut Work, currency: &str) -> Result<String, Refusal> {
    settle_funds(work);
    let ready: Vec<(String, i64)> = work
        .ledger
        .table(Kind::BalanceTransaction)
        .newest()
        .filter(|(_, body)| {
            text_of(body, "status") == "available"
                && text_of(body, "currency") == currency
                && text_of(body, "type") != "payout"
                && body.get("_payout").is_none_or(Value::is_null)
        })
        .map(|(_, body)| (text_of(body, "id").to_owned(), int(body, "net")))
        .collect();
    let amount: i64 = ready.iter().map(|(_, net)| net).sum();
    if amount <= 0 {
        let message = "You have insufficient funds in your Stripe account for this transfer.";
        return Err(Refusal::state("balance_insufficient", "", message));
    }
    let id = work.ledger.fresh_id(Kind::Payout);
    let movement = book(work, ("payout", "payout", &id), (-amount, 0), currency);
    let body = payout_body(work, &id, (amount, currency), &movement);
    work.add(Kind::Payout, body);
    for (transaction, _) in ready.iter().chain(&[(movement, 0)]) {
        work.alter(Kind::BalanceTransaction, transaction, |body| {
            body.insert("_payout".into(), json!(id));
        });
    }
    work.tell("payout.created", Kind::Payout, &id, None);
    Ok(id)
}

fn payout_body(work: &Work, id: &str, (amount, currency): (i64, &str), movement: &str) -> Object {
    object(json!({
        "id": id,
        "object": "payout",
        "amount": amount,
        "application_fee": null,
        "application_fee_amount": null,
        "arrival_date": work.now() + ARRIVES_S,
        "automatic": true,
        "balance_transaction": movement,
        "created": work.now(),
        "currency": currency,
        "description": "STRIPE PAYOUT",
        "destination": "ba_1HeadwaterTestAccount",
        "failure_balance_transaction": null,
        "failure_code": null,
        "failure_message": null,
        "livemode": work.ledger.livemode,
        "metadata": {},
        "method": "standard",
        "original_payout": null,
        "reconciliation_status": "completed",
        "reversed_by": null,
        "source_type": "card",
        "statement_descriptor": null,
        "status": "in_transit",
        "type": "bank_account"
    }))
}

/// Payouts whose day has come have arrived.
pub(crate) fn arrive(work: &mut Work) {
    let now = work.now();
    let due: Vec<String> = work
        .ledger
        .table(Kind::Payout)
        .newest()
        .filter(|(_, body)| text_of(body, "status") == "in_transit" && int(body, "arrival_date") <= now)
        .map(|(_, body)| text_of(body, "id").to_owned())
        .collect();
    for id in due {
        work.change((Kind::Payout, &id), "payout.paid", |body| {
            body.insert("status".into(), json!("paid"));
        });
    }
}

/// The cardholder's bank takes a charge back for now.
pub(crate) fn dispute(work: &mut Work, charge: &str, reason: &str) -> Result<String, Refusal> {
    let own = work.find(Kind::Charge, charge, "charge")?;
    let (amount, currency) = (int(&own, "amount"), text_of(&own, "currency").to_owned());
    let id = work.ledger.fresh_id(Kind::Dispute);
    let movement = book(work, ("adjustment", "dispute", &id), (-amount, 1500), &currency);
    let movement = work.ledger.get(Kind::BalanceTransaction, &movement).cloned().unwrap_or_default();
    let body = object(json!({
        "id": id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [*movement],
        "charge": charge,
        "created": work.now(),
        "currency": currency,
        "evidence": {},
        "evidence_details": {"due_by": work.now() + 7 * 86_400, "has_evidence": false, "past_due": false, "submission_count": 0},
        "is_charge_refundable": false,
        "livemode": work.ledger.livemode,
        "metadata": {},
        "payment_intent": own["payment_intent"],
        "reason": reason,
        "status": "needs_response"
    }));
    work.add(Kind::Dispute, body);
    work.change((Kind::Charge, charge), "charge.updated", |body| {
        body.insert("disputed".into(), json!(true));
    });
    work.tell("charge.dispute.created", Kind::Dispute, &id, None);
    Ok(id)
}
