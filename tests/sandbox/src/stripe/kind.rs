//! The modelled objects (fact sheet, "Entities").

/// One kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Kind {
    Customer,
    Product,
    Price,
    Invoice,
    InvoiceItem,
    InvoicePayment,
    PaymentIntent,
    Charge,
    Refund,
    CreditNote,
    Dispute,
    BalanceTransaction,
    Payout,
    Event,
    WebhookEndpoint,
    EventDestination,
}

impl Kind {
    pub(crate) const ALL: [Self; 16] = [
        Self::Customer,
        Self::Product,
        Self::Price,
        Self::Invoice,
        Self::InvoiceItem,
        Self::InvoicePayment,
        Self::PaymentIntent,
        Self::Charge,
        Self::Refund,
        Self::CreditNote,
        Self::Dispute,
        Self::BalanceTransaction,
        Self::Payout,
        Self::Event,
        Self::WebhookEndpoint,
        Self::EventDestination,
    ];

    /// `object` in bodies, the prefix of ids, the collection's path segment.
    const fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Customer => ("customer", "cus_", "customers"),
            Self::Product => ("product", "prod_", "products"),
            Self::Price => ("price", "price_", "prices"),
            Self::Invoice => ("invoice", "in_", "invoices"),
            Self::InvoiceItem => ("invoiceitem", "ii_", "invoiceitems"),
            Self::InvoicePayment => ("invoice_payment", "inpay_", "invoice_payments"),
            Self::PaymentIntent => ("payment_intent", "pi_", "payment_intents"),
            Self::Charge => ("charge", "ch_", "charges"),
            Self::Refund => ("refund", "re_", "refunds"),
            Self::CreditNote => ("credit_note", "cn_", "credit_notes"),
            Self::Dispute => ("dispute", "du_", "disputes"),
            Self::BalanceTransaction => ("balance_transaction", "txn_", "balance_transactions"),
            Self::Payout => ("payout", "po_", "payouts"),
            Self::Event => ("event", "evt_", "events"),
            Self::WebhookEndpoint => ("webhook_endpoint", "we_", "webhook_endpoints"),
            Self::EventDestination => ("v2.core.event_destination", "ed_test_", "event_destinations"),
        }
    }

    /// The text of `object`.
    pub(crate) const fn name(self) -> &'static str {
        self.names().0
    }

    /// What ids begin with.
    pub(crate) const fn prefix(self) -> &'static str {
        self.names().1
    }

    /// The collection's path segment.
    pub(crate) const fn path(self) -> &'static str {
        self.names().2
    }

    /// By the text of `object` or the path segment.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name || kind.path() == name)
    }

    /// By the prefix of an id.
    pub(crate) fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| id.starts_with(kind.prefix()))
    }

    /// Letters and digits behind the prefix.
    pub(crate) const fn id_length(self) -> usize {
        match self {
            Self::Customer | Self::Product => 14,
            _ => 24,
        }
    }

    /// The property that names one to a person: its business key.
    pub(crate) const fn key_field(self) -> Option<&'static str> {
        match self {
            Self::Customer => Some("email"),
            Self::Product => Some("name"),
            Self::Price => Some("lookup_key"),
            _ => None,
        }
    }

    /// What a restricted key must be allowed (names: general knowledge, unverified).
    pub(crate) const fn permission(self) -> &'static str {
        match self {
            Self::InvoiceItem | Self::InvoicePayment => "invoice",
            Self::Price => "plan",
            Self::Refund => "charge",
            Self::BalanceTransaction => "balance_transaction_source",
            Self::WebhookEndpoint | Self::EventDestination => "webhook",
            _ => self.name(),
        }
    }
}
