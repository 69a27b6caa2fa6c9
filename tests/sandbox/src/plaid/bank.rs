//! The banks there are, and the accounts a login has.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::kit::decimals::number;
use crate::kit::keyed::Ids;

/// A bank.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bank {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) products: &'static [&'static str],
    pub(crate) country: &'static str,
    pub(crate) oauth: bool,
    currency: &'static str,
}

/// Names and ids of the first three: the provider's own test banks.
pub(crate) const BANKS: &[Bank] = &[
    Bank {
        id: "ins_109508",
        name: "First Platypus Bank",
        products: &["auth", "balance", "identity", "transactions"],
        country: "US",
        oauth: false,
        currency: "USD",
    },
    Bank {
        id: "ins_109509",
        name: "First Gingham Credit Union",
        products: &["auth", "balance", "transactions"],
        country: "US",
        oauth: false,
        currency: "USD",
    },
    Bank {
        id: "ins_127287",
        name: "Platypus OAuth Bank",
        products: &["auth", "balance", "identity", "transactions"],
        country: "US",
        oauth: true,
        currency: "USD",
    },
    Bank {
        id: "ins_900001",
        name: "Liffey Bank",
        products: &["balance", "transactions"],
        country: "IE",
        oauth: true,
        currency: "EUR",
    },
    Bank {
        id: "ins_900002",
        name: "Balances Only Bank",
        products: &["auth", "balance"],
        country: "US",
        oauth: false,
        currency: "USD",
    },
];

/// The bank of an id.
pub(crate) fn find(id: &str) -> Option<&'static Bank> {
    BANKS.iter().find(|bank| bank.id == id)
}

impl Bank {
    /// As `/institutions/*` answers it.
    pub(crate) fn shown(&self) -> Value {
        json!({
            "country_codes": [self.country],
            "dtc_numbers": [],
            "institution_id": self.id,
            "name": self.name,
            "oauth": self.oauth,
            "products": self.products,
            "routing_numbers": []
        })
    }

    /// The accounts of a login: ids are new with every item, the persistent ones are the login's.
    pub(crate) fn accounts(&self, login: &str, ids: &mut Ids) -> Vec<Value> {
        let kinds = [
            ("0000", "Current Account", "depository", "checking", Some(10_000), Some(11_000), None),
            ("1111", "Saving", "depository", "savings", Some(20_000), Some(21_000), None),
            // What is owed is positive on a credit account.
            ("3333", "Credit Card", "credit", "credit card", None, Some(41_000), Some(200_000)),
        ];
        let cents = |amount: Option<i64>| amount.map(|amount| number(Decimal::new(amount, 2)));
        kinds
            .into_iter()
            .map(|(mask, name, kind, subtype, available, current, limit)| {
                json!({
                    "account_id": ids.base62("", 37),
                    "balances": {
                        "available": cents(available),
                        "current": cents(current),
                        "iso_currency_code": self.currency,
                        "limit": cents(limit),
                        "unofficial_currency_code": null
                    },
                    "holder_category": "business",
                    "mask": mask,
                    "name": name,
                    "official_name": format!("{} {name}", self.name),
                    "persistent_account_id": format!("persistent-{}-{login}-{mask}", self.id),
                    "subtype": subtype,
                    "type": kind
                })
            })
            .collect()
    }
}
