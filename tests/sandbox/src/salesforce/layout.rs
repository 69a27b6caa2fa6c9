//! The fields of each object.

use super::config::SalesforceConfig;
use super::kind::Kind;

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Id,
    /// At most this many characters.
    Text(usize),
    /// A long text: not filterable, not sortable.
    Area(usize),
    Email,
    Phone,
    Url,
    /// A restricted picklist.
    Word(&'static [&'static str]),
    /// A number with this many decimal places.
    Number(u32),
    Money,
    Percent,
    Flag,
    Day,
    Instant,
    Ref(&'static [Kind]),
}

/// Who may set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Nobody: the org does.
    System,
    /// Must be there when a record is made, and cannot be emptied.
    Required,
    /// Like `Required`, and cannot be changed later.
    RequiredOnce,
    Free,
}

/// A field of an object of this org.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) holds: Type,
    pub(super) access: Access,
    pub(super) external_id: bool,
    pub(super) unique: bool,
}

use Access::{Free, Required, RequiredOnce, System};
use Type::{Area, Day, Email, Flag, Instant, Money, Number, Percent, Phone, Ref, Text, Url, Word};

type Row = (&'static str, Type, Access);

const COMMON: &[Row] = &[
    ("Id", Type::Id, System),
    ("IsDeleted", Flag, System),
    ("CreatedDate", Instant, System),
    ("CreatedById", Ref(&[Kind::User]), System),
    ("LastModifiedDate", Instant, System),
    ("LastModifiedById", Ref(&[Kind::User]), System),
    ("SystemModstamp", Instant, System),
];

const ACCOUNT: &[Row] = &[
    ("Name", Text(255), Required),
    ("Type", Text(40), Free),
    ("ParentId", Ref(&[Kind::Account]), Free),
    ("BillingStreet", Text(255), Free),
    ("BillingCity", Text(40), Free),
    ("BillingState", Text(80), Free),
    ("BillingPostalCode", Text(20), Free),
    ("BillingCountry", Text(80), Free),
    ("ShippingStreet", Text(255), Free),
    ("ShippingCity", Text(40), Free),
    ("ShippingState", Text(80), Free),
    ("ShippingPostalCode", Text(20), Free),
    ("ShippingCountry", Text(80), Free),
    ("Phone", Phone, Free),
    ("Fax", Phone, Free),
    ("AccountNumber", Text(40), Free),
    ("Website", Url, Free),
    ("Industry", Text(255), Free),
    ("AnnualRevenue", Money, Free),
    ("NumberOfEmployees", Number(0), Free),
    ("Description", Area(32_000), Free),
];

const CONTACT: &[Row] = &[
    ("AccountId", Ref(&[Kind::Account]), Free),
    ("Salutation", Text(40), Free),
    ("FirstName", Text(40), Free),
    ("LastName", Text(80), Required),
    ("Name", Text(121), System),
    ("MailingStreet", Text(255), Free),
    ("MailingCity", Text(40), Free),
    ("MailingState", Text(80), Free),
    ("MailingPostalCode", Text(20), Free),
    ("MailingCountry", Text(80), Free),
    ("Phone", Phone, Free),
    ("MobilePhone", Phone, Free),
    ("Email", Email, Free),
    ("Title", Text(128), Free),
    ("Department", Text(80), Free),
    ("LeadSource", Text(255), Free),
    ("Birthdate", Day, Free),
    ("Description", Area(32_000), Free),
];

const LEAD: &[Row] = &[
    ("Salutation", Text(40), Free),
    ("FirstName", Text(40), Free),
    ("LastName", Text(80), Required),
    ("Name", Text(121), System),
    ("Company", Text(255), Required),
    ("Title", Text(128), Free),
    ("Street", Text(255), Free),
    ("City", Text(40), Free),
    ("State", Text(80), Free),
    ("PostalCode", Text(20), Free),
    ("Country", Text(80), Free),
    ("Phone", Phone, Free),
    ("MobilePhone", Phone, Free),
    ("Email", Email, Free),
    ("Website", Url, Free),
    ("LeadSource", Text(255), Free),
    ("Status", Text(255), Free),
    ("Industry", Text(255), Free),
    ("Rating", Text(255), Free),
    ("AnnualRevenue", Money, Free),
    ("NumberOfEmployees", Number(0), Free),
    ("IsConverted", Flag, System),
    ("Description", Area(32_000), Free),
];

/// The org's sales stages, with the probability each stands for.
pub(super) const STAGES: &[(&str, u32)] = &[
    ("Prospecting", 10),
    ("Qualification", 10),
    ("Needs Analysis", 20),
    ("Value Proposition", 50),
    ("Id. Decision Makers", 60),
    ("Perception Analysis", 70),
    ("Proposal/Price Quote", 75),
    ("Negotiation/Review", 90),
    ("Closed Won", 100),
    ("Closed Lost", 0),
];

const STAGE_NAMES: &[&str] = &[
    "Prospecting",
    "Qualification",
    "Needs Analysis",
    "Value Proposition",
    "Id. Decision Makers",
    "Perception Analysis",
    "Proposal/Price Quote",
    "Negotiation/Review",
    "Closed Won",
    "Closed Lost",
];

const OPPORTUNITY: &[Row] = &[
    ("AccountId", Ref(&[Kind::Account]), Free),
    ("Name", Text(120), Required),
    ("Description", Area(32_000), Free),
    ("StageName", Word(STAGE_NAMES), Required),
    ("Amount", Money, Free),
    ("Probability", Percent, Free),
    ("CloseDate", Day, Required),
    ("Type", Text(255), Free),
    ("NextStep", Text(255), Free),
    ("LeadSource", Text(255), Free),
    ("IsClosed", Flag, System),
    ("IsWon", Flag, System),
    ("Pricebook2Id", Ref(&[Kind::Pricebook2]), Free),
];

const PRODUCT: &[Row] = &[
    ("Name", Text(255), Required),
    ("ProductCode", Text(255), Free),
    ("Description", Text(4000), Free),
    ("IsActive", Flag, Free),
    ("Family", Text(255), Free),
    ("StockKeepingUnit", Text(180), Free),
    ("QuantityUnitOfMeasure", Text(255), Free),
];

const PRICEBOOK: &[Row] =
    &[("Name", Text(255), System), ("IsActive", Flag, System), ("IsStandard", Flag, System)];

const ENTRY: &[Row] = &[
    ("Name", Text(255), System),
    ("Pricebook2Id", Ref(&[Kind::Pricebook2]), RequiredOnce),
    ("Product2Id", Ref(&[Kind::Product2]), RequiredOnce),
    ("UnitPrice", Money, Required),
    ("IsActive", Flag, Free),
    ("UseStandardPrice", Flag, Free),
    ("ProductCode", Text(255), System),
];

const TASK: &[Row] = &[
    ("WhoId", Ref(&[Kind::Contact, Kind::Lead]), Free),
    ("WhatId", Ref(&[Kind::Account, Kind::Opportunity, Kind::Order, Kind::Product2]), Free),
    ("Subject", Text(255), Free),
    ("ActivityDate", Day, Free),
    (
        "Status",
        Word(&["Not Started", "In Progress", "Completed", "Waiting on someone else", "Deferred"]),
        Free,
    ),
    ("Priority", Word(&["High", "Normal", "Low"]), Free),
    ("Description", Area(32_000), Free),
    ("IsClosed", Flag, System),
];

const ORDER: &[Row] = &[
    ("OrderNumber", Text(30), System),
    ("AccountId", Ref(&[Kind::Account]), Required),
    ("Pricebook2Id", Ref(&[Kind::Pricebook2]), Free),
    ("EffectiveDate", Day, Required),
    ("EndDate", Day, Free),
    ("Status", Word(&["Draft", "Activated"]), Required),
    ("Description", Area(32_000), Free),
    ("Name", Text(80), Free),
    ("PoNumber", Text(80), Free),
    ("TotalAmount", Money, System),
    ("BillingStreet", Text(255), Free),
    ("BillingCity", Text(40), Free),
    ("BillingPostalCode", Text(20), Free),
    ("BillingCountry", Text(80), Free),
];

const USER: &[Row] = &[
    ("Name", Text(121), System),
    ("Username", Text(80), System),
    ("Email", Email, System),
    ("IsActive", Flag, System),
];

const ORGANIZATION: &[Row] = &[
    ("Name", Text(80), System),
    ("OrganizationType", Text(40), System),
    ("IsSandbox", Flag, System),
    ("InstanceName", Text(5), System),
];

/// Compound fields exist at the provider and are left out here: whoever asks is told so.
pub(super) const COMPOUND: &[&str] =
    &["BillingAddress", "ShippingAddress", "MailingAddress", "OtherAddress", "Address"];

/// All fields of an object in this org.
pub(super) fn fields(config: &SalesforceConfig, kind: Kind) -> Vec<Field> {
    let own = match kind {
        Kind::Account => ACCOUNT,
        Kind::Contact => CONTACT,
        Kind::Lead => LEAD,
        Kind::Opportunity => OPPORTUNITY,
        Kind::Product2 => PRODUCT,
        Kind::Pricebook2 => PRICEBOOK,
        Kind::PricebookEntry => ENTRY,
        Kind::Task => TASK,
        Kind::Order => ORDER,
        Kind::User => USER,
        Kind::Organization => ORGANIZATION,
    };
    let mut all: Vec<Field> = COMMON.iter().chain(own).map(|row| standard(*row)).collect();
    if kind == Kind::Organization {
        // The org itself cannot be deleted.
        all.retain(|field| field.name != "IsDeleted");
    }
    if kind.is_owned() {
        all.push(standard(("OwnerId", Ref(&[Kind::User]), Free)));
    }
    if config.multi_currency && kind.is_writable() && kind != Kind::Task {
        all.push(standard(("CurrencyIsoCode", Word(&["USD", "EUR", "GBP"]), Free)));
    }
    let custom = config.custom_fields.iter().filter(|field| field.object == kind.name());
    all.extend(custom.map(|field| Field {
        external_id: field.external_id,
        unique: field.unique,
        ..standard(("", Text(255), Free)).called(&field.name)
    }));
    all
}

fn standard((name, holds, access): Row) -> Field {
    Field { name: name.to_owned(), holds, access, external_id: false, unique: false }
}

impl Field {
    fn called(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    pub(super) fn is_required(&self) -> bool {
        matches!(self.access, Required | RequiredOnce)
    }

    pub(super) fn is_createable(&self) -> bool {
        self.access != System
    }

    pub(super) fn is_updateable(&self) -> bool {
        matches!(self.access, Required | Free)
    }

    /// Whether queries can filter and sort by it.
    pub(super) fn is_filterable(&self) -> bool {
        !matches!(self.holds, Area(_))
    }
}
