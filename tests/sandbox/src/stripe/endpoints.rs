//! The endpoints there are: what each does and which parameters it takes.

use super::actions::Verb;
use super::kind::Kind;
use super::params::Param;
use super::schema::{self as s, NOTHING};

/// What an endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Does {
    Act(Verb, Kind),
    Get(Kind),
    List(Kind),
    Search(Kind),
    /// The lines of an invoice or credit note.
    Lines(Kind),
    /// The refunds of a charge.
    Refunds,
    /// The account itself.
    Account,
}

impl Does {
    /// The kind a key must be allowed for; `None` for the account.
    pub(crate) fn kind(self) -> Option<Kind> {
        match self {
            Self::Act(_, kind)
            | Self::Get(kind)
            | Self::List(kind)
            | Self::Search(kind)
            | Self::Lines(kind) => Some(kind),
            Self::Refunds => Some(Kind::Refund),
            Self::Account => None,
        }
    }
}

/// One endpoint.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Endpoint {
    pub(crate) method: &'static str,
    /// With `{id}` for the one segment that varies.
    pub(crate) path: &'static str,
    pub(crate) does: Does,
    pub(crate) params: &'static [Param],
}

const fn get(path: &'static str, does: Does, params: &'static [Param]) -> Endpoint {
    Endpoint { method: "GET", path, does, params }
}

const fn post(path: &'static str, verb: Verb, kind: Kind, params: &'static [Param]) -> Endpoint {
    Endpoint { method: "POST", path, does: Does::Act(verb, kind), params }
}

const fn delete(path: &'static str, kind: Kind) -> Endpoint {
    Endpoint { method: "DELETE", path, does: Does::Act(Verb::Delete, kind), params: NOTHING }
}

use Does::{Get, Lines, List, Search};
use Kind as K;
use Verb::{Create, Update};

const ALL: &[Endpoint] = &[
    get("/v1/account", Does::Account, NOTHING),
    get("/v1/customers/search", Search(K::Customer), s::SEARCH),
    get("/v1/customers", List(K::Customer), s::CUSTOMERS),
    get("/v1/customers/{id}", Get(K::Customer), NOTHING),
    post("/v1/customers", Create, K::Customer, s::CUSTOMER_CREATE),
    post("/v1/customers/{id}", Update, K::Customer, s::CUSTOMER_UPDATE),
    delete("/v1/customers/{id}", K::Customer),
    get("/v1/products/search", Search(K::Product), s::SEARCH),
    get("/v1/products", List(K::Product), s::PRODUCTS),
    get("/v1/products/{id}", Get(K::Product), NOTHING),
    post("/v1/products", Create, K::Product, s::PRODUCT_CREATE),
    post("/v1/products/{id}", Update, K::Product, s::PRODUCT_UPDATE),
    delete("/v1/products/{id}", K::Product),
    get("/v1/prices/search", Search(K::Price), s::SEARCH),
    get("/v1/prices", List(K::Price), s::PRICES),
    get("/v1/prices/{id}", Get(K::Price), NOTHING),
    post("/v1/prices", Create, K::Price, s::PRICE_CREATE),
    post("/v1/prices/{id}", Update, K::Price, s::PRICE_UPDATE),
    get("/v1/invoices/search", Search(K::Invoice), s::SEARCH),
    get("/v1/invoices", List(K::Invoice), s::INVOICES),
    get("/v1/invoices/{id}", Get(K::Invoice), NOTHING),
    get("/v1/invoices/{id}/lines", Lines(K::Invoice), s::PAGE_ONLY),
    post("/v1/invoices", Create, K::Invoice, s::INVOICE_CREATE),
    post("/v1/invoices/{id}", Update, K::Invoice, s::INVOICE_UPDATE),
    delete("/v1/invoices/{id}", K::Invoice),
    post("/v1/invoices/{id}/finalize", Verb::Finalize, K::Invoice, s::FINALIZE),
    post("/v1/invoices/{id}/pay", Verb::Pay, K::Invoice, s::PAY),
    post("/v1/invoices/{id}/send", Verb::Send, K::Invoice, NOTHING),
    post("/v1/invoices/{id}/void", Verb::Void, K::Invoice, NOTHING),
    post("/v1/invoices/{id}/mark_uncollectible", Verb::MarkUncollectible, K::Invoice, NOTHING),
    get("/v1/invoiceitems", List(K::InvoiceItem), s::INVOICE_ITEMS),
    get("/v1/invoiceitems/{id}", Get(K::InvoiceItem), NOTHING),
    post("/v1/invoiceitems", Create, K::InvoiceItem, s::INVOICE_ITEM_CREATE),
    post("/v1/invoiceitems/{id}", Update, K::InvoiceItem, s::INVOICE_ITEM_UPDATE),
    delete("/v1/invoiceitems/{id}", K::InvoiceItem),
    get("/v1/invoice_payments", List(K::InvoicePayment), s::INVOICE_PAYMENTS),
    get("/v1/invoice_payments/{id}", Get(K::InvoicePayment), NOTHING),
    get("/v1/credit_notes", List(K::CreditNote), s::CREDIT_NOTES),
    get("/v1/credit_notes/{id}", Get(K::CreditNote), NOTHING),
    get("/v1/credit_notes/{id}/lines", Lines(K::CreditNote), s::PAGE_ONLY),
    post("/v1/credit_notes", Create, K::CreditNote, s::CREDIT_NOTE_CREATE),
    post("/v1/credit_notes/{id}", Update, K::CreditNote, s::CREDIT_NOTE_UPDATE),
    post("/v1/credit_notes/{id}/void", Verb::Void, K::CreditNote, NOTHING),
    get("/v1/payment_intents/search", Search(K::PaymentIntent), s::SEARCH),
    get("/v1/payment_intents", List(K::PaymentIntent), s::PAYMENT_INTENTS),
    get("/v1/payment_intents/{id}", Get(K::PaymentIntent), NOTHING),
    post("/v1/payment_intents", Create, K::PaymentIntent, s::INTENT_CREATE),
    post("/v1/payment_intents/{id}", Update, K::PaymentIntent, s::INTENT_UPDATE),
    post("/v1/payment_intents/{id}/confirm", Verb::Confirm, K::PaymentIntent, s::INTENT_CONFIRM),
    post("/v1/payment_intents/{id}/capture", Verb::Capture, K::PaymentIntent, s::INTENT_CAPTURE),
    post("/v1/payment_intents/{id}/cancel", Verb::Cancel, K::PaymentIntent, s::INTENT_CANCEL),
    get("/v1/charges/search", Search(K::Charge), s::SEARCH),
    get("/v1/charges", List(K::Charge), s::CHARGES),
    get("/v1/charges/{id}", Get(K::Charge), NOTHING),
    get("/v1/charges/{id}/refunds", Does::Refunds, s::PAGE_ONLY),
    post("/v1/charges/{id}", Update, K::Charge, s::CHARGE_UPDATE),
    get("/v1/refunds", List(K::Refund), s::REFUNDS),
    get("/v1/refunds/{id}", Get(K::Refund), NOTHING),
    post("/v1/refunds", Create, K::Refund, s::REFUND_CREATE),
    post("/v1/refunds/{id}", Update, K::Refund, s::METADATA_ONLY),
    get("/v1/disputes", List(K::Dispute), s::DISPUTES),
    get("/v1/disputes/{id}", Get(K::Dispute), NOTHING),
    get("/v1/balance_transactions", List(K::BalanceTransaction), s::BALANCE_TRANSACTIONS),
    get("/v1/balance_transactions/{id}", Get(K::BalanceTransaction), NOTHING),
    get("/v1/payouts", List(K::Payout), s::PAYOUTS),
    get("/v1/payouts/{id}", Get(K::Payout), NOTHING),
    get("/v1/events", List(K::Event), s::EVENTS),
    get("/v1/events/{id}", Get(K::Event), NOTHING),
    get("/v1/webhook_endpoints", List(K::WebhookEndpoint), s::PAGE_ONLY),
    get("/v1/webhook_endpoints/{id}", Get(K::WebhookEndpoint), NOTHING),
    post("/v1/webhook_endpoints", Create, K::WebhookEndpoint, s::ENDPOINT_CREATE),
    post("/v1/webhook_endpoints/{id}", Update, K::WebhookEndpoint, s::ENDPOINT_UPDATE),
    delete("/v1/webhook_endpoints/{id}", K::WebhookEndpoint),
];

/// Words that stand where an id does and are endpoints of their own, not modelled.
const NOT_IDS: &[&str] = &["upcoming", "create_preview", "preview", "search"];

/// The endpoint of a request, and the id in its path; empty when there is none.
pub(crate) fn find(method: &str, path: &str) -> Option<(&'static Endpoint, String)> {
    ALL.iter().filter(|endpoint| endpoint.method == method).find_map(|endpoint| {
        let id = matched(endpoint.path, path)?;
        Some((endpoint, id.to_owned()))
    })
}

fn matched<'a>(pattern: &str, path: &'a str) -> Option<&'a str> {
    let mut id = "";
    let mut given = path.split('/');
    for wanted in pattern.split('/') {
        let segment = given.next()?;
        if wanted == "{id}" && !segment.is_empty() && !NOT_IDS.contains(&segment) {
            id = segment;
        } else if wanted != segment {
            return None;
        }
    }
    given.next().is_none().then_some(id)
}

/// The parameters of what an administrator does by hand.
pub(crate) fn params_of(verb: Verb, kind: Kind) -> Option<&'static [Param]> {
    ALL.iter().find(|endpoint| endpoint.does == Does::Act(verb, kind)).map(|endpoint| endpoint.params)
}
