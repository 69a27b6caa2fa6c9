//! An object as one API version shows it (fact sheet, "basil broke invoice-payment links").

use serde_json::{Value, json};

use super::kind::Kind;
use super::ledger::Ledger;
use super::version::{BASIL, Version};
use super::work::int;
use crate::kit::decimals::{Object, items_of, text_of};

/// Elements of a list inside an object.
pub(crate) const FIRST_SLICE: usize = 10;

/// The object in this version, without the simulator's own properties.
pub(crate) fn render(ledger: &Ledger, kind: Kind, body: &Object, version: &Version) -> Value {
    let mut shown: Object =
        body.iter().filter(|(name, _)| !name.starts_with('_')).map(|(n, v)| (n.clone(), v.clone())).collect();
    let basil = version.since(BASIL);
    match kind {
        Kind::Invoice => {
            shown.insert("lines".into(), lines_of(ledger, body, version));
            if basil { basil_invoice(&mut shown, body) } else { older_invoice(&mut shown, body) }
        }
        Kind::InvoiceItem => {
            shown.remove("_line");
            priced(ledger, &mut shown, body, version);
            if basil {
                shown.insert("parent".into(), Value::Null);
            } else {
                shown.insert("subscription".into(), Value::Null);
            }
        }
        Kind::PaymentIntent | Kind::Charge if !basil => {
            shown.insert("invoice".into(), body.get("_invoice").cloned().unwrap_or_default());
        }
        Kind::CreditNote => credit_note(&mut shown, body, basil),
        Kind::Event => event(ledger, &mut shown, body, version),
        _ => {}
    }
    Value::Object(shown)
}

fn basil_invoice(shown: &mut Object, body: &Object) {
    shown.insert("amount_overpaid".into(), json!(0));
    shown.insert("parent".into(), Value::Null);
    shown.insert("total_taxes".into(), json!([]));
    shown.insert("total_pretax_credit_amounts".into(), json!([]));
    // Money received outside counts as paid here, and did not before.
    let paid = int(body, "amount_paid") + int(body, "_out_of_band");
    shown.insert("amount_paid".into(), json!(paid));
}

fn older_invoice(shown: &mut Object, body: &Object) {
    let own = |name: &str| body.get(name).cloned().unwrap_or_default();
    shown.insert("payment_intent".into(), own("_payment_intent"));
    shown.insert("charge".into(), own("_charge"));
    shown.insert("paid".into(), json!(text_of(body, "status") == "paid"));
    shown.insert("paid_out_of_band".into(), json!(int(body, "_out_of_band") > 0));
    for name in ["application_fee_amount", "transfer_data", "tax", "subscription", "quote", "discount"] {
        shown.insert(name.into(), Value::Null);
    }
    shown.insert("total_tax_amounts".into(), json!([]));
    shown.remove("automatically_finalizes_at");
}

/// `lines`: a first slice with its own `has_more`.
fn lines_of(ledger: &Ledger, body: &Object, version: &Version) -> Value {
    let all = items_of(body, "_lines");
    let lines: Vec<Value> =
        all.iter().take(FIRST_SLICE).map(|line| invoice_line(ledger, line, version)).collect();
    let url = format!("/v1/invoices/{}/lines", text_of(body, "id"));
    json!({
        "object": "list",
        "data": lines,
        "has_more": all.len() > FIRST_SLICE,
        "total_count": all.len(),
        "url": url
    })
}

/// A line of an invoice in this version.
pub(crate) fn invoice_line(ledger: &Ledger, line: &Value, version: &Version) -> Value {
    let Some(body) = line.as_object() else { return Value::Null };
    let mut shown: Object =
        body.iter().filter(|(name, _)| !name.starts_with('_')).map(|(n, v)| (n.clone(), v.clone())).collect();
    priced(ledger, &mut shown, body, version);
    if version.since(BASIL) {
        shown.insert(
            "parent".into(),
            json!({
                "invoice_item_details": {
                    "invoice_item": body.get("_item"),
                    "proration": false,
                    "proration_details": {"credited_items": null},
                    "subscription": null
                },
                "subscription_item_details": null,
                "type": "invoice_item_details"
            }),
        );
        shown.insert("subtotal".into(), body.get("amount").cloned().unwrap_or_default());
        shown.insert("taxes".into(), json!([]));
        shown.insert("pretax_credit_amounts".into(), json!([]));
    } else {
        shown.insert("invoice_item".into(), body.get("_item").cloned().unwrap_or_default());
        shown.insert("type".into(), json!("invoiceitem"));
        shown.insert("proration".into(), json!(false));
        shown.insert("proration_details".into(), json!({"credited_items": null}));
        shown.insert("amount_excluding_tax".into(), body.get("amount").cloned().unwrap_or_default());
        shown.insert("tax_amounts".into(), json!([]));
        shown.insert("tax_rates".into(), json!([]));
        shown.remove("unit_amount");
        shown.remove("unit_amount_decimal");
    }
    Value::Object(shown)
}

/// The price of a line or an invoice item: `pricing`, or before basil `price`.
fn priced(ledger: &Ledger, shown: &mut Object, body: &Object, version: &Version) {
    let price = ledger.get(Kind::Price, text_of(body, "_price"));
    let unit = body.get("_unit").cloned().unwrap_or_default();
    if version.since(BASIL) {
        let details = price.map(|price| json!({"price": price.get("id"), "product": price.get("product")}));
        shown.insert(
            "pricing".into(),
            json!({"price_details": details, "type": "price_details", "unit_amount_decimal": unit}),
        );
        return;
    }
    let shown_price = price.map_or(Value::Null, |price| render(ledger, Kind::Price, price, version));
    shown.insert("price".into(), shown_price);
    let whole: Option<i64> = unit.as_str().and_then(|unit| unit.parse().ok());
    shown.insert("unit_amount".into(), json!(whole));
    shown.insert("unit_amount_decimal".into(), unit);
}

fn credit_note(shown: &mut Object, body: &Object, basil: bool) {
    let lines = items_of(body, "_lines");
    let refunds = items_of(body, "_refunds");
    let url = format!("/v1/credit_notes/{}/lines", text_of(body, "id"));
    let first: Vec<Value> = lines.iter().take(FIRST_SLICE).map(|line| credit_line(line, basil)).collect();
    let list = json!({"object": "list", "data": first, "has_more": lines.len() > FIRST_SLICE, "url": url});
    shown.insert("lines".into(), list);
    if basil {
        shown.insert("refunds".into(), json!(refunds));
        shown.insert("total_taxes".into(), json!([]));
        shown.insert("pretax_credit_amounts".into(), json!([]));
        shown.insert("pre_payment_amount".into(), body.get("_pre").cloned().unwrap_or_default());
        shown.insert("post_payment_amount".into(), body.get("_post").cloned().unwrap_or_default());
    } else {
        let refund = refunds.first().map(|refund| refund["refund"].clone());
        shown.insert("refund".into(), refund.unwrap_or_default());
        shown.insert("tax_amounts".into(), json!([]));
    }
}

/// A line of a credit note in this version.
pub(crate) fn credit_line(line: &Value, basil: bool) -> Value {
    let mut shown = line.clone();
    if basil {
        shown["taxes"] = json!([]);
        shown["pretax_credit_amounts"] = json!([]);
    } else {
        shown["tax_amounts"] = json!([]);
        shown["amount_excluding_tax"] = line["amount"].clone();
    }
    shown
}

/// The snapshot in the version given, and what the change was in that version.
fn event(ledger: &Ledger, shown: &mut Object, body: &Object, version: &Version) {
    let Some(kind) = Kind::named(text_of(body, "_kind")) else { return };
    let state = |name: &str| {
        let body = body.get(name).and_then(Value::as_object)?;
        Some(render(ledger, kind, body, version))
    };
    let after = state("_after").unwrap_or_default();
    let mut data = json!({"object": after});
    if let (Some(Value::Object(before)), Some(after)) = (state("_before"), after.as_object()) {
        let changed: Object = before
            .into_iter()
            .filter(|(name, value)| after.get(name).unwrap_or(&Value::Null) != value)
            .collect();
        data["previous_attributes"] = Value::Object(changed);
    }
    shown.insert("data".into(), data);
    shown.insert("api_version".into(), json!(version.text()));
}
