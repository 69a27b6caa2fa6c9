//! What a new object holds before anything is known of it (fields: the provider's sample objects).

use crate::kit::decimals::Object;

pub(super) const PAYMENT_INTENT: &str = r#"{
    "object": "payment_intent", "amount_capturable": 0, "amount_details": {"tip": {}},
    "amount_received": 0, "application": null, "application_fee_amount": null,
    "automatic_payment_methods": null, "canceled_at": null, "cancellation_reason": null,
    "capture_method": "automatic", "confirmation_method": "automatic", "customer": null,
    "description": null, "last_payment_error": null, "latest_charge": null, "metadata": {},
    "next_action": null, "on_behalf_of": null, "payment_method": null,
    "payment_method_options": {}, "payment_method_types": ["card"], "processing": null,
    "receipt_email": null, "review": null, "setup_future_usage": null, "shipping": null,
    "source": null, "statement_descriptor": null, "statement_descriptor_suffix": null,
    "status": "requires_payment_method", "transfer_data": null, "transfer_group": null
}"#;

pub(super) const CHARGE: &str = r#"{
    "object": "charge", "amount_refunded": 0, "application": null, "application_fee": null,
    "application_fee_amount": null, "balance_transaction": null,
    "billing_details": {
        "address": {
            "city": null, "country": null, "line1": null, "line2": null, "postal_code": null,
            "state": null
        },
        "email": null, "name": null, "phone": null
    },
    "calculated_statement_descriptor": "HEADWATER TEST", "disputed": false,
    "failure_balance_transaction": null, "failure_code": null, "failure_message": null,
    "fraud_details": {}, "on_behalf_of": null,
    "outcome": {
        "network_status": "approved_by_network", "reason": null, "risk_level": "normal",
        "seller_message": "Payment complete.", "type": "authorized"
    },
    "paid": true,
    "payment_method_details": {
        "card": {
            "brand": "visa", "country": "US", "exp_month": 12, "exp_year": 2034,
            "funding": "credit", "last4": "4242", "network": "visa"
        },
        "type": "card"
    },
    "receipt_number": null, "refunded": false, "review": null, "source": null,
    "source_transfer": null, "status": "succeeded", "transfer_data": null
}"#;

pub(super) const INVOICE: &str = r#"{
    "object": "invoice", "account_country": "US", "account_name": "Headwater Test",
    "account_tax_ids": null, "amount_due": 0, "amount_paid": 0, "amount_remaining": 0,
    "amount_shipping": 0, "application": null, "attempt_count": 0, "attempted": false,
    "auto_advance": false,
    "automatic_tax": {"enabled": false, "liability": null, "status": null},
    "automatically_finalizes_at": null, "billing_reason": "manual",
    "collection_method": "charge_automatically", "custom_fields": null, "customer_tax_ids": [],
    "default_payment_method": null, "default_source": null, "default_tax_rates": [],
    "description": null, "discounts": [], "due_date": null, "effective_at": null,
    "ending_balance": null, "footer": null, "from_invoice": null, "hosted_invoice_url": null,
    "invoice_pdf": null, "issuer": {"type": "self"}, "last_finalization_error": null,
    "latest_revision": null, "metadata": {}, "next_payment_attempt": null, "number": null,
    "on_behalf_of": null,
    "payment_settings": {
        "default_mandate": null, "payment_method_options": null, "payment_method_types": null
    },
    "post_payment_credit_notes_amount": 0, "pre_payment_credit_notes_amount": 0,
    "receipt_number": null, "rendering": null, "shipping_cost": null, "shipping_details": null,
    "starting_balance": 0, "statement_descriptor": null, "status": "draft",
    "status_transitions": {
        "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null,
        "voided_at": null
    },
    "subtotal": 0, "subtotal_excluding_tax": 0, "test_clock": null, "total": 0,
    "total_discount_amounts": [], "total_excluding_tax": 0, "webhooks_delivered_at": null
}"#;

pub(super) const INVOICE_ITEM: &str = r#"{
    "object": "invoiceitem", "discountable": true, "discounts": [], "metadata": {},
    "proration": false, "tax_rates": [], "test_clock": null
}"#;

pub(super) const PRICE: &str = r#"{
    "object": "price", "active": true, "billing_scheme": "per_unit", "currency": null,
    "custom_unit_amount": null, "lookup_key": null, "metadata": {}, "nickname": null,
    "tax_behavior": "unspecified", "tiers_mode": null, "transform_quantity": null
}"#;

pub(super) const REFUND: &str = r#"{
    "object": "refund",
    "destination_details": {"card": {"type": "refund"}, "type": "card"}, "metadata": {},
    "receipt_number": null, "source_transfer_reversal": null, "status": "succeeded",
    "transfer_reversal": null
}"#;

/// The object of one of the texts above, with what is known.
pub(super) fn filled(text: &str, known: serde_json::Value) -> Object {
    let mut body: Object = serde_json::from_str(text).expect("the texts above are JSON objects");
    if let serde_json::Value::Object(known) = known {
        body.extend(known);
    }
    body
}
