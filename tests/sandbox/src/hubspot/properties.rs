//! Object types, their properties, and values against them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::problem::Problem;
use crate::kit::clock::{midnight_ms, parse_date, parse_rfc3339, rfc3339_millis};
use crate::kit::decimals::parse;

/// One kind of object.
#[derive(Debug)]
pub(crate) struct Kind {
    /// As in paths: `contacts`.
    pub(crate) name: &'static str,
    /// As in webhooks: `contact`.
    pub(crate) singular: &'static str,
    /// Its number: `0-1`.
    pub(crate) type_id: &'static str,
    /// The property that holds the change time.
    pub(crate) modified: &'static str,
    /// Properties that come back unasked.
    pub(crate) shown: &'static [&'static str],
    /// Properties as `name:type`; text without a type. One that HubSpot alone sets ends with `!`.
    properties: &'static [&'static str],
}

/// The kinds modelled. The change time is another property for contacts (fact sheet, "Traps").
pub(crate) const KINDS: &[Kind] = &[
    Kind {
        name: "contacts",
        singular: "contact",
        type_id: "0-1",
        modified: "lastmodifieddate",
        shown: &["email", "firstname", "lastname"],
        properties: &[
            "email",
            "firstname",
            "lastname",
            "phone",
            "mobilephone",
            "company",
            "website",
            "address",
            "city",
            "state",
            "zip",
            "country",
            "jobtitle",
            "hubspot_owner_id",
            "hs_lead_status",
            "hs_additional_emails",
            "lifecyclestage:enumeration",
            "date_of_birth",
            "annualrevenue:number",
            // Read only (changelog of 24 January 2019).
            "associatedcompanyid:number!",
        ],
    },
    Kind {
        name: "companies",
        singular: "company",
        type_id: "0-2",
        modified: "hs_lastmodifieddate",
        shown: &["name", "domain"],
        properties: &[
            "name",
            "domain",
            "phone",
            "website",
            "address",
            "address2",
            "city",
            "state",
            "zip",
            "country",
            "industry",
            "description",
            "numberofemployees:number",
            "annualrevenue:number",
            "hubspot_owner_id",
            "lifecyclestage:enumeration",
        ],
    },
    Kind {
        name: "deals",
        singular: "deal",
        type_id: "0-3",
        modified: "hs_lastmodifieddate",
        shown: &["dealname", "amount", "closedate", "pipeline", "dealstage"],
        properties: &[
            "dealname",
            "amount:number",
            "closedate:datetime",
            "pipeline",
            "dealstage:enumeration",
            "dealtype",
            "description",
            "deal_currency_code",
            "hubspot_owner_id",
            "hs_primary_associated_company:number!",
        ],
    },
    Kind {
        name: "tickets",
        singular: "ticket",
        type_id: "0-5",
        modified: "hs_lastmodifieddate",
        shown: &["subject", "content", "hs_pipeline", "hs_pipeline_stage", "hs_ticket_priority"],
        properties: &[
            "subject",
            "content",
            "hs_pipeline",
            "hs_pipeline_stage",
            "hs_ticket_priority",
            "hs_ticket_category",
            "hubspot_owner_id",
        ],
    },
    Kind {
        name: "products",
        singular: "product",
        type_id: "0-7",
        modified: "hs_lastmodifieddate",
        shown: &["name", "description", "price"],
        properties: &[
            "name",
            "description",
            "price:number",
            "hs_sku",
            "hs_cost_of_goods_sold:number",
            "recurringbillingfrequency",
            "tax:number",
            "hs_product_type",
            "hs_url",
        ],
    },
    Kind {
        name: "line_items",
        singular: "line_item",
        type_id: "0-8",
        modified: "hs_lastmodifieddate",
        shown: &["hs_product_id", "quantity"],
        properties: &[
            "name",
            "description",
            "hs_product_id",
            "hs_sku",
            "quantity:number",
            "price:number",
            "amount:number",
            "discount:number",
            "tax:number",
            "hs_line_item_currency_code",
        ],
    },
];

const STAGES: &[&str] = &[
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "decisionmakerboughtin",
    "contractsent",
    "closedwon",
    "closedlost",
];
const LIFECYCLE: &[&str] = &[
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
];

/// A property as the API shows it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Property {
    pub(crate) name: String,
    pub(crate) label: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) field_type: String,
    pub(crate) group_name: String,
    pub(crate) description: String,
    pub(crate) options: Vec<Value>,
    pub(crate) has_unique_value: bool,
    pub(crate) hidden: bool,
    pub(crate) hubspot_defined: bool,
    pub(crate) archived: bool,
    /// Set by the provider only.
    #[serde(skip)]
    pub(crate) read_only: bool,
}

/// A kind by its name or number in a path.
pub(crate) fn kind_of(text: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == text || kind.type_id == text || kind.singular == text)
}

impl Kind {
    /// The properties every account has.
    pub(crate) fn own_properties(&self) -> BTreeMap<String, Property> {
        let given = self.properties.iter().map(|text| text.split_once(':').unwrap_or((text, "string")));
        let given = given.map(|(name, kind)| (name, kind.trim_end_matches('!'), kind.ends_with('!')));
        let set = [("createdate", "datetime"), (self.modified, "datetime"), ("hs_object_id", "number")];
        let all = given.chain(set.into_iter().map(|(name, kind)| (name, kind, true)));
        all.map(|(name, kind, read_only)| (name.to_owned(), self.own(name, kind, read_only))).collect()
    }

    fn own(&self, name: &str, kind: &str, read_only: bool) -> Property {
        let options = match name {
            "dealstage" => STAGES,
            "lifecyclestage" => LIFECYCLE,
            _ => &[],
        };
        let option = |(order, value): (usize, &&str)| serde_json::json!({"label": value, "value": value, "displayOrder": order, "hidden": false});
        Property {
            name: name.to_owned(),
            label: name.to_owned(),
            kind: kind.to_owned(),
            field_type: if kind == "enumeration" { "select" } else { "text" }.to_owned(),
            group_name: format!("{}information", self.singular),
            description: String::new(),
            options: options.iter().enumerate().map(option).collect(),
            has_unique_value: (self.name == "contacts" && name == "email") || name == "hs_object_id",
            hidden: false,
            hubspot_defined: true,
            archived: false,
            read_only,
        }
    }
}

impl Property {
    /// A value as it is stored: always text. Empty text clears.
    pub(crate) fn stored(&self, value: &Value) -> Result<String, Problem> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            _ => return Err(self.wrong("INVALID_VALUE", "it must be a text")),
        };
        if self.read_only {
            return Err(self.wrong("READ_ONLY_VALUE", "it is a read only property; its value cannot be set"));
        }
        if text.is_empty() {
            return Ok(text);
        }
        match self.kind.as_str() {
            "number" if parse(&text).is_none() => {
                Err(self.wrong("INVALID_NUMBER", "it was not a valid number"))
            }
            "enumeration" => self.chosen(text),
            "date" => match instant(&text) {
                Some(ms) if ms % 86_400_000 == 0 => Ok(rfc3339_millis(ms)[..10].to_owned()),
                _ => Err(self.wrong("INVALID_DATE", "it was not a date at midnight UTC")),
            },
            "datetime" => match instant(&text) {
                Some(ms) => Ok(rfc3339_millis(ms)),
                None => Err(self.wrong("INVALID_DATE", "it was not a valid date")),
            },
            "bool" if !matches!(text.as_str(), "true" | "false") => {
                Err(self.wrong("INVALID_BOOLEAN", "it was not true or false"))
            }
            _ if self.name == "email" && !is_email(&text) => {
                Err(self.wrong("INVALID_EMAIL", &format!("Email address {text} is invalid")))
            }
            _ => Ok(text),
        }
    }

    /// Internal names only; several are joined by semicolons.
    fn chosen(&self, text: String) -> Result<String, Problem> {
        let known = |part: &str| self.options.iter().any(|option| option["value"] == part);
        if text.split(';').all(known) {
            return Ok(text);
        }
        Err(self.wrong("INVALID_OPTION", &format!("{text} was not one of the allowed options")))
    }

    fn wrong(&self, error: &str, message: &str) -> Problem {
        Problem::property(&self.name, error, message)
    }
}

fn is_email(text: &str) -> bool {
    text.split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(' '))
}

/// Milliseconds of an ISO 8601 time or date, or of epoch milliseconds.
pub(crate) fn instant(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok();
    }
    parse_rfc3339(text).or_else(|| parse_date(text).map(midnight_ms))
}
