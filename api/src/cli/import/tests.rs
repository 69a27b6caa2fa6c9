use std::io::Cursor;

use serde_json::{Value, json};

use super::invoice_lines::{Book, MissingCustomer, Options};
use super::mapping::ColumnMapping;
use super::record::{BadLine, ImportedRecord};
use super::source::Format;

const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

fn book(lines: &str, options: Options) -> (Vec<ImportedRecord>, Vec<BadLine>) {
    let (columns, lines) = Format::Csv.read(Cursor::new(format!("{HEADER}{lines}"))).unwrap();
    let mut book = Book::new(options, &columns).unwrap();
    lines.for_each(|line| book.take(line));
    book.finish()
}

fn shop(lines: &str) -> (Vec<ImportedRecord>, Vec<BadLine>) {
    book(lines, Options::default())
}

fn find<'a>(records: &'a [ImportedRecord], entity: &str, id: &str) -> &'a ImportedRecord {
    let fits = |record: &&ImportedRecord| record.entity == entity && record.local_id == id;
    records.iter().find(fits).unwrap_or_else(|| panic!("no {entity} {id} in {records:#?}"))
}

fn reasons(bad: &[BadLine]) -> Vec<(u64, &str)> {
    bad.iter().map(|bad| (bad.line, bad.reason.as_str())).collect()
}

#[test]
fn lines_of_one_number_become_one_invoice_with_its_customer_and_products() {
    let (records, bad) = shop(
        "501,K10,BLUE KETTLE ,3,12/1/10 8:26,4.35,777.0,France\n\
         501,K10,\"BLUE KETTLE, \"\"LARGE\"\"\",1,12/1/10 8:26,5.5,777,France\n",
    );
    assert_eq!(bad, []);
    assert_eq!(records.len(), 3);
    let invoice = find(&records, "invoice", "501");
    assert_eq!(
        Value::Object(invoice.fields.clone()),
        json!({
            "number": "501", "customer": "777", "date": "2010-12-01", "total": number("18.55"),
            "lines": [
                {"line_id": "1", "product": "K10", "description": "BLUE KETTLE", "quantity": 3,
                    "unit_price": number("4.35"), "amount": number("13.05")},
                {"line_id": "2", "product": "K10", "description": "BLUE KETTLE, \"LARGE\"", "quantity": 1,
                    "unit_price": number("5.5"), "amount": number("5.5")},
            ],
        })
    );
    let customer = find(&records, "customer", "777");
    assert_eq!(
        Value::Object(customer.fields.clone()),
        json!({"name": "Customer 777", "address": {"country": "France"}})
    );
    let product = find(&records, "product", "K10");
    assert_eq!(product.fields["name"], "K10 BLUE KETTLE", "the first description is kept");
    assert!(product.keep_existing && customer.keep_existing && !invoice.keep_existing);
    let place = |entity: &str| records.iter().position(|record| record.entity == entity).unwrap();
    assert!(place("customer") < place("invoice") && place("product") < place("invoice"));
}

#[test]
fn a_credit_note_has_positive_quantities() {
    let (records, bad) = shop("C502,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,United Kingdom\n");
    assert_eq!(bad, []);
    let note = find(&records, "credit_note", "C502");
    assert_eq!(note.fields["total"], number("27.5"));
    assert_eq!(note.fields["lines"][0]["quantity"], 1);
}

#[test]
fn a_sale_without_customer_is_a_cash_sale_or_refused() {
    let line = "503,K1,KEY,2,12/1/10 8:26,0,,Unspecified\n";
    let (records, bad) = shop(line);
    assert_eq!(bad, []);
    assert_eq!(find(&records, "invoice", "503").fields["customer"], "cash-sale");
    assert_eq!(find(&records, "invoice", "503").fields["total"], 0, "a price of zero is a line of zero");
    assert!(!find(&records, "customer", "cash-sale").fields.contains_key("address"));
    let refuse = Options { missing_customer: MissingCustomer::Refuse, currency: None };
    let (records, bad) = book(line, refuse);
    assert_eq!(records, [], "nothing that only a refused invoice mentions");
    assert_eq!(reasons(&bad), [(2, "it names no customer; invoice 503 is left out")]);
}

#[test]
fn a_bad_line_leaves_its_whole_invoice_out_and_no_other() {
    let (records, bad) = shop(
        "504,K1,KEY,2,12/1/10 8:26,1.10,5,EIRE\n\
         505,K2,LOCK,two,12/1/10 8:26,1.10,5,EIRE\n\
         505,K1,KEY,2,12/1/10 8:26,1.10,5,EIRE\n\
         506,K1,KEY,1,13/13/10,1.10,5,EIRE\n\
         507,K1,KEY,1\n",
    );
    let invoices: Vec<&str> = records
        .iter()
        .filter(|record| record.entity == "invoice")
        .map(|record| record.local_id.as_str())
        .collect();
    assert_eq!(invoices, ["504"]);
    let lines: Vec<u64> = bad.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [3, 5, 6]);
    assert!(bad[0].reason.contains("`Quantity`") && bad[0].reason.ends_with("invoice 505 is left out"));
    assert!(bad[1].reason.contains("month first"));
    assert!(bad[2].reason.contains("4 cells"));
}

#[test]
fn an_invoice_below_zero_is_refused() {
    let (records, bad) = shop("508,K1,KEY,-2,12/1/10 8:26,1.10,5,EIRE\n");
    assert_eq!(records, []);
    let reason = "an invoice cannot be below zero, and this one is -2.20; invoice 508 is left out";
    assert_eq!(reasons(&bad), [(2, reason)]);
}

#[test]
fn lines_of_two_customers_are_no_invoice() {
    let (_, bad) = shop(
        "509,K1,KEY,1,12/1/10 8:26,1.10,5,EIRE\n\
         509,K1,KEY,1,12/1/10 8:26,1.10,6,EIRE\n",
    );
    assert_eq!(bad[0].line, 3);
}

#[test]
fn codes_that_differ_in_case_are_one_article() {
    let (records, _) = shop(
        "510,k1a,KEY,1,12/1/10 8:26,1.10,5,EIRE\n\
         510,K1A,KEY: NEW,1,12/1/10 8:26,1.10,5,EIRE\n",
    );
    let products: Vec<&str> = records
        .iter()
        .filter(|record| record.entity == "product")
        .map(|record| record.local_id.as_str())
        .collect();
    assert_eq!(products, ["K1A"]);
}

#[test]
fn no_amount_passes_through_a_float() {
    let (records, _) =
        shop("511,K1,KEY,3,12/1/10 8:26,0.005,5,EIRE\n511,K1,KEY,1000000007,12/1/10 8:26,0.1,5,EIRE\n");
    let invoice = find(&records, "invoice", "511");
    assert_eq!(invoice.fields["lines"][0]["amount"], number("0.02"), "0.015 rounds away from zero");
    assert_eq!(invoice.fields["total"].to_string(), "100000000.72");
}

#[test]
fn a_file_without_a_column_of_the_profile_is_refused_at_once() {
    let columns = ["InvoiceNo".to_owned()];
    let error = Book::new(Options::default(), &columns).err().unwrap().to_string();
    assert!(error.contains("`StockCode`"), "{error}");
}

fn mapped(mapping: &str, format: Format, text: &str) -> (Vec<ImportedRecord>, Vec<BadLine>) {
    let mapping: ColumnMapping = toml::from_str(mapping).unwrap();
    let (columns, lines) = format.read(Cursor::new(text.to_owned())).unwrap();
    let mapping = mapping.complete(&columns).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) =
        lines.map(|line| line.and_then(|line| mapping.record(&line))).partition(Result::is_ok);
    (good.into_iter().map(Result::unwrap).collect(), bad.into_iter().map(Result::unwrap_err).collect())
}

#[test]
fn columns_become_fields_of_their_types() {
    let mapping = "entity = 'product'\nid = 'No'\n[columns]\nNo = 'code'\nTitle = 'name'\nPrice = 'unit_price'\n\
                   Live = 'active'\n[constants]\ncurrency = 'EUR'";
    let (records, bad) = mapped(
        mapping,
        Format::Csv,
        "\u{feff}No,Title,Price,Live,Ignored\n7,Lamp,12.50,yes,x\n8,Bulb,cheap,no,x\n,Shade,1,no,x\n9,\u{0},1,no,x\n",
    );
    assert_eq!(records.len(), 1);
    let expected =
        json!({"code": "7", "name": "Lamp", "unit_price": number("12.5"), "active": true, "currency": "EUR"});
    assert_eq!(Value::Object(records[0].fields.clone()), expected);
    let lines: Vec<u64> = bad.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [3, 4, 5]);
    assert!(bad[2].reason.contains("U+0000"));
}

#[test]
fn without_columns_a_header_names_the_fields_itself() {
    let mapping = "entity = 'customer'\nid = 'id'";
    let (records, _) = mapped(mapping, Format::Csv, "id,name,address.city,phone\n4,Ada,Paris,\n");
    let expected = json!({"name": "Ada", "address": {"city": "Paris"}});
    assert_eq!(Value::Object(records[0].fields.clone()), expected, "an empty cell leaves its field as it is");
}

#[test]
fn json_lines_are_taken_as_they_are() {
    let mapping = "entity = 'customer'\nid = 'id'";
    let text = "{\"id\": 12, \"name\": \"Ada\", \"credit\": 10.10}\n\nnot json\n{\"name\": \"Bo\"}\n";
    let (records, bad) = mapped(mapping, Format::Ndjson, text);
    assert_eq!((records.len(), records[0].local_id.as_str()), (1, "12"));
    assert_eq!(records[0].fields["credit"].to_string(), "10.10");
    let lines: Vec<u64> = bad.iter().map(|bad| bad.line).collect();
    assert_eq!(lines, [3, 4]);
}

#[test]
fn a_mapping_to_a_column_that_is_not_there_is_refused_at_once() {
    let mapping: ColumnMapping =
        toml::from_str("entity = 'customer'\nid = 'id'\n[columns]\nTown = 'address.city'").unwrap();
    let error = mapping.complete(&["id".to_owned(), "City".to_owned()]).unwrap_err().to_string();
    assert!(error.contains("no column `Town`") && error.contains("City"), "{error}");
}

fn number(digits: &str) -> Value {
    serde_json::from_str(digits).unwrap()
}
