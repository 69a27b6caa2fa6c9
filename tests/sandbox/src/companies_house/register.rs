//! The companies, and what hangs on them.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// One company and its parts, as answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Company {
    pub(super) profile: Map<String, Value>,
    pub(super) officers: Vec<Value>,
    pub(super) filings: Vec<Value>,
    pub(super) controllers: Vec<Value>,
}

/// All companies by number.
#[derive(Clone, Debug, Default)]
pub(super) struct Register(BTreeMap<String, Company>);

impl Register {
    /// The companies of the sample.
    pub(super) fn sample() -> Self {
        let mut register = Self::default();
        register.put("06500244", json!({"company_name": "ANALYTICAL ENGINES LTD"}));
        register.officers("06500244", 41);
        register.filings("06500244", 130);
        register.controller("06500244", "individual-person-with-significant-control", "Ms Ada Lovelace");
        register.controller("06500244", "super-secure-person-with-significant-control", "");
        let scottish =
            json!({"company_name": "NORTHERN LOOMS PLC", "type": "plc", "jurisdiction": "scotland"});
        register.put("SC123456", scottish);
        register.officers("SC123456", 2);
        let dissolved = json!({
            "company_name": "ANALYTICAL ENGINES (OLD) LIMITED", "company_status": "dissolved",
            "date_of_cessation": "2019-04-02",
        });
        register.put("00012345", dissolved);
        // An old company: its officer has no date of appointment.
        register.ancient_officer("00012345");
        register
    }

    pub(super) fn get(&self, number: &str) -> Option<&Company> {
        self.0.get(number)
    }

    pub(super) fn companies(&self) -> impl Iterator<Item = &Company> {
        self.0.values()
    }

    /// Adds a company, or changes its profile.
    pub(super) fn put(&mut self, number: &str, patch: Value) -> Value {
        let company = self
            .0
            .entry(number.to_owned())
            .or_insert_with(|| Company { profile: profile(number), ..Company::default() });
        if let Value::Object(patch) = patch {
            company.profile.extend(patch);
        }
        company.profile.remove("etag");
        let etag = etag(&Value::Object(company.profile.clone()));
        company.profile.insert("etag".into(), etag.into());
        Value::Object(company.profile.clone())
    }

    /// Takes a company out of the register.
    pub(super) fn remove(&mut self, number: &str) -> Option<Value> {
        self.0.remove(number).map(|company| Value::Object(company.profile))
    }

    /// Files something: the newest comes first.
    pub(super) fn file(&mut self, number: &str, category: &str, date: &str) -> Option<Value> {
        let company = self.0.get_mut(number)?;
        let filing = filing(number, company.filings.len(), category, date);
        company.filings.insert(0, filing.clone());
        Some(filing)
    }

    fn officers(&mut self, number: &str, count: usize) {
        let Some(company) = self.0.get_mut(number) else { return };
        for at in 0..count {
            let mut officer = officer(number, at);
            if at % 3 == 2 {
                officer["resigned_on"] = json!("2021-06-30");
            }
            company.officers.push(officer);
        }
    }

    fn ancient_officer(&mut self, number: &str) {
        let Some(company) = self.0.get_mut(number) else { return };
        let mut officer = officer(number, 0);
        if let Some(members) = officer.as_object_mut() {
            members.remove("appointed_on");
            members.insert("appointed_before".into(), json!("1992-01-01"));
            members.insert("is_pre_1992_appointment".into(), json!(true));
        }
        company.officers.push(officer);
    }

    fn filings(&mut self, number: &str, count: usize) {
        for at in 0..count {
            let category = if at % 2 == 0 { "accounts" } else { "officers" };
            self.file(number, category, &format!("20{:02}-0{}-15", 10 + at / 12, at % 9 + 1));
        }
    }

    fn controller(&mut self, number: &str, kind: &str, name: &str) {
        let Some(company) = self.0.get_mut(number) else { return };
        let at = company.controllers.len();
        let short = kind.trim_end_matches("-person-with-significant-control");
        let path = format!("/company/{number}/persons-with-significant-control/{short}/{}", id(number, at));
        let mut controller = json!({
            "kind": kind, "etag": id(number, 900 + at), "links": {"self": path}, "notified_on": "2016-04-06",
        });
        if name.is_empty() {
            controller["description"] = json!("super-secure-persons-with-significant-control");
        } else {
            controller["name"] = json!(name);
            controller["natures_of_control"] = json!(["ownership-of-shares-75-to-100-percent"]);
            controller["date_of_birth"] = json!({"month": 12, "year": 1980});
            controller["nationality"] = json!("British");
            controller["country_of_residence"] = json!("England");
            controller["address"] = address();
        }
        company.controllers.push(controller);
    }
}

/// An entity tag: 40 hexadecimal digits of the content.
pub(super) fn etag(value: &Value) -> String {
    hex::encode(&Sha256::digest(value.to_string())[..20])
}

fn id(number: &str, at: usize) -> String {
    hex::encode(&Sha256::digest(format!("{number}/{at}"))[..10])
}

fn address() -> Value {
    json!({"address_line_1": "1 Engine Street", "locality": "London", "postal_code": "EC1A 1BB", "country": "England"})
}

fn profile(number: &str) -> Map<String, Value> {
    let path = format!("/company/{number}");
    let profile = json!({
        "company_number": number, "company_name": "A COMPANY LIMITED", "type": "ltd", "company_status": "active",
        "date_of_creation": "2008-02-11", "jurisdiction": "england-wales", "sic_codes": ["62012", "62020"],
        "can_file": true, "has_charges": false, "has_insolvency_history": false,
        "undeliverable_registered_office_address": false, "registered_office_is_in_dispute": false,
        "registered_office_address": address(),
        "accounts": {
            "accounting_reference_date": {"day": "31", "month": "03"}, "next_due": "2026-12-31",
            "next_made_up_to": "2026-03-31", "overdue": false,
            "last_accounts": {"made_up_to": "2025-03-31", "type": "small"}
        },
        "confirmation_statement": {"next_due": "2027-02-25", "next_made_up_to": "2027-02-11", "overdue": false},
        "links": {
            "self": path, "officers": format!("{path}/officers"), "filing_history": format!("{path}/filing-history"),
            "persons_with_significant_control": format!("{path}/persons-with-significant-control")
        }
    });
    match profile {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

fn officer(number: &str, at: usize) -> Value {
    json!({
        "name": format!("PERSON {at:02}, Sample"), "officer_role": if at == 1 { "secretary" } else { "director" },
        "appointed_on": format!("20{:02}-03-01", 8 + at % 12), "nationality": "British", "occupation": "Engineer",
        "country_of_residence": "England", "date_of_birth": {"month": at % 12 + 1, "year": 1960 + at % 40},
        "address": address(),
        "links": {
            "self": format!("/company/{number}/appointments/{}", id(number, 100 + at)),
            "officer": {"appointments": format!("/officers/{}/appointments", id(number, 200 + at))}
        }
    })
}

fn filing(number: &str, at: usize, category: &str, date: &str) -> Value {
    let transaction = format!("MzA{at:08}YWRpcXprY3g");
    json!({
        "transaction_id": transaction, "category": category, "date": date, "barcode": format!("X{at:07}"),
        "type": if category == "accounts" { "AA" } else { "AP01" },
        "description": if category == "accounts" { "accounts-with-accounts-type-small" }
            else { "appoint-person-director-company-with-name-date" },
        "pages": 3,
        "links": {"self": format!("/company/{number}/filing-history/{transaction}")}
    })
}
