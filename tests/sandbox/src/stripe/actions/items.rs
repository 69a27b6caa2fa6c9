//! Invoice items: pending on a customer, or on a draft.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::{Value, json};

use super::blanks::{INVOICE_ITEM, filled};
use super::lines::{attach, not_editable, open_draft};
use super::prices::{check_minor, unit_of};
use crate::kit::decimals::{Object, text_of};
use crate::stripe::kind::Kind;
use crate::stripe::refusal::Refusal;
use crate::stripe::work::{Work, given, int, take};

/// What an item costs, and by which price.
struct Cost {
    amount: i64,
    unit: Decimal,
    quantity: i64,
    currency: Option<String>,
    price: Option<String>,
    product: Option<String>,
}

pub(super) fn create(work: &mut Work, params: &Object) -> Result<String, Refusal> {
    let customer_id = text_of(params, "customer").to_owned();
    let customer = work.find(Kind::Customer, &customer_id, "customer")?;
    let cost = cost(work, params, None)?.ok_or_else(|| Refusal::missing("amount"))?;
    let currency = currency_of(&cost, params, text_of(&customer, "currency"))?;
    check_minor(cost.amount, &currency, "amount")?;
    let invoice = given(params, "invoice");
    if let Some(invoice) = invoice {
        open_draft(work, invoice, &customer_id, &currency)?;
    }
    let mut body = blank(work, &cost, (&customer_id, &currency), invoice);
    let id = text_of(&body, "id").to_owned();
    take(&mut body, params, &["description", "discountable", "period"])?;
    work.add(Kind::InvoiceItem, body);
    work.tell("invoiceitem.created", Kind::InvoiceItem, &id, None);
    if customer.get("currency").is_none_or(Value::is_null) {
        work.alter(Kind::Customer, &customer_id, |own| {
            own.insert("currency".into(), json!(currency));
        });
    }
    if let Some(invoice) = invoice {
        attach(work, invoice, &id, true);
    }
    Ok(id)
}

fn blank(work: &mut Work, cost: &Cost, (customer, currency): (&str, &str), invoice: Option<&str>) -> Object {
    let now = work.now();
    let known = json!({
        "id": work.ledger.fresh_id(Kind::InvoiceItem),
        "amount": cost.amount,
        "currency": currency,
        "customer": customer,
        "date": now,
        "description": cost.product,
        "invoice": invoice,
        "livemode": work.ledger.livemode,
        "period": {"start": now, "end": now},
        "quantity": cost.quantity,
        "_line": work.ledger.ids.base62("il_", 24),
        "_price": cost.price,
        "_unit": cost.unit.normalize().to_string()
    });
    filled(INVOICE_ITEM, known)
}

fn currency_of(cost: &Cost, params: &Object, customers: &str) -> Result<String, Refusal> {
    let asked = given(params, "currency");
    match (&cost.currency, asked) {
        (Some(own), Some(asked)) if own != asked => {
            let message = format!(
                "The price specified only supports `{own}`. This doesn't match the expected currency: `{asked}`."
            );
            Err(Refusal::state("", "currency", message))
        }
        (Some(own), _) => Ok(own.clone()),
        (None, Some(asked)) => Ok(asked.to_owned()),
        (None, None) if !customers.is_empty() => Ok(customers.to_owned()),
        (None, None) => Err(Refusal::missing("currency")),
    }
}

/// The one way an item is priced.
enum Way<'a> {
    Amount(i64),
    Price(&'a str),
    Data(&'a Object),
    Unit(Decimal),
    /// As before, in another quantity.
    Again(&'a Object),
}

/// What a unit costs: in which currency and by which price, where one says so.
type Unit = (Decimal, Option<String>, Option<String>);

/// The way of a request; `None` when nothing says. `old` is the item being changed.
fn way_of<'a>(params: &'a Object, old: Option<&'a Object>) -> Result<Option<Way<'a>>, Refusal> {
    let price = given(params, "price").or_else(|| params.get("pricing")?.get("price")?.as_str());
    let data = params.get("price_data").and_then(Value::as_object);
    let amount = params.get("amount").and_then(Value::as_i64);
    let quantity = params.get("quantity").and_then(Value::as_i64);
    let ways = [
        amount.map(Way::Amount),
        price.map(Way::Price),
        data.map(Way::Data),
        unit_of(params, "")?.map(Way::Unit),
    ];
    let mut ways = ways.into_iter().flatten();
    let way = ways.next();
    if ways.next().is_some() {
        let message = "You may only specify one of these parameters: amount, price, price_data, unit_amount.";
        return Err(Refusal::invalid("", "amount", message));
    }
    if quantity.is_some_and(i64::is_negative) {
        let message = "Invalid non-negative integer";
        return Err(Refusal::invalid("parameter_invalid_integer", "quantity", message));
    }
    if amount.is_some() && quantity.is_some() {
        let message = "You may only specify one of these parameters: amount, quantity.";
        return Err(Refusal::invalid("", "quantity", message));
    }
    Ok(way.or_else(|| old.filter(|_| quantity.is_some()).map(Way::Again)))
}

/// `amount`, or quantity times what a unit costs; `None` when nothing says.
fn cost(work: &mut Work, params: &Object, old: Option<&Object>) -> Result<Option<Cost>, Refusal> {
    let Some(way) = way_of(params, old)? else { return Ok(None) };
    if let Way::Amount(amount) = way {
        let unit = Decimal::from(amount);
        return Ok(Some(Cost { amount, unit, quantity: 1, currency: None, price: None, product: None }));
    }
    let asked = params.get("quantity").and_then(Value::as_i64);
    let quantity = asked.unwrap_or_else(|| old.map_or(1, |old| int(old, "quantity")));
    let (unit, currency, price) = unit(work, &way)?;
    let total =
        (unit * Decimal::from(quantity)).round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    let amount = total
        .to_i64()
        .ok_or_else(|| Refusal::invalid("amount_too_large", "quantity", "Amount is too large"))?;
    let product = price.as_deref().and_then(|price| product_name(work, price));
    Ok(Some(Cost { amount, unit, quantity, currency, price, product }))
}

fn unit(work: &mut Work, way: &Way<'_>) -> Result<Unit, Refusal> {
    match way {
        Way::Amount(amount) => Ok((Decimal::from(*amount), None, None)),
        Way::Unit(unit) => Ok((*unit, None, None)),
        Way::Again(old) => Ok((unit_text(old, "_unit"), None, given(old, "_price").map(str::to_owned))),
        Way::Price(id) => {
            let price = work.find(Kind::Price, id, "price")?;
            usable(&price)?;
            let unit = unit_text(&price, "unit_amount_decimal");
            Ok((unit, Some(text_of(&price, "currency").to_owned()), Some((*id).to_owned())))
        }
        Way::Data(data) => {
            let product = text_of(data, "product").to_owned();
            work.find(Kind::Product, &product, "price_data[product]")?;
            let mut price = super::prices::made(work, data, &product)?;
            // A price made on the way is not offered again.
            price.insert("active".into(), json!(false));
            let unit = unit_text(&price, "unit_amount_decimal");
            let currency = text_of(&price, "currency").to_owned();
            Ok((unit, Some(currency), Some(work.add(Kind::Price, price))))
        }
    }
}

fn usable(price: &Object) -> Result<(), Refusal> {
    let id = text_of(price, "id");
    if text_of(price, "type") != "one_time" {
        let message = format!(
            "The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`: {id}"
        );
        return Err(Refusal::state("", "price", message));
    }
    if price.get("active") != Some(&json!(true)) {
        return Err(Refusal::state(
            "",
            "price",
            format!("The price specified is inactive: {id}. This field only accepts active prices."),
        ));
    }
    Ok(())
}

fn unit_text(body: &Object, name: &str) -> Decimal {
    text_of(body, name).parse().unwrap_or_default()
}

fn product_name(work: &Work, price: &str) -> Option<String> {
    let price = work.ledger.get(Kind::Price, price)?;
    let product = work.ledger.get(Kind::Product, text_of(price, "product"))?;
    Some(text_of(product, "name").to_owned())
}

pub(super) fn update(work: &mut Work, id: &str, params: &Object) -> Result<String, Refusal> {
    let before = work.find(Kind::InvoiceItem, id, "id")?;
    let invoice = given(&before, "invoice").map(str::to_owned);
    editable(work, invoice.as_deref())?;
    let mut body = (*before).clone();
    take(&mut body, params, &["description", "discountable", "period"])?;
    if let Some(cost) = cost(work, params, Some(&before))? {
        let own = text_of(&before, "currency");
        if cost.currency.as_deref().is_some_and(|currency| currency != own) {
            return Err(Refusal::state("", "price", format!("The price must be in {own}.")));
        }
        check_minor(cost.amount, own, "amount")?;
        body.insert("amount".into(), json!(cost.amount));
        body.insert("quantity".into(), json!(cost.quantity));
        body.insert("_unit".into(), json!(cost.unit.normalize().to_string()));
        body.insert("_price".into(), json!(cost.price));
    }
    if body != *before {
        // The provider has no event for it; the draft's is told by `attach`.
        work.alter(Kind::InvoiceItem, id, |own| *own = body);
        if let Some(invoice) = invoice {
            attach(work, &invoice, id, true);
        }
    }
    Ok(id.to_owned())
}

fn editable(work: &Work, invoice: Option<&str>) -> Result<(), Refusal> {
    let status = invoice.and_then(|invoice| work.ledger.get(Kind::Invoice, invoice));
    match status.map(|invoice| text_of(invoice, "status")) {
        None | Some("draft") => Ok(()),
        Some(_) => Err(not_editable()),
    }
}

pub(super) fn delete(work: &mut Work, id: &str) -> Result<(), Refusal> {
    let item = work.find(Kind::InvoiceItem, id, "id")?;
    let invoice = given(&item, "invoice");
    editable(work, invoice)?;
    work.ledger.table_mut(Kind::InvoiceItem).remove(id, work.now_ms);
    work.tell("invoiceitem.deleted", Kind::InvoiceItem, id, None);
    if let Some(invoice) = invoice {
        attach(work, invoice, id, false);
    }
    Ok(())
}
