//! `expand[]`: ids replaced by objects, lists put in (fact sheet, "Entities").

use serde_json::{Value, json};

use super::kind::Kind;
use super::ledger::Ledger;
use super::refusal::Refusal;
use super::render::render;
use super::version::{BASIL, PRICE_DETAILS_EXPAND, Version};
use crate::kit::decimals::{Object, text_of};

/// Levels one path may go through.
const DEEPEST: usize = 4;

/// When a property can be expanded.
#[derive(Clone, Copy)]
enum When {
    Always,
    Before(u32),
    Since(u32),
}

/// Of a kind: the path of the property, what it leads to (`None`: any kind), and when.
type Link = (Kind, &'static str, Option<Kind>, When);

const LINKS: &[Link] = &[
    (Kind::Product, "default_price", Some(Kind::Price), When::Always),
    (Kind::Price, "product", Some(Kind::Product), When::Always),
    (Kind::Invoice, "customer", Some(Kind::Customer), When::Always),
    (Kind::Invoice, "payment_intent", Some(Kind::PaymentIntent), When::Before(BASIL)),
    (Kind::Invoice, "charge", Some(Kind::Charge), When::Before(BASIL)),
    (Kind::Invoice, "payments", Some(Kind::InvoicePayment), When::Since(BASIL)),
    (Kind::Invoice, "lines.data.price", Some(Kind::Price), When::Before(BASIL)),
    (
        Kind::Invoice,
        "lines.data.pricing.price_details.price",
        Some(Kind::Price),
        When::Since(PRICE_DETAILS_EXPAND),
    ),
    (Kind::InvoiceItem, "customer", Some(Kind::Customer), When::Always),
    (Kind::InvoiceItem, "invoice", Some(Kind::Invoice), When::Always),
    (Kind::InvoiceItem, "pricing.price_details.price", Some(Kind::Price), When::Since(PRICE_DETAILS_EXPAND)),
    (Kind::InvoicePayment, "invoice", Some(Kind::Invoice), When::Always),
    (Kind::InvoicePayment, "payment.payment_intent", Some(Kind::PaymentIntent), When::Always),
    (Kind::PaymentIntent, "customer", Some(Kind::Customer), When::Always),
    (Kind::PaymentIntent, "latest_charge", Some(Kind::Charge), When::Always),
    (Kind::PaymentIntent, "invoice", Some(Kind::Invoice), When::Before(BASIL)),
    (Kind::Charge, "customer", Some(Kind::Customer), When::Always),
    (Kind::Charge, "payment_intent", Some(Kind::PaymentIntent), When::Always),
    (Kind::Charge, "balance_transaction", Some(Kind::BalanceTransaction), When::Always),
    (Kind::Charge, "invoice", Some(Kind::Invoice), When::Before(BASIL)),
    (Kind::Charge, "refunds", Some(Kind::Refund), When::Always),
    (Kind::Refund, "charge", Some(Kind::Charge), When::Always),
    (Kind::Refund, "payment_intent", Some(Kind::PaymentIntent), When::Always),
    (Kind::Refund, "balance_transaction", Some(Kind::BalanceTransaction), When::Always),
    (Kind::CreditNote, "customer", Some(Kind::Customer), When::Always),
    (Kind::CreditNote, "invoice", Some(Kind::Invoice), When::Always),
    (Kind::CreditNote, "refund", Some(Kind::Refund), When::Before(BASIL)),
    (Kind::CreditNote, "refunds.refund", Some(Kind::Refund), When::Since(BASIL)),
    (Kind::Dispute, "charge", Some(Kind::Charge), When::Always),
    (Kind::Dispute, "payment_intent", Some(Kind::PaymentIntent), When::Always),
    (Kind::BalanceTransaction, "source", None, When::Always),
    (Kind::Payout, "balance_transaction", Some(Kind::BalanceTransaction), When::Always),
];

fn link(kind: Kind, path: &[&str], version: &Version) -> Option<(Vec<&'static str>, Option<Kind>)> {
    let fits = |when: When| match when {
        When::Always => true,
        When::Before(date) => !version.since(date),
        When::Since(date) => version.since(date),
    };
    LINKS.iter().find_map(|(of, property, to, when)| {
        let property: Vec<&str> = property.split('.').collect();
        (*of == kind && fits(*when) && path.starts_with(&property)).then_some((property, *to))
    })
}

/// Whether every step of the path can be expanded.
fn checked(kind: Kind, path: &[&str], whole: &str, version: &Version) -> Result<(), Refusal> {
    let Some((property, to)) = link(kind, path, version) else {
        let message = format!("This property cannot be expanded ({whole}).");
        return Err(Refusal::invalid("", "expand", message));
    };
    let mut rest = &path[property.len()..];
    if is_list(&property) {
        rest = rest.strip_prefix(&["data"]).unwrap_or(rest);
    }
    match to {
        Some(to) if !rest.is_empty() => checked(to, rest, whole, version),
        _ => Ok(()),
    }
}

fn is_list(property: &[&str]) -> bool {
    matches!(property, ["payments" | "refunds"])
}

/// Expands the paths of `expand` in an object, or below `data` in a list of `kind`.
pub(crate) fn expand(
    ledger: &Ledger,
    (kind, is_page): (Kind, bool),
    shown: &mut Value,
    params: &Object,
    version: &Version,
) -> Result<(), Refusal> {
    for path in params.get("expand").and_then(Value::as_array).into_iter().flatten() {
        let whole = path.as_str().unwrap_or_default();
        let mut steps: Vec<&str> = whole.split('.').collect();
        if is_page && steps.first() != Some(&"data") {
            let message = format!(
                "This property cannot be expanded ({whole}). You may want to try expanding 'data.{whole}' instead."
            );
            return Err(Refusal::invalid("", "expand", message));
        }
        if is_page {
            steps.remove(0);
        }
        if steps.iter().filter(|step| **step != "data").count() > DEEPEST {
            let message = format!("You cannot expand more than {DEEPEST} levels of a property ({whole}).");
            return Err(Refusal::invalid("", "expand", message));
        }
        checked(kind, &steps, whole, version)?;
        let expander = Expander { ledger, version };
        if is_page {
            let rows = shown["data"].as_array_mut().into_iter().flatten();
            rows.for_each(|row| expander.object(kind, row, &steps));
        } else {
            expander.object(kind, shown, &steps);
        }
    }
    Ok(())
}

struct Expander<'a> {
    ledger: &'a Ledger,
    version: &'a Version,
}

impl Expander<'_> {
    fn object(&self, kind: Kind, shown: &mut Value, path: &[&str]) {
        let Some((property, to)) = link(kind, path, self.version) else { return };
        let rest = &path[property.len()..];
        if is_list(&property) {
            self.list(kind, shown, property[0], rest);
        } else {
            self.reach(shown, &property, to, rest);
        }
    }

    /// Walks to the property, through every element of an array on the way.
    fn reach(&self, shown: &mut Value, property: &[&str], to: Option<Kind>, rest: &[&str]) {
        if let Value::Array(items) = shown {
            for item in items {
                self.reach(item, property, to, rest);
            }
            return;
        }
        let Some((step, below)) = property.split_first() else {
            return self.replace(shown, to, rest);
        };
        if let Some(next) = shown.get_mut(*step) {
            self.reach(next, below, to, rest);
        }
    }

    fn replace(&self, shown: &mut Value, to: Option<Kind>, rest: &[&str]) {
        let id = shown.as_str().unwrap_or_default().to_owned();
        let Some(kind) = to.or_else(|| Kind::of_id(&id)) else { return };
        if let Some(row) = self.ledger.table(kind).row(&id) {
            *shown = if row.deleted {
                json!({"id": id, "object": kind.name(), "deleted": true})
            } else {
                render(self.ledger, kind, &row.body, self.version)
            };
        }
        if !rest.is_empty() && shown.is_object() {
            self.object(kind, shown, rest);
        }
    }

    /// A list that is only there when asked for.
    fn list(&self, kind: Kind, shown: &mut Value, name: &str, rest: &[&str]) {
        let id = shown["id"].as_str().unwrap_or_default().to_owned();
        let (of, field, url) = match kind {
            Kind::Invoice => (Kind::InvoicePayment, "invoice", format!("/v1/invoice_payments?invoice={id}")),
            _ => (Kind::Refund, "charge", format!("/v1/charges/{id}/refunds")),
        };
        let rows = self.ledger.table(of).newest().filter(|(_, row)| text_of(row, field) == id);
        let mut data: Vec<Value> = rows.map(|(_, row)| render(self.ledger, of, row, self.version)).collect();
        let has_more = data.len() > super::render::FIRST_SLICE;
        data.truncate(super::render::FIRST_SLICE);
        if let Some(rest) = rest.strip_prefix(&["data"]).filter(|rest| !rest.is_empty()) {
            for row in &mut data {
                self.object(of, row, rest);
            }
        }
        // A second path below the same list must not undo the first.
        if !rest.is_empty() && shown[name].is_object() {
            let rows = shown[name]["data"].as_array_mut().into_iter().flatten();
            let rest = rest.strip_prefix(&["data"]).unwrap_or_default();
            rows.for_each(|row| self.object(of, row, rest));
            return;
        }
        shown[name] = json!({"object": "list", "data": data, "has_more": has_more, "url": url});
    }
}
