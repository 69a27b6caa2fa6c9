//! Credit notes applied to invoices.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::documents::is_sales;
use super::settle::{add, open, take};
use crate::kit::decimals::{Object, amount_of, items_of, money, text_of};
use crate::xero::dates::wire_date;
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

/// Applies a part of a credit note; answers the allocation.
pub(in crate::xero) fn allocate(book: &mut Book, note_id: &str, sent: &Object) -> Result<Value, Refusal> {
    let mut note = book.body(Kind::CreditNote, note_id).cloned().ok_or(Refusal::NotFound)?;
    let wanted = sent.get("Invoice").and_then(Value::as_object);
    let key = wanted.and_then(|invoice| invoice.get("InvoiceID").or_else(|| invoice.get("InvoiceNumber")));
    let id = key.and_then(Value::as_str).and_then(|key| book.find(Kind::Invoice, key));
    let id = id.ok_or_else(|| Refusal::invalid("Invoice could not be found"))?;
    let mut invoice = book.body(Kind::Invoice, &id).cloned().ok_or(Refusal::NotFound)?;
    let amount = amount_of(sent, "Amount");
    fits((&note, &invoice), amount)?;
    let date = sent.get("Date").cloned().unwrap_or_else(|| Value::from(wire_date(book.clock.today())));
    let allocation_id = book.ids.uuid();
    let allocation = json!({
        "AllocationID": allocation_id, "Amount": money(amount), "Date": date, "IsDeleted": false,
        "Invoice": {"InvoiceID": id, "InvoiceNumber": text_of(&invoice, "InvoiceNumber")}
    });
    let credit = json!({
        "CreditNoteID": note_id, "CreditNoteNumber": text_of(&note, "CreditNoteNumber"),
        "AllocationID": allocation_id, "AppliedAmount": money(amount), "Date": date, "Total": note["Total"]
    });
    add(Kind::CreditNote, &mut note, "Allocations", allocation.clone());
    add(Kind::Invoice, &mut invoice, "CreditNotes", credit);
    book.put(Kind::CreditNote, note_id, note);
    book.put(Kind::Invoice, &id, invoice);
    let mut answer = allocation;
    answer["CreditNote"] = json!({"CreditNoteID": note_id, "ID": note_id, "LineItems": []});
    Ok(answer)
}

fn fits((note, invoice): (&Object, &Object), amount: Decimal) -> Result<(), Refusal> {
    if amount <= Decimal::ZERO {
        return Err(Refusal::invalid("The amount must be greater than zero."));
    }
    if text_of(note, "Status") != "AUTHORISED" || text_of(invoice, "Status") != "AUTHORISED" {
        return Err(Refusal::invalid("Credit notes can only be allocated between Authorised documents"));
    }
    if is_sales(note) != is_sales(invoice) || note["Contact"]["ContactID"] != invoice["Contact"]["ContactID"]
    {
        return Err(Refusal::invalid("The credit note and the invoice must have the same type and contact"));
    }
    if amount > open(Kind::CreditNote, note) {
        return Err(Refusal::invalid("The allocation exceeds the remaining credit"));
    }
    if amount > open(Kind::Invoice, invoice) {
        return Err(Refusal::invalid("The allocation exceeds the amount outstanding on the invoice"));
    }
    Ok(())
}

/// Takes an allocation back; answers it as deleted.
pub(in crate::xero) fn unallocate(book: &mut Book, note_id: &str, id: &str) -> Result<Value, Refusal> {
    let mut note = book.body(Kind::CreditNote, note_id).cloned().ok_or(Refusal::NotFound)?;
    let found = items_of(&note, "Allocations").iter().find(|own| own["AllocationID"] == id).cloned();
    let mut allocation = found.ok_or(Refusal::NotFound)?;
    let invoice_id = allocation["Invoice"]["InvoiceID"].as_str().unwrap_or_default().to_owned();
    take(Kind::CreditNote, &mut note, "Allocations", ("AllocationID", id));
    book.put(Kind::CreditNote, note_id, note);
    if let Some(mut invoice) = book.body(Kind::Invoice, &invoice_id).cloned() {
        take(Kind::Invoice, &mut invoice, "CreditNotes", ("AllocationID", id));
        book.put(Kind::Invoice, &invoice_id, invoice);
    }
    allocation["IsDeleted"] = json!(true);
    Ok(allocation)
}
