//! What every new company has: accounts, terms, tax codes, and its own description.

use serde_json::{Value, json};

use super::company::{Company, Operation, key_of_id};
use crate::quickbooks::kind::Kind;

/// Id, name, account type, account sub-type, classification (numbers as in the provider's sample company).
const ACCOUNTS: &[(u64, &str, &str, &str, &str)] = &[
    (1, "Services", "Income", "ServiceFeeIncome", "Revenue"),
    (4, "Undeposited Funds", "Other Current Asset", "UndepositedFunds", "Asset"),
    (35, "Checking", "Bank", "Checking", "Asset"),
    (79, "Sales of Product Income", "Income", "SalesOfProductIncome", "Revenue"),
    (80, "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", "Expense"),
    (81, "Inventory Asset", "Other Current Asset", "Inventory", "Asset"),
    (84, "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable", "Asset"),
    (86, "Discounts given", "Income", "DiscountsRefundsGiven", "Revenue"),
    (7, "Advertising", "Expense", "AdvertisingPromotional", "Expense"),
    (13, "Meals and Entertainment", "Expense", "EntertainmentMeals", "Expense"),
    (41, "Mastercard", "Credit Card", "CreditCard", "Liability"),
    (33, "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable", "Liability"),
];

/// Name and days until due.
const TERMS: &[(&str, u32)] =
    &[("Due on receipt", 0), ("Net 10", 10), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60)];

/// Id, name and rate in percent of the tax codes of a company outside the US.
const TAX_CODES: &[(u64, &str, u32)] =
    &[(2, "Standard", 20), (3, "Reduced", 5), (4, "Zero", 0), (5, "Exempt", 0)];

impl Company {
    pub(super) fn seed(&mut self, country: &str) {
        for (id, name, account_type, sub_type, class) in ACCOUNTS {
            self.set(
                Kind::Account,
                *id,
                json!({
                    "Name": name, "FullyQualifiedName": name, "SubAccount": false, "Active": true,
                    "Classification": class, "AccountType": account_type, "AccountSubType": sub_type,
                    "CurrentBalance": 0, "CurrentBalanceWithSubAccounts": 0,
                    "CurrencyRef": {"value": self.settings.home_currency}
                }),
            );
        }
        self.next_list[Kind::Account.slot()] = 90;
        for (name, days) in TERMS {
            let id = self.next_id(Kind::Term);
            self.set(
                Kind::Term,
                id,
                json!({"Name": name, "Active": true, "Type": "STANDARD", "DueDays": days}),
            );
        }
        self.seed_tax_codes();
        self.set(
            Kind::CompanyInfo,
            1,
            json!({
                "CompanyName": "Sandbox Company", "LegalName": "Sandbox Company", "Country": country,
                "Email": {"Address": "books@sandbox.example"}, "PrimaryPhone": {"FreeFormNumber": "555-0100"},
                "CompanyAddr": {"Line1": "1 Sandbox Way", "City": "Bayshore", "PostalCode": "94326"},
                "FiscalYearStartMonth": "January", "SupportedLanguages": "en",
                "NameValue": [{"Name": "OfferingSku", "Value": "QuickBooks Online Plus"}]
            }),
        );
        self.seed_preferences();
    }

    fn seed_tax_codes(&mut self) {
        if self.settings.us {
            for (word, taxable) in [("TAX", true), ("NON", false)] {
                let id = key_of_id(word).expect("the US tax words have row keys");
                self.set(Kind::TaxCode, id, tax_code(word, taxable));
            }
            return;
        }
        for (id, name, percent) in TAX_CODES {
            self.set(Kind::TaxCode, *id, tax_code(&format!("{percent}.0% {name}"), *percent > 0));
        }
    }

    /// The company's preferences as the entity shows them.
    pub(super) fn seed_preferences(&mut self) {
        let settings = &self.settings;
        let body = json!({
            "SalesFormsPrefs": {
                "CustomTxnNumbers": settings.custom_txn_numbers,
                "AllowDiscount": true, "AllowDeposit": true, "AutoApplyCredit": false
            },
            "TaxPrefs": {"UsingSalesTax": true, "PartnerTaxEnabled": settings.us},
            "CurrencyPrefs": {
                "MultiCurrencyEnabled": settings.multi_currency,
                "HomeCurrency": {"value": settings.home_currency}
            },
            "OtherPrefs": {"NameValue": [
                {"Name": "SalesFormsPrefs.WarnDuplicateTxnNumbers", "Value": settings.unique_doc_numbers.to_string()}
            ]}
        });
        self.set(Kind::Preferences, 1, body);
    }

    fn set(&mut self, kind: Kind, id: u64, body: Value) {
        let Value::Object(body) = body else { return };
        self.put(kind, id, body, Operation::Create);
        // What a company starts with is no news.
        self.changes.pop();
    }
}

fn tax_code(name: &str, taxable: bool) -> Value {
    json!({"Name": name, "Description": name, "Active": true, "Hidden": false, "Taxable": taxable, "TaxGroup": true})
}

/// The rate of a tax code outside the US, in percent.
pub(crate) fn tax_percent(id: u64) -> Option<u32> {
    TAX_CODES.iter().find(|(code, ..)| *code == id).map(|(_, _, percent)| *percent)
}
