//! Lines of documents: defaults from items and accounts, amounts and tax worked out.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::kit::decimals::{Object, amount_of, cents, decimal, items_of, money, number, rounded, text_of};
use crate::xero::kind::Kind;
use crate::xero::refusal::Refusal;
use crate::xero::store::Book;

/// The document the lines are of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame<'a> {
    pub(super) sales: bool,
    /// `Exclusive`, `Inclusive` or `NoTax`.
    pub(super) amounts: &'a str,
    /// Whether accounts must be there: anything but a draft.
    pub(super) posted: bool,
}

/// The new lines: `sent` as a whole, over the old ones with the same `LineItemID`.
pub(super) fn replace(
    book: &mut Book,
    (old, sent): (&[Value], &[Value]),
    frame: Frame<'_>,
) -> Result<Vec<Value>, Refusal> {
    let mut messages = Vec::new();
    let mut lines = Vec::with_capacity(sent.len());
    for value in sent {
        let Some(sent) = value.as_object() else { continue };
        let mut line = kept(old, sent, &mut messages);
        line.extend(sent.clone());
        line.entry("LineItemID").or_insert_with(|| Value::from(book.ids.uuid()));
        complete(book, &mut line, frame, &mut messages);
        lines.push(Value::Object(line));
    }
    if messages.is_empty() { Ok(lines) } else { Err(Refusal::Invalid(messages)) }
}

/// What stays of the old line: all but what changes with the amounts.
fn kept(old: &[Value], sent: &Object, messages: &mut Vec<String>) -> Object {
    let id = text_of(sent, "LineItemID");
    if id.is_empty() {
        return Object::new();
    }
    let Some(line) = old.iter().find(|line| line["LineItemID"] == id).and_then(Value::as_object) else {
        messages.push(format!("LineItemID '{id}' is not a line of this document."));
        return Object::new();
    };
    let mut line = line.clone();
    line.remove("LineAmount");
    line.remove("TaxAmount");
    if sent.contains_key("ItemCode") || sent.contains_key("AccountCode") {
        line.remove("AccountID");
    }
    line
}

fn complete(book: &Book, line: &mut Object, frame: Frame<'_>, messages: &mut Vec<String>) {
    from_item(book, line, frame.sales, messages);
    account(book, line, frame, messages);
    if text_of(line, "Description").is_empty() {
        messages.push("Description is required.".into());
    }
    amounts(book, line, messages);
    tax(book, line, frame, messages);
    tracking(book, line, messages);
}

fn from_item(book: &Book, line: &mut Object, sales: bool, messages: &mut Vec<String>) {
    let code = text_of(line, "ItemCode").to_owned();
    if code.is_empty() {
        return;
    }
    let Some((id, item)) = book.live(Kind::Item, "Code", &code) else {
        messages.push(format!("Item code '{code}' is not valid"));
        return;
    };
    let (details, description) =
        if sales { ("SalesDetails", "Description") } else { ("PurchaseDetails", "PurchaseDescription") };
    let prices = item.get(details).and_then(Value::as_object).cloned().unwrap_or_default();
    let usual = [
        ("UnitAmount", prices.get("UnitPrice").cloned()),
        ("AccountCode", prices.get("AccountCode").cloned()),
        ("TaxType", prices.get("TaxType").cloned()),
        ("Description", item.get(description).or_else(|| item.get("Name")).cloned()),
    ];
    let reference = json!({"ItemID": id, "Name": text_of(item, "Name"), "Code": text_of(item, "Code")});
    for (name, value) in usual {
        if let Some(value) = value
            && !line.contains_key(name)
        {
            line.insert(name.into(), value);
        }
    }
    line.insert("Item".into(), reference);
}

fn account(book: &Book, line: &mut Object, frame: Frame<'_>, messages: &mut Vec<String>) {
    let (code, id) = (text_of(line, "AccountCode").to_owned(), text_of(line, "AccountID").to_owned());
    let found = if code.is_empty() {
        book.body(Kind::Account, &id).map(|body| (id.as_str(), body))
    } else {
        book.live(Kind::Account, "Code", &code)
    };
    let Some((id, account)) = found else {
        if !code.is_empty() || !id.is_empty() {
            let given = if code.is_empty() { id } else { code };
            messages.push(format!("Account code '{given}' is not a valid code for this document."));
        } else if frame.posted {
            messages.push("Account code or ID must be specified.".into());
        }
        return;
    };
    if text_of(account, "Type") == "BANK" || !text_of(account, "SystemAccount").is_empty() {
        let code = text_of(account, "Code");
        messages.push(format!("Account code '{code}' is not a valid code for this document."));
        return;
    }
    let (id, code) = (Value::from(id), Value::from(text_of(account, "Code")));
    if !line.contains_key("TaxType") {
        line.insert("TaxType".into(), Value::from(text_of(account, "TaxType")));
    }
    line.insert("AccountID".into(), id);
    line.insert("AccountCode".into(), code);
}

fn amounts(book: &Book, line: &mut Object, messages: &mut Vec<String>) {
    let quantity = line.get("Quantity").and_then(decimal).unwrap_or(Decimal::ONE);
    let sent = line.get("LineAmount").and_then(decimal);
    let unit = line.get("UnitAmount").and_then(decimal);
    let unit = match (unit, sent) {
        (Some(unit), _) => rounded(unit, book.settings.unit_places),
        (None, Some(total)) if !quantity.is_zero() => rounded(total / quantity, 4),
        _ => Decimal::ZERO,
    };
    let percent = amount_of(line, "DiscountRate");
    let whole = quantity * unit;
    let expected = cents(whole - whole * percent / Decimal::ONE_HUNDRED - amount_of(line, "DiscountAmount"));
    if let Some(sent) = sent
        && (cents(sent) - expected).abs() > Decimal::new(1, 2)
    {
        messages.push(format!("The line total {sent} does not match the expected line total {expected}"));
    }
    line.insert("Quantity".into(), number(quantity));
    line.insert("UnitAmount".into(), number(unit));
    line.insert("LineAmount".into(), money(sent.unwrap_or(expected)));
}

fn tax(book: &Book, line: &mut Object, frame: Frame<'_>, messages: &mut Vec<String>) {
    let amount = amount_of(line, "LineAmount");
    if frame.amounts == "NoTax" {
        line.insert("TaxType".into(), Value::from("NONE"));
        line.insert("TaxAmount".into(), money(Decimal::ZERO));
        return;
    }
    let tax_type = text_of(line, "TaxType").to_owned();
    let mut rate = Decimal::ZERO;
    if !tax_type.is_empty() {
        let Some(body) =
            book.body(Kind::TaxRate, &tax_type).filter(|rate| text_of(rate, "Status") == "ACTIVE")
        else {
            messages.push(format!(
                "The TaxType code '{tax_type}' does not exist or cannot be used for this type of transaction."
            ));
            return;
        };
        rate = amount_of(body, "EffectiveRate");
        messages.extend(unfit(book, line, body));
    }
    let expected = if frame.amounts == "Inclusive" {
        amount - amount / (Decimal::ONE + rate / Decimal::ONE_HUNDRED)
    } else {
        amount * rate / Decimal::ONE_HUNDRED
    };
    let tax = line.get("TaxAmount").and_then(decimal).unwrap_or(expected);
    line.insert("TaxAmount".into(), money(tax));
}

/// A tax rate for sales on an expense account, or the other way about.
fn unfit(book: &Book, line: &Object, rate: &Object) -> Option<String> {
    let account = book.body(Kind::Account, text_of(line, "AccountID"))?;
    let flag = match text_of(account, "Class") {
        "REVENUE" => "CanApplyToRevenue",
        "EXPENSE" => "CanApplyToExpenses",
        _ => return None,
    };
    let fits = rate.get(flag).and_then(Value::as_bool).unwrap_or(true);
    let (code, tax) = (text_of(account, "Code"), text_of(line, "TaxType"));
    (!fits).then(|| format!("The TaxType code '{tax}' cannot be used with account code '{code}'."))
}

fn tracking(book: &Book, line: &mut Object, messages: &mut Vec<String>) {
    let sent = items_of(line, "Tracking").to_vec();
    let mut tracking = Vec::with_capacity(sent.len());
    for wanted in &sent {
        let Some(found) = option(book, wanted) else {
            messages.push(format!("The tracking option {wanted} does not exist or is not active."));
            continue;
        };
        tracking.push(found);
    }
    if tracking.len() > 2 {
        messages.push("A line can have at most two tracking categories.".into());
    }
    line.insert("Tracking".into(), Value::Array(tracking));
}

fn option(book: &Book, wanted: &Value) -> Option<Value> {
    let (id, name) = (wanted["TrackingCategoryID"].as_str(), wanted["Name"].as_str());
    let (id, category) = match id {
        Some(id) => book.body(Kind::TrackingCategory, id).map(|body| (id, body)),
        None => book.live(Kind::TrackingCategory, "Name", name?),
    }?;
    let mut options = items_of(category, "Options").iter();
    let option = options.find(|option| {
        let by_id = wanted["TrackingOptionID"].as_str().is_some_and(|id| option["TrackingOptionID"] == id);
        by_id || wanted["Option"].as_str().is_some_and(|name| option["Name"] == name)
    })?;
    (option["Status"] == "ACTIVE").then(|| {
        json!({
            "Name": text_of(category, "Name"), "Option": option["Name"],
            "TrackingCategoryID": id, "TrackingOptionID": option["TrackingOptionID"]
        })
    })
}
