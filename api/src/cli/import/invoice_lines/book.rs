//! Gathers lines into documents, and says which cannot be taken.

use std::collections::{BTreeMap, HashMap};

use anyhow::bail;
use clap::ValueEnum;
use domain::fields::Fields;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::line::{COLUMNS, SoldLine, invoice_number};
use crate::cli::import::record::{BadLine, ImportedRecord};
use crate::cli::import::source::Line;
use crate::cli::import::value::number;

/// The local id of the customer of sales without one.
const CASH_SALE: &str = "cash-sale";
/// Longest product name a provider of ours takes.
const NAME: usize = 100;

/// What becomes of sales without a customer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli::import) enum MissingCustomer {
    /// They belong to the customer `cash-sale`.
    #[default]
    CashSale,
    /// They are refused.
    Refuse,
}

/// What the file does not say.
#[derive(Clone, Debug, Default)]
pub(in crate::cli::import) struct Options {
    pub(in crate::cli::import) missing_customer: MissingCustomer,
    /// ISO 4217; without it documents are in the company's own currency.
    pub(in crate::cli::import) currency: Option<String>,
}

/// Everything read so far.
#[derive(Default)]
pub(in crate::cli::import) struct Book {
    options: Options,
    /// Documents in the order of their first lines.
    documents: Vec<Document>,
    by_number: HashMap<String, usize>,
    bad: Vec<BadLine>,
}

struct Document {
    number: String,
    line: u64,
    lines: Vec<SoldLine>,
    refused: Option<BadLine>,
}

/// Records in an order in which each one's references come first, and what was refused.
pub(in crate::cli::import) type Gathered = (Vec<ImportedRecord>, Vec<BadLine>);

impl Book {
    /// An empty book for a file with these columns. Errors: one is missing.
    pub(in crate::cli::import) fn new(options: Options, columns: &[String]) -> anyhow::Result<Self> {
        if let Some(missing) = COLUMNS.iter().find(|column| !columns.iter().any(|have| have == *column)) {
            bail!(
                "the profile invoice-lines needs the column `{missing}`: the file has {}",
                columns.join(", ")
            );
        }
        Ok(Self { options, ..Self::default() })
    }

    /// Takes a line, or notes why it cannot be taken.
    pub(in crate::cli::import) fn take(&mut self, line: Result<Line, BadLine>) {
        let line = match line {
            Ok(line) => line,
            Err(bad) => return self.bad.push(bad),
        };
        let number = match invoice_number(&line) {
            Ok(number) => number,
            Err(bad) => return self.bad.push(bad),
        };
        let at = *self.by_number.entry(number.clone()).or_insert_with(|| {
            self.documents.push(Document { number, line: line.number, lines: Vec::new(), refused: None });
            self.documents.len() - 1
        });
        let document = &mut self.documents[at];
        match SoldLine::read(&line) {
            Ok(line) => document.lines.push(line),
            Err(bad) => document.refuse(bad),
        }
    }

    /// The records.
    pub(in crate::cli::import) fn finish(mut self) -> Gathered {
        let mut customers: BTreeMap<String, ImportedRecord> = BTreeMap::new();
        let mut products: BTreeMap<String, ImportedRecord> = BTreeMap::new();
        let mut documents = Vec::new();
        for mut document in std::mem::take(&mut self.documents) {
            match document.record(&self.options) {
                Ok(record) => documents.push((document.lines, record)),
                Err(bad) => self.bad.push(bad),
            }
        }
        let mut lines: Vec<&SoldLine> = documents.iter().flat_map(|(lines, _)| lines).collect();
        lines.sort_by_key(|line| line.number);
        for line in lines {
            mention_customer(&mut customers, line);
            mention_product(&mut products, line);
        }
        let documents = documents.into_iter().map(|(_, record)| record);
        let records = customers.into_values().chain(products.into_values()).chain(documents).collect();
        self.bad.sort();
        (records, self.bad)
    }
}

impl Document {
    fn refuse(&mut self, bad: BadLine) {
        self.refused.get_or_insert(bad);
    }

    fn is_credit(&self) -> bool {
        let digits = self.number.strip_prefix(['C', 'c']).unwrap_or_default();
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn record(&mut self, options: &Options) -> Result<ImportedRecord, BadLine> {
        let named = |bad: BadLine, number: &str| {
            BadLine::new(bad.line, format!("{}; invoice {number} is left out", bad.reason))
        };
        if let Some(bad) = self.refused.take() {
            return Err(named(bad, &self.number));
        }
        self.fields(options)
            .map(|fields| ImportedRecord {
                line: self.line,
                entity: if self.is_credit() { "credit_note" } else { "invoice" }.to_owned(),
                local_id: self.number.clone(),
                fields,
                keep_existing: false,
            })
            .map_err(|bad| named(bad, &self.number))
    }

    fn fields(&self, options: &Options) -> Result<Fields, BadLine> {
        let (customer, day) = self.head(options)?;
        let sign = if self.is_credit() { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
        let mut total = Decimal::ZERO;
        let mut lines = Vec::with_capacity(self.lines.len());
        for (line, line_id) in self.lines.iter().zip(1_u32..) {
            let amount = line.amount()? * sign;
            total += amount;
            lines.push(line_fields(line, line_id, line.quantity * sign, amount));
        }
        if total < Decimal::ZERO {
            let what = if self.is_credit() { "a credit note" } else { "an invoice" };
            return Err(BadLine::new(
                self.line,
                format!("{what} cannot be below zero, and this one is {total}"),
            ));
        }
        let mut fields = Fields::new();
        fields.insert("number".to_owned(), json!(self.number));
        fields.insert("customer".to_owned(), json!(customer));
        fields.insert("date".to_owned(), json!(day));
        if let Some(currency) = &options.currency {
            fields.insert("currency".to_owned(), json!(currency));
        }
        fields.insert("lines".to_owned(), Value::Array(lines));
        fields.insert("total".to_owned(), number(total));
        Ok(fields)
    }

    /// Customer and day: the first line's. Lines of two customers are no invoice.
    fn head(&self, options: &Options) -> Result<(&str, &str), BadLine> {
        let Some(first) = self.lines.first() else {
            return Err(BadLine::new(self.line, "it has no lines"));
        };
        if let Some(other) = self.lines.iter().find(|line| line.customer != first.customer) {
            return Err(BadLine::new(other.number, "its customer is another than that of the lines before"));
        }
        match (&first.customer, options.missing_customer) {
            (Some(customer), _) => Ok((customer, &first.day)),
            (None, MissingCustomer::CashSale) => Ok((CASH_SALE, &first.day)),
            (None, MissingCustomer::Refuse) => Err(BadLine::new(first.number, "it names no customer")),
        }
    }
}

fn line_fields(line: &SoldLine, line_id: u32, quantity: Decimal, amount: Decimal) -> Value {
    let mut fields = Fields::new();
    fields.insert("line_id".to_owned(), json!(line_id.to_string()));
    fields.insert("product".to_owned(), json!(line.code));
    if let Some(description) = &line.description {
        fields.insert("description".to_owned(), json!(description));
    }
    fields.insert("quantity".to_owned(), number(quantity));
    fields.insert("unit_price".to_owned(), number(line.price));
    fields.insert("amount".to_owned(), number(amount));
    Value::Object(fields)
}

fn mention_customer(customers: &mut BTreeMap<String, ImportedRecord>, line: &SoldLine) {
    let id = line.customer.as_deref().unwrap_or(CASH_SALE);
    let record = customers.entry(id.to_owned()).or_insert_with(|| {
        let name = if id == CASH_SALE { "Cash sale".to_owned() } else { format!("Customer {id}") };
        mentioned(line.number, "customer", id, json!({"name": name}))
    });
    // Sales without a customer come from anywhere.
    if let (Some(country), true) = (&line.country, line.customer.is_some()) {
        record.fields.entry("address").or_insert_with(|| json!({"country": country}));
    }
}

/// Named by code and description, because two articles may have one description and names are unique at providers.
fn mention_product(products: &mut BTreeMap<String, ImportedRecord>, line: &SoldLine) {
    let code = line.code.as_str();
    let record = products.entry(code.to_owned()).or_insert_with(|| {
        let fields = json!({"code": code, "name": code, "unit_price": number(line.price)});
        mentioned(line.number, "product", code, fields)
    });
    if let (Some(description), false) = (&line.description, record.fields.contains_key("description")) {
        let name: String = format!("{code} {description}").replace(':', " -").chars().take(NAME).collect();
        record.fields.insert("name".to_owned(), json!(name.trim()));
        record.fields.insert("description".to_owned(), json!(description));
    }
}

fn mentioned(line: u64, entity: &str, local_id: &str, fields: Value) -> ImportedRecord {
    let fields = match fields {
        Value::Object(fields) => fields,
        _ => Fields::new(),
    };
    let (entity, local_id) = (entity.to_owned(), local_id.to_owned());
    ImportedRecord { line, entity, local_id, fields, keep_existing: true }
}
