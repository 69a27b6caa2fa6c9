//! What every new account has: subsidiaries, currencies, accounts, tax codes and segments.

use serde_json::{Value, json};

use super::account::Ledger;
use crate::netsuite::kind::Kind;

/// Number, name, type.
const ACCOUNTS: &[(&str, &str, &str)] = &[
    ("1000", "Checking", "Bank"),
    ("1100", "Accounts Receivable", "AcctRec"),
    ("1200", "Undeposited Funds", "OthCurrAsset"),
    ("1300", "Inventory Asset", "OthCurrAsset"),
    ("2000", "Accounts Payable", "AcctPay"),
    ("2200", "Sales Taxes Payable", "OthCurrLiab"),
    ("4000", "Sales", "Income"),
    ("5000", "Cost of Goods Sold", "COGS"),
    ("6000", "Office Expense", "Expense"),
];

impl Ledger {
    pub(super) fn seed(&mut self) {
        for (name, symbol) in [("USA", "USD"), ("British Pound", "GBP"), ("Euro", "EUR")] {
            let body = json!({"name": name, "symbol": symbol, "isInactive": false, "exchangeRate": 1});
            self.set(Kind::Currency, body);
        }
        for name in ["Parent Company", "Second Subsidiary"] {
            let body =
                json!({"name": name, "currency": {"id": "1"}, "country": {"id": "US"}, "isInactive": false});
            self.set(Kind::Subsidiary, body);
        }
        for (number, name, kind) in ACCOUNTS {
            let body = json!({
                "acctNumber": number, "acctName": name, "acctType": {"id": kind}, "isInactive": false
            });
            self.set(Kind::Account, body);
        }
        for (name, rate) in [("-Not Taxable-", 0), ("CA State", 8), ("Standard VAT", 20)] {
            self.set(Kind::SalesTaxItem, json!({"itemId": name, "rate": rate, "isInactive": false}));
        }
        for (kind, name) in
            [(Kind::Classification, "Retail"), (Kind::Department, "Sales"), (Kind::Location, "Main")]
        {
            self.set(kind, json!({"name": name, "isInactive": false}));
        }
    }

    fn set(&mut self, kind: Kind, body: Value) {
        let Value::Object(body) = body else { return };
        let id = self.next_id(kind);
        self.put(kind, id, body);
    }
}
