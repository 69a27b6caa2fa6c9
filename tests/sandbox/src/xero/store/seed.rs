//! What every new organisation has: accounts, tax rates and its own description.

use serde_json::{Value, json};

use super::book::Book;
use crate::xero::dates::wire;
use crate::xero::kind::Kind;

/// Code, name, type, class, tax type, system account, payments allowed.
type Ledger = (&'static str, &'static str, &'static str, &'static str, &'static str, bool);

/// The demo company's accounts that documents need.
const ACCOUNTS: &[Ledger] = &[
    ("090", "Business Bank Account", "BANK", "ASSET", "", false),
    ("091", "Business Savings Account", "BANK", "ASSET", "", false),
    ("200", "Sales", "REVENUE", "REVENUE", "", false),
    ("260", "Other Revenue", "REVENUE", "REVENUE", "", false),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "EXPENSE", "", false),
    ("400", "Advertising & Marketing", "OVERHEADS", "EXPENSE", "", false),
    ("429", "General Expenses", "OVERHEADS", "EXPENSE", "", false),
    ("610", "Accounts Receivable", "CURRENT", "ASSET", "DEBTORS", false),
    ("800", "Accounts Payable", "CURRLIAB", "LIABILITY", "CREDITORS", false),
    ("820", "VAT", "CURRLIAB", "LIABILITY", "GST", false),
    ("860", "Rounding", "CURRLIAB", "LIABILITY", "ROUNDING", false),
    ("880", "Owner A Drawings", "EQUITY", "EQUITY", "", true),
];

/// Tax type, name, percent, for sales, for purchases.
type Rate = (&'static str, &'static str, u32, bool, bool);

const GB: &[Rate] = &[
    ("OUTPUT2", "20% (VAT on Income)", 20, true, false),
    ("INPUT2", "20% (VAT on Expenses)", 20, false, true),
    ("RROUTPUT", "5% (VAT on Income)", 5, true, false),
    ("RRINPUT", "5% (VAT on Expenses)", 5, false, true),
    ("ZERORATEDOUTPUT", "Zero Rated Income", 0, true, false),
    ("ZERORATEDINPUT", "Zero Rated Expenses", 0, false, true),
    ("NONE", "No VAT", 0, true, true),
];

const NZ: &[Rate] = &[
    ("OUTPUT2", "15% GST on Income", 15, true, false),
    ("INPUT2", "15% GST on Expenses", 15, false, true),
    ("ZERORATED", "Zero Rated", 0, true, false),
    ("NONE", "No GST", 0, true, true),
];

const AU: &[Rate] = &[
    ("OUTPUT", "GST on Income", 10, true, false),
    ("INPUT", "GST on Expenses", 10, false, true),
    ("EXEMPTOUTPUT", "GST Free Income", 0, true, false),
    ("EXEMPTEXPENSES", "GST Free Expenses", 0, false, true),
    ("BASEXCLUDED", "BAS Excluded", 0, true, true),
];

const OTHER: &[Rate] = &[
    ("OUTPUT", "Tax on Sales", 0, true, false),
    ("INPUT", "Tax on Purchases", 0, false, true),
    ("NONE", "Tax Exempt", 0, true, true),
];

impl Book {
    pub(super) fn seed(&mut self) {
        self.seed_tax_rates();
        self.seed_accounts();
        self.seed_organisation();
    }

    fn rates(&self) -> &'static [Rate] {
        match self.organisation.country.as_str() {
            "GB" => GB,
            "NZ" => NZ,
            "AU" => AU,
            _ => OTHER,
        }
    }

    fn seed_tax_rates(&mut self) {
        for (tax_type, name, percent, sales, purchases) in self.rates() {
            let component =
                json!({"Name": name, "Rate": percent, "IsCompound": false, "IsNonRecoverable": false});
            let body = json!({
                "Name": name, "ReportTaxType": tax_type, "Status": "ACTIVE", "TaxComponents": [component],
                "CanApplyToAssets": true, "CanApplyToEquity": true, "CanApplyToLiabilities": true,
                "CanApplyToExpenses": purchases, "CanApplyToRevenue": sales,
                "DisplayTaxRate": percent, "EffectiveRate": percent
            });
            self.set(Kind::TaxRate, tax_type, body);
        }
    }

    /// The tax type of new sales and purchase accounts.
    fn usual_rates(&self) -> (&'static str, &'static str) {
        let first = |sales: bool| {
            let mut rates = self.rates().iter();
            rates.find(|rate| if sales { rate.3 } else { rate.4 }).map_or("NONE", |rate| rate.0)
        };
        (first(true), first(false))
    }

    fn seed_accounts(&mut self) {
        let (sales, purchases) = self.usual_rates();
        let none = self.rates().last().map_or("NONE", |rate| rate.0);
        for (code, name, account_type, class, system, payments) in ACCOUNTS {
            let tax = match *class {
                "REVENUE" => sales,
                "EXPENSE" => purchases,
                _ => none,
            };
            let mut body = json!({
                "Code": code, "Name": name, "Type": account_type, "Class": class, "Status": "ACTIVE",
                "TaxType": tax, "EnablePaymentsToAccount": payments, "ShowInExpenseClaims": false,
                "AddToWatchlist": false, "HasAttachments": false, "ReportingCode": class
            });
            if !system.is_empty() {
                body["SystemAccount"] = Value::from(*system);
            }
            if *account_type == "BANK" {
                body["BankAccountNumber"] = Value::from(format!("3000{code}00112233"));
                body["BankAccountType"] = Value::from("BANK");
                body["CurrencyCode"] = Value::from(self.organisation.base_currency.as_str());
            }
            let id = self.ids.uuid();
            self.set(Kind::Account, &id, body);
        }
    }

    fn seed_organisation(&mut self) {
        let own = self.organisation.clone();
        let version = match own.country.as_str() {
            "GB" => "UK",
            country @ ("NZ" | "AU" | "US") => country,
            _ => "GLOBAL",
        };
        let body = json!({
            "APIKey": "", "Name": own.name, "LegalName": own.name, "PaysTax": true, "Version": version,
            "OrganisationType": "COMPANY", "OrganisationEntityType": "COMPANY",
            "BaseCurrency": own.base_currency, "CountryCode": own.country, "IsDemoCompany": true,
            "OrganisationStatus": "ACTIVE", "FinancialYearEndDay": 31, "FinancialYearEndMonth": 3,
            "SalesTaxBasis": "ACCRUAL", "SalesTaxPeriod": "QUARTERLY",
            "DefaultSalesTax": "Tax Exclusive", "DefaultPurchasesTax": "Tax Inclusive",
            "CreatedDateUTC": wire(self.clock.now_ms()), "Timezone": "GMTSTANDARDTIME",
            "ShortCode": "!sbx01", "Class": "DEMO", "Edition": "BUSINESS",
            "Addresses": [], "Phones": [], "ExternalLinks": [], "PaymentTerms": {}
        });
        self.set(Kind::Organisation, &own.tenant_id, body);
    }

    fn set(&mut self, kind: Kind, id: &str, body: Value) {
        if let Value::Object(body) = body {
            self.put(kind, id, body);
        }
    }
}
