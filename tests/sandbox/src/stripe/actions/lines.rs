//! The lines of an invoice and what they add up to.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::kit::decimals::{Object, items_of, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::Work;

/// Adds or takes away an invoice item, counts the invoice anew and tells of it.
pub(super) fn attach(work: &mut Work, invoice: &str, item: &str, there: bool) {
    let items = work.ledger.get(Kind::Invoice, invoice).map(|body| items_of(body, "_items").to_vec());
    let mut items = items.unwrap_or_default();
    if !there {
        items.retain(|own| own != item);
    } else if !items.iter().any(|own| own == item) {
        items.push(json!(item));
    }
    let before = recount(work, invoice, items);
    work.tell("invoice.updated", Kind::Invoice, invoice, Some(&before));
}

/// Makes the lines from the items as they are now; answers what the invoice was.
pub(super) fn recount(work: &mut Work, invoice: &str, items: Vec<Value>) -> Arc<Object> {
    let lines: Vec<Value> = items
        .iter()
        .filter_map(|id| work.ledger.get(Kind::InvoiceItem, id.as_str()?))
        .map(|item| line(item, invoice))
        .collect();
    let total: i64 = lines.iter().filter_map(|line| line["amount"].as_i64()).sum();
    work.alter(Kind::Invoice, invoice, |body| {
        body.insert("_items".into(), Value::Array(items));
        body.insert("_lines".into(), Value::Array(lines));
        for name in ["subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"] {
            body.insert(name.into(), json!(total));
        }
        body.insert("amount_due".into(), json!(total.max(0)));
        body.insert("amount_remaining".into(), json!(total.max(0)));
    })
}

fn line(item: &Object, invoice: &str) -> Value {
    let own = |name: &str| item.get(name).cloned().unwrap_or_default();
    json!({
        "id": own("_line"),
        "object": "line_item",
        "amount": own("amount"),
        "currency": own("currency"),
        "description": own("description"),
        "discount_amounts": [],
        "discountable": own("discountable"),
        "discounts": [],
        "invoice": invoice,
        "livemode": own("livemode"),
        "metadata": own("metadata"),
        "period": own("period"),
        "quantity": own("quantity"),
        "subscription": null,
        "_item": own("id"),
        "_price": own("_price"),
        "_unit": own("_unit")
    })
}

/// An invoice that can still be edited, of this customer and in this currency.
pub(super) fn open_draft(work: &Work, id: &str, customer: &str, currency: &str) -> Result<(), Refusal> {
    let invoice = work.find(Kind::Invoice, id, "invoice")?;
    if text_of(&invoice, "status") != "draft" {
        return Err(not_editable());
    }
    if text_of(&invoice, "customer") != customer {
        let message = format!("The invoice {id} does not belong to customer {customer}.");
        return Err(Refusal::state("", "invoice", message));
    }
    if text_of(&invoice, "currency") != currency {
        let own = text_of(&invoice, "currency");
        let message = format!(
            "The currency of the invoice item ({currency}) must match the currency of the invoice ({own})."
        );
        return Err(Refusal::state("", "currency", message));
    }
    Ok(())
}

/// Finalized invoices keep their amounts (fact sheet, "Traps").
pub(super) fn not_editable() -> Refusal {
    Refusal::state("invoice_not_editable", "invoice", "This invoice is no longer editable")
}
