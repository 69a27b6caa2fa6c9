//! Which properties each entity has (names and types: the provider's XML Schemas; lengths: the
//! current documentation where it differs from the older schema texts).

mod lists;
mod names;
mod parts;
mod purchase_lines;
mod purchases;
mod sales;

use super::kind::Kind;

/// What a property may hold.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    /// Text of at most this many characters.
    Text(usize),
    /// `true` or `false`.
    Flag,
    /// A decimal JSON number.
    Amount,
    /// A JSON number without fraction.
    Whole,
    /// `YYYY-MM-DD`.
    Date,
    /// One of these texts.
    Choice(&'static [&'static str]),
    /// `{"value": id, "name": …}`.
    Ref,
    /// An object with these properties.
    Part(&'static [Field]),
    /// An array of objects with these properties.
    Many(&'static [Field]),
    /// Kept by the server: accepted in a request and not used.
    Server,
}

/// One property.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) shape: Shape,
    /// Whether a query may filter and order by it.
    pub(crate) filter: bool,
}

impl Field {
    /// The same property, usable in `where` and `orderby`.
    pub(crate) const fn q(mut self) -> Self {
        self.filter = true;
        self
    }
}

const fn field(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, filter: false }
}

const fn text(name: &'static str, max: usize) -> Field {
    field(name, Shape::Text(max))
}

const fn flag(name: &'static str) -> Field {
    field(name, Shape::Flag)
}

const fn amount(name: &'static str) -> Field {
    field(name, Shape::Amount)
}

const fn date(name: &'static str) -> Field {
    field(name, Shape::Date)
}

const fn link(name: &'static str) -> Field {
    field(name, Shape::Ref)
}

const fn server(name: &'static str) -> Field {
    field(name, Shape::Server)
}

const fn part(name: &'static str, of: &'static [Field]) -> Field {
    field(name, Shape::Part(of))
}

const fn many(name: &'static str, of: &'static [Field]) -> Field {
    field(name, Shape::Many(of))
}

/// Properties every entity has.
pub(crate) const COMMON: &[Field] = &[
    server("MetaData"),
    server("domain"),
    server("status"),
    many("CustomField", parts::CUSTOM_FIELD),
    server("AttachableRef"),
];

/// The properties of an entity, without [`COMMON`] and without `Id`, `SyncToken` and `sparse`.
pub(crate) fn fields(kind: Kind) -> &'static [Field] {
    match kind {
        Kind::Customer => names::CUSTOMER,
        Kind::Vendor => names::VENDOR,
        Kind::Item => lists::ITEM,
        Kind::Account => lists::ACCOUNT,
        Kind::Class => lists::CLASS,
        Kind::Term => lists::TERM,
        Kind::TaxCode => lists::TAX_CODE,
        Kind::CompanyInfo => lists::COMPANY_INFO,
        Kind::Preferences => lists::PREFERENCES,
        Kind::Invoice => sales::INVOICE,
        Kind::CreditMemo => sales::CREDIT_MEMO,
        Kind::Payment => sales::PAYMENT,
        Kind::Bill => purchases::BILL,
        Kind::BillPayment => purchases::BILL_PAYMENT,
        Kind::Purchase => purchases::PURCHASE,
        Kind::JournalEntry => purchases::JOURNAL_ENTRY,
    }
}

/// The property of this name.
pub(crate) fn find(kind: Kind, name: &str) -> Option<&'static Field> {
    fields(kind).iter().chain(COMMON).find(|f| f.name == name)
}
