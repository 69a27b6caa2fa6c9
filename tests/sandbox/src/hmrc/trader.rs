//! The trader: obligations, returns, what is owed and paid.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

use super::refusal;
use crate::kit::Answer;
use crate::kit::clock::parse_date;
use crate::kit::consent::Params;
use crate::kit::decimals::amount_of;

/// A VAT period.
#[derive(Clone, Debug)]
pub(super) struct Obligation {
    pub(super) key: String,
    pub(super) start: NaiveDate,
    pub(super) end: NaiveDate,
    pub(super) due: NaiveDate,
    pub(super) received: Option<NaiveDate>,
}

/// Everything the account holds.
#[derive(Clone, Debug, Default)]
pub(super) struct Trader {
    pub(super) obligations: Vec<Obligation>,
    /// Returns by period key, as submitted.
    pub(super) returns: Vec<Map<String, Value>>,
    pub(super) liabilities: Vec<Value>,
    pub(super) payments: Vec<Value>,
}

impl Trader {
    /// The year before `today` in quarters; the last one that ended is open, and so is one whose key has a `#`.
    pub(super) fn new(today: NaiveDate) -> Self {
        let mut trader = Self::default();
        for (at, key) in ["18A1", "18A2", "18A3", "#001"].into_iter().enumerate() {
            let back = 4 - i64::try_from(at).unwrap_or_default();
            let start = today - chrono::TimeDelta::days(back * 91 + 10);
            let end = start + chrono::TimeDelta::days(90);
            let due = end + chrono::TimeDelta::days(37);
            let received = (at < 2).then_some(end + chrono::TimeDelta::days(20));
            trader.obligations.push(Obligation { key: key.to_owned(), start, end, due, received });
        }
        trader.obligations.push(Obligation {
            key: "18A9".to_owned(),
            start: today - chrono::TimeDelta::days(9),
            end: today + chrono::TimeDelta::days(81),
            due: today + chrono::TimeDelta::days(118),
            received: None,
        });
        trader
    }

    pub(super) fn obligation(&mut self, key: &str) -> Option<&mut Obligation> {
        self.obligations.iter_mut().find(|own| own.key == key)
    }

    pub(super) fn filed(&self, key: &str) -> Option<&Map<String, Value>> {
        self.returns.iter().find(|filed| filed.get("periodKey").and_then(Value::as_str) == Some(key))
    }

    /// A return becomes a charge.
    pub(super) fn charge(&mut self, filed: &Map<String, Value>) {
        let key = filed.get("periodKey").and_then(Value::as_str).unwrap_or_default().to_owned();
        let owed = amount_of(filed, "netVatDue");
        let amounts = (amount_of(filed, "totalVatDue"), amount_of(filed, "vatReclaimedCurrPeriod"));
        let Some(period) = self.obligation(&key).map(|own| own.clone()) else { return };
        if amounts.0 > amounts.1 && owed > Decimal::ZERO {
            self.liabilities.push(json!({
                "taxPeriod": {"from": period.start.to_string(), "to": period.end.to_string()},
                "type": "VAT Return Debit Charge", "originalAmount": crate::kit::decimals::money(owed),
                "outstandingAmount": crate::kit::decimals::money(owed), "due": period.due.to_string(),
            }));
        }
    }

    /// `GET …/obligations`.
    pub(super) fn obligations(&self, params: &Params) -> Result<Answer, Answer> {
        let status = params.get("status");
        if !["", "O", "F"].contains(&status) {
            return Err(refusal::refused(400, "INVALID_STATUS", "Invalid status"));
        }
        let window = window(params, ("INVALID_DATE_FROM", "INVALID_DATE_TO", "INVALID_DATE_RANGE"), 366);
        let window = match window {
            Ok(window) => Some(window),
            Err(_) if status == "O" && params.opt("from").is_none() && params.opt("to").is_none() => None,
            Err(refused) => return Err(refused),
        };
        let shown = |own: &&Obligation| {
            let is_open = own.received.is_none();
            let fits = status.is_empty() || (status == "O") == is_open;
            fits && window.is_none_or(|(from, to)| from <= own.end && own.start <= to)
        };
        let found: Vec<Value> = self.obligations.iter().filter(shown).map(obligation).collect();
        // "404 on obligations means none" (fact sheet, "Traps").
        if found.is_empty() {
            Err(refusal::nothing())
        } else {
            Ok(Answer::json(200, &json!({"obligations": found})))
        }
    }

    /// `GET …/liabilities` and `GET …/payments`.
    pub(super) fn money(&self, what: &str, today: NaiveDate, params: &Params) -> Result<Answer, Answer> {
        let codes = ("DATE_FROM_INVALID", "DATE_TO_INVALID", "DATE_RANGE_INVALID");
        let (from, to) = window(params, codes, 365)?;
        let first = NaiveDate::from_ymd_opt(2017, 12, 1).unwrap_or(from);
        if from < first {
            return Err(refusal::refused(400, codes.0, "The from date is before 2017-12-01"));
        }
        if to > today {
            return Err(refusal::refused(400, codes.1, "The to date is in the future"));
        }
        let all = if what == "payments" { &self.payments } else { &self.liabilities };
        let date = |one: &Value| {
            let text = one["received"].as_str().or_else(|| one["taxPeriod"]["to"].as_str());
            text.and_then(parse_date).unwrap_or(from)
        };
        let found: Vec<&Value> = all.iter().filter(|one| (from..=to).contains(&date(one))).collect();
        if found.is_empty() {
            return Err(refusal::nothing());
        }
        let mut body = json!({});
        body[what] = json!(found);
        Ok(Answer::json(200, &body))
    }
}

fn obligation(own: &Obligation) -> Value {
    let mut shown = json!({
        "periodKey": own.key, "start": own.start.to_string(), "end": own.end.to_string(),
        "due": own.due.to_string(), "status": if own.received.is_some() { "F" } else { "O" },
    });
    if let Some(received) = own.received {
        shown["received"] = json!(received.to_string());
    }
    shown
}

type Codes<'a> = (&'a str, &'a str, &'a str);

fn window(params: &Params, codes: Codes<'_>, most: i64) -> Result<(NaiveDate, NaiveDate), Answer> {
    let date = |name: &str, code: &str| {
        parse_date(params.get(name))
            .ok_or_else(|| refusal::refused(400, code, &format!("The {name} date is invalid")))
    };
    let (from, to) = (date("from", codes.0)?, date("to", codes.1)?);
    let days = (to - from).num_days();
    if !(0..=most).contains(&days) {
        return Err(refusal::refused(400, codes.2, "The date range is invalid"));
    }
    Ok((from, to))
}
