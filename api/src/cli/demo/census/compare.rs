//! Whether two records say the same: the mapped fields, written down here once more so that a mistake in the engine's
//! own comparison would show.

use domain::money;
use serde_json::Value;

/// The provider's id of a record of ours.
pub(super) type References<'a> = &'a dyn Fn(&str, &str) -> Option<String>;

/// How a pair of values is compared.
#[derive(Clone, Copy)]
enum As {
    Text,
    Number,
    /// Our value is the id of a record of this entity, the provider's that record's id.
    Reference(&'static str),
}

type Field = (&'static str, &'static str, As);

const CUSTOMER: &[Field] = &[
    ("/name", "/DisplayName", As::Text),
    ("/company", "/CompanyName", As::Text),
    ("/email", "/PrimaryEmailAddr/Address", As::Text),
    ("/phone", "/PrimaryPhone/FreeFormNumber", As::Text),
    ("/notes", "/Notes", As::Text),
    ("/address/line1", "/BillAddr/Line1", As::Text),
    ("/address/city", "/BillAddr/City", As::Text),
    ("/address/country", "/BillAddr/Country", As::Text),
];
const PRODUCT: &[Field] = &[
    ("/name", "/Name", As::Text),
    ("/code", "/Sku", As::Text),
    ("/description", "/Description", As::Text),
    ("/unit_price", "/UnitPrice", As::Number),
];
const DOCUMENT: &[Field] = &[
    ("/number", "/DocNumber", As::Text),
    ("/date", "/TxnDate", As::Text),
    ("/customer", "/CustomerRef/value", As::Reference("customer")),
    ("/notes", "/CustomerMemo/value", As::Text),
    ("/memo", "/PrivateNote", As::Text),
    ("/total", "/TotalAmt", As::Number),
];
const LINE: &[Field] = &[
    ("/product", "/SalesItemLineDetail/ItemRef/value", As::Reference("product")),
    ("/description", "/Description", As::Text),
    ("/quantity", "/SalesItemLineDetail/Qty", As::Number),
    ("/unit_price", "/SalesItemLineDetail/UnitPrice", As::Number),
    ("/amount", "/Amount", As::Number),
];
const PAYMENT: &[Field] = &[
    ("/number", "/PaymentRefNum", As::Text),
    ("/date", "/TxnDate", As::Text),
    ("/customer", "/CustomerRef/value", As::Reference("customer")),
    ("/amount", "/TotalAmt", As::Number),
];

/// The first difference, in words; `None` when there is none.
pub(super) fn difference(
    entity: &str,
    ours: &Value,
    theirs: &Value,
    references: References<'_>,
) -> Option<String> {
    match entity {
        "customer" => fields(CUSTOMER, ours, theirs, references),
        "product" => fields(PRODUCT, ours, theirs, references),
        "payment" => fields(PAYMENT, ours, theirs, references),
        _ => fields(DOCUMENT, ours, theirs, references).or_else(|| lines(ours, theirs, references)),
    }
}

fn fields(table: &[Field], ours: &Value, theirs: &Value, references: References<'_>) -> Option<String> {
    table.iter().find_map(|(our_path, their_path, how)| {
        let our_value = spelled(*how, ours.pointer(our_path), references);
        let their_value = match how {
            As::Reference(_) => spelled(As::Text, theirs.pointer(their_path), references),
            _ => spelled(*how, theirs.pointer(their_path), references),
        };
        (our_value != their_value).then(|| {
            let shown = |value: Option<String>| value.unwrap_or_else(|| "nothing".to_owned());
            format!("{our_path} is {} here, {their_path} is {} there", shown(our_value), shown(their_value))
        })
    })
}

/// One spelling per meaning: absent, null and empty are the same, and so are 5 and 5.00.
fn spelled(how: As, value: Option<&Value>, references: References<'_>) -> Option<String> {
    let value = value.filter(|value| !value.is_null())?;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let text = match how {
        As::Text => text,
        As::Number => money::decimal(value).map_or(text, |number| number.normalize().to_string()),
        As::Reference(entity) => references(entity, &text).unwrap_or(text),
    };
    (!text.is_empty()).then_some(text)
}

/// Lines in their order, without those the provider computes.
fn lines(ours: &Value, theirs: &Value, references: References<'_>) -> Option<String> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let our_lines = list(&ours["lines"]);
    let mut their_lines = list(&theirs["Line"]);
    their_lines.retain(|line| line["DetailType"] == "SalesItemLineDetail");
    if our_lines.len() != their_lines.len() {
        return Some(format!("it has {} lines here, {} there", our_lines.len(), their_lines.len()));
    }
    let mut both = our_lines.iter().zip(&their_lines).zip(1..);
    both.find_map(|((our, their), number)| {
        let difference = fields(LINE, our, their, references)?;
        Some(format!("line {number}: {difference}"))
    })
}
