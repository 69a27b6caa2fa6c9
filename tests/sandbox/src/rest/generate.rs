//! The records a collection starts with: a function of the seed and the record's number.

use std::fmt::Write as _;

use super::clock::now_ms;
use super::config::StampGranularity;
use super::layout::{Layout, Row};
use crate::faults::mix;

const FIRST: [&str; 8] = ["Ada", "Bruno", "Chioma", "Dmitri", "Eleni", "Farid", "Grace", "Hiroshi"];
const LAST: [&str; 8] =
    ["Okafor", "Lindqvist", "Marchetti", "Nakamura", "Petrov", "Quispe", "Rahman", "Sandoval"];
const CITY: [&str; 4] = ["Springfield", "Riverton", "Lakeside", "Fairview"];
const STATUS: [&str; 4] = ["open", "paid", "shipped", "closed"];

/// 2025-01-01T00:00:00Z, the stamp of the first record; each next one is a second later.
const FIRST_STAMP_S: i64 = 1_735_689_600;
/// The stamps begin again after this many records, so that they stay in the past.
const STAMP_CYCLE: u32 = 8_000_000;

/// What kind of record a collection holds: it decides the generated members, the demanded ones
/// and the one `POST /admin/touch` changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A person or company with a `balance`.
    Party,
    /// An order with lines and a `total`.
    Order,
}

impl Shape {
    /// `orders` are orders; everything else is a party.
    pub(super) fn of(collection: &str) -> Self {
        if collection == "orders" { Self::Order } else { Self::Party }
    }

    /// The member that holds an amount of money.
    pub(super) fn amount(self) -> &'static str {
        match self {
            Self::Party => "balance",
            Self::Order => "total",
        }
    }

    fn tail(self, number: u32, draw: u64) -> String {
        let mut tail = String::with_capacity(680);
        let written = match self {
            Self::Party => party(&mut tail, draw),
            Self::Order => order(&mut tail, number, draw),
        };
        written.expect("writing to a string cannot fail");
        tail
    }
}

/// The first `count` records.
pub(super) fn rows(shape: Shape, layout: &Layout, count: usize, seed: u64) -> Vec<Row> {
    let last = u32::try_from(count).expect("a simulator holds fewer than 2^32 records");
    let row = |number: u32| {
        let draw = mix(seed ^ mix(u64::from(number)));
        let stamp_s = FIRST_STAMP_S + i64::from((number - 1) % STAMP_CYCLE);
        let tail = shape.tail(number, draw);
        layout.row_of_text(number, (stamp_s * 1000, 1), None, &tail)
    };
    (1..=last).map(row).collect()
}

/// `created_at` of a record made now.
pub(super) fn created_at(granularity: StampGranularity) -> String {
    granularity.render(now_ms())
}

fn pick<'a>(names: &[&'a str], draw: u64) -> &'a str {
    let index = usize::try_from(draw).unwrap_or(usize::MAX) & (names.len() - 1);
    names[index]
}

fn past(draw: u64) -> String {
    let second = 1_700_000_000 + i64::try_from(draw % 30_000_000).unwrap_or(0);
    StampGranularity::Seconds.render(second * 1000)
}

fn party(out: &mut String, draw: u64) -> std::fmt::Result {
    let (first, last) = (pick(&FIRST, draw), pick(&LAST, draw >> 3));
    let mark = draw >> 8 & 0x00ff_ffff;
    let (units, cents) = (1000 + draw % 9000, draw >> 20 & 63);
    write!(
        out,
        r#""balance":{units}.{cents:02},"currency":"USD","external_id":null,"name":"{first} {last} {mark:06x}","company":"{last} Trading {:04} LLC","email":"{first}.{last}.{mark:06x}@example.com","emails":[{{"type":"billing","value":"ap-{mark:06x}@billing.example.com"}}],"phone":"+1555{:07}","#,
        mark % 10_000,
        draw % 10_000_000,
    )?;
    address(out, draw)?;
    write!(
        out,
        r#""active":{},"created_at":"{}","custom_fields":{{"segment":"seg-{}","tier":"gold","score":{}}},"notes":"Imported record, see ledger {:016x}"}}"#,
        draw & 1 == 1,
        past(draw),
        draw >> 40 & 15,
        draw >> 44 & 1023,
        mix(draw),
    )
}

fn order(out: &mut String, number: u32, draw: u64) -> std::fmt::Result {
    // Below 50 cents, so that twice the price is twice the units and twice the cents.
    let (units, cents) = (100 + draw % 900, (draw >> 20) % 50);
    let (quantity, amount) = (2, units * 2);
    write!(
        out,
        r#""total":{amount}.{:02},"currency":"USD","external_id":null,"number":"SO-{number:06}","customer_id":"cus_{:08}","status":"{}","lines":[{{"sku":"SKU-{:05}","description":"Steel bracket, galvanised, pack of {}","quantity":{quantity},"unit_price":{units}.{cents:02},"amount":{amount}.{:02}}}],"#,
        cents * 2,
        1 + (number - 1) / 2,
        pick(&STATUS, draw >> 6),
        draw >> 30 & 0x7fff,
        1 + (draw >> 12 & 63),
        cents * 2,
    )?;
    address(out, draw)?;
    write!(
        out,
        r#""created_at":"{}","custom_fields":{{"channel":"web","score":{}}},"notes":"Imported order, see ledger {:016x}"}}"#,
        past(draw),
        draw >> 44 & 1023,
        mix(draw),
    )
}

fn address(out: &mut String, draw: u64) -> std::fmt::Result {
    write!(
        out,
        r#""address":{{"line1":"{} Main Street","line2":"Suite {}","city":"{}","state":"CA","postal_code":"{:05}","country":"US"}},"#,
        draw >> 30 & 4095,
        draw >> 33 & 511,
        pick(&CITY, draw >> 6),
        draw >> 12 & 0xffff,
    )
}
