//! One sold line, read and checked.

use domain::money::{self, decimal_of_digits};
use domain::value::LocalId;
use rust_decimal::Decimal;

use crate::cli::import::dates;
use crate::cli::import::record::BadLine;
use crate::cli::import::source::Line;

/// The columns, in the order the shop writes them.
pub(super) const COLUMNS: [&str; 8] = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
];

/// Longest description kept.
const DESCRIPTION: usize = 1_000;

/// A sold line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SoldLine {
    pub(super) number: u64,
    pub(super) code: String,
    pub(super) description: Option<String>,
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    pub(super) day: String,
    pub(super) customer: Option<String>,
    pub(super) country: Option<String>,
}

/// The invoice a line belongs to, as its number says.
pub(super) fn invoice_number(line: &Line) -> Result<String, BadLine> {
    let number = line.text("InvoiceNo");
    LocalId::parse(number).map_err(|_| BadLine::new(line.number, "`InvoiceNo` is missing or no id"))?;
    Ok(number.to_owned())
}

impl SoldLine {
    pub(super) fn read(line: &Line) -> Result<Self, BadLine> {
        let bad = |reason: String| BadLine::new(line.number, reason);
        let number = |column: &str| {
            decimal_of_digits(line.text(column)).map_err(|error| bad(format!("`{column}`: {error}")))
        };
        let code = line.text("StockCode").to_uppercase();
        LocalId::parse(&code).map_err(|_| bad("`StockCode` is missing or no id".to_owned()))?;
        let day = dates::day(line.text("InvoiceDate")).map_err(|why| bad(format!("`InvoiceDate`: {why}")))?;
        Ok(Self {
            number: line.number,
            code,
            description: words(line.text("Description")).map(|text| text.chars().take(DESCRIPTION).collect()),
            quantity: number("Quantity")?,
            price: number("UnitPrice")?,
            day,
            customer: customer(line.text("CustomerID")).map_err(bad)?,
            country: words(line.text("Country")).filter(|country| country != "Unspecified"),
        })
    }

    /// Quantity times price in cents, halves away from zero.
    pub(super) fn amount(&self) -> Result<Decimal, BadLine> {
        let product = self.quantity.checked_mul(self.price);
        let product =
            product.ok_or_else(|| BadLine::new(self.number, "quantity times price is too large"))?;
        Ok(money::round(product, 2))
    }
}

/// `12923.0` is what a spreadsheet makes of `12923`.
fn customer(text: &str) -> Result<Option<String>, String> {
    let id = text.strip_suffix(".0").unwrap_or(text);
    if id.is_empty() {
        return Ok(None);
    }
    let id = LocalId::parse(id).map_err(|error| format!("`CustomerID`: {error}"))?;
    Ok(Some(id.as_str().to_owned()))
}

/// Text with single spaces; `None` when nothing is left.
fn words(text: &str) -> Option<String> {
    let text = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let text = text.collect::<Vec<_>>().join(" ");
    (!text.is_empty()).then_some(text)
}
