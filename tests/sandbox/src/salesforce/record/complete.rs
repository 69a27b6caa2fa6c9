//! What the org adds to a record, and the rules that look at all of it.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::kit::decimals::{Object, number, text_of};
use crate::salesforce::config::DuplicateRule;
use crate::salesforce::kind::Kind;
use crate::salesforce::layout::{STAGES, Type};
use crate::salesforce::refusal::Refusal;
use crate::salesforce::store::Org;

/// Fills what is computed or has a default. `sent` is what the caller wrote.
pub(super) fn complete(org: &Org, kind: Kind, sent: &Object, body: &mut Object) {
    for field in org.fields(kind).filter(|field| field.holds == Type::Flag && field.name != "IsDeleted") {
        body.entry(field.name.clone()).or_insert(json!(false));
    }
    if kind.is_owned() {
        body.entry("OwnerId").or_insert_with(|| json!(org.user_id));
    }
    if org.field(kind, "CurrencyIsoCode").is_some() {
        body.entry("CurrencyIsoCode").or_insert(json!("USD"));
    }
    match kind {
        Kind::Contact => named(body),
        Kind::Lead => {
            named(body);
            body.entry("Status").or_insert(json!("Open - Not Contacted"));
        }
        Kind::Opportunity => staged(sent, body),
        Kind::PricebookEntry => priced(org, body),
        Kind::Task => {
            body.entry("Status").or_insert(json!("Not Started"));
            body.entry("Priority").or_insert(json!("Normal"));
            let closed = text_of(body, "Status") == "Completed";
            body.insert("IsClosed".into(), json!(closed));
        }
        Kind::Order => {
            let number = format!("{:08}", org.made(Kind::Order) + 100);
            body.entry("OrderNumber").or_insert_with(|| json!(number));
            body.entry("TotalAmount").or_insert(json!(0));
        }
        _ => {}
    }
}

fn named(body: &mut Object) {
    let parts = [text_of(body, "FirstName"), text_of(body, "LastName")];
    let name = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    body.insert("Name".into(), json!(name));
}

/// A stage stands for a probability, unless one was sent with it.
fn staged(sent: &Object, body: &mut Object) {
    let stage = text_of(body, "StageName").to_owned();
    let probability =
        STAGES.iter().find(|(name, _)| *name == stage).map_or(0, |(_, probability)| *probability);
    if sent.contains_key("StageName") && !sent.contains_key("Probability") {
        body.insert("Probability".into(), number(Decimal::from(probability)));
    }
    body.insert("IsClosed".into(), json!(stage.starts_with("Closed")));
    body.insert("IsWon".into(), json!(stage == "Closed Won"));
}

fn priced(org: &Org, body: &mut Object) {
    let Some(product) = org.live(Kind::Product2, text_of(body, "Product2Id")) else { return };
    for name in ["Name", "ProductCode"] {
        body.insert(name.into(), product.body.get(name).cloned().unwrap_or(Value::Null));
    }
}

/// Required fields, the org's own rules, and rules of single objects.
pub(super) fn rules(org: &Org, kind: Kind, is_new: bool, body: &Object) -> Result<(), Refusal> {
    let empty = |name: &str| body.get(name).is_none_or(Value::is_null);
    let missing: Vec<&str> = org
        .fields(kind)
        .filter(|field| field.is_required() && empty(&field.name))
        .map(|field| field.name.as_str())
        .collect();
    if !missing.is_empty() {
        let message = format!("Required fields are missing: [{}]", missing.join(", "));
        return Err(Refusal::bad("REQUIRED_FIELD_MISSING", message).at(&missing));
    }
    let broken = |rule: &&crate::salesforce::ValidationRule| {
        rule.object == kind.name() && text_of(body, &rule.field) == rule.forbidden
    };
    if let Some(rule) = org.settings.validation_rules.iter().find(broken) {
        return Err(Refusal::bad("FIELD_CUSTOM_VALIDATION_EXCEPTION", &rule.message).at(&[&rule.field]));
    }
    match kind {
        Kind::Order if is_new && text_of(body, "Status") != "Draft" => Err(Refusal::bad(
            "FAILED_ACTIVATION",
            "Choose a valid order status and save your changes. Orders start as drafts.",
        )
        .at(&["Status"])),
        Kind::PricebookEntry if is_new => entry(org, body),
        _ => Ok(()),
    }
}

/// One price for each product in a price book, and the standard price first.
fn entry(org: &Org, body: &Object) -> Result<(), Refusal> {
    let (book, product) = (text_of(body, "Pricebook2Id"), text_of(body, "Product2Id"));
    let exists = |book: &str| {
        org.rows(Kind::PricebookEntry).any(|(_, row)| {
            let own = &row.now.body;
            !row.now.deleted && text_of(own, "Pricebook2Id") == book && text_of(own, "Product2Id") == product
        })
    };
    if exists(book) {
        return Err(Refusal::bad(
            "DUPLICATE_VALUE",
            "This price definition already exists in this price book",
        ));
    }
    let standard =
        org.rows(Kind::Pricebook2).find(|(_, row)| row.now.body.get("IsStandard") == Some(&json!(true)));
    match standard {
        Some((standard, _)) if standard != book && !exists(standard) => Err(Refusal::bad(
            "STANDARD_PRICE_NOT_DEFINED",
            "Before creating a custom price, create a standard price.",
        )),
        _ => Ok(()),
    }
}

/// Unique fields, and the org's duplicate rule.
pub(super) fn unique(
    org: &Org,
    (kind, id): (Kind, Option<&str>),
    body: &Object,
    allow_save: bool,
) -> Result<(), Refusal> {
    for field in org.fields(kind).filter(|field| field.unique) {
        let value = text_of(body, &field.name);
        let others = if value.is_empty() { Vec::new() } else { org.with(kind, &field.name, value) };
        if let Some(other) = others.iter().find(|other| Some(other.as_str()) != id) {
            let message =
                format!("duplicate value found: {} duplicates value on record with id: {other}", field.name);
            return Err(Refusal::bad("DUPLICATE_VALUE", message));
        }
    }
    let matched = match kind {
        Kind::Account => "Name",
        Kind::Contact | Kind::Lead => "Email",
        _ => return Ok(()),
    };
    let passes = match org.settings.duplicate_rule {
        DuplicateRule::Off => true,
        DuplicateRule::Alert => allow_save,
        DuplicateRule::Block => false,
    };
    let value = text_of(body, matched).to_lowercase();
    let same = |row: &crate::salesforce::store::Row| {
        !row.now.deleted && text_of(&row.now.body, matched).to_lowercase() == value
    };
    let found = !passes
        && !value.is_empty()
        && org.rows(kind).any(|(other, row)| Some(other.as_str()) != id && same(row));
    if found { Err(Refusal::bad("DUPLICATES_DETECTED", "Use one of these records?")) } else { Ok(()) }
}
