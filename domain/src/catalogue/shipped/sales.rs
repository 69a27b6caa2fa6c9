//! What a business sells, and the documents of a sale.

use super::build::{
    address, array, boolean, date, date_time, decimal, entity, integer, lines, money, personal, reference,
    required, text,
};
use super::{EntitySchema, FieldSchema};

pub(super) fn all() -> Vec<EntitySchema> {
    vec![
        product(),
        add_on(),
        billable_metric(),
        subscription(),
        order(),
        inventory(),
        invoice(),
        credit_note(),
        payment(),
    ]
}

fn product() -> EntitySchema {
    entity(
        "product",
        "Product or service",
        "code",
        &[
            required(text("code name")),
            text("description kind unit category barcode"),
            money("unit_price purchase_cost"),
            text("currency"),
            reference("tax_code", "tax_code"),
            reference("account", "income_account expense_account asset_account"),
            decimal("quantity_on_hand"),
            boolean("taxable active"),
            text("external_reference"),
        ],
    )
}

fn add_on() -> EntitySchema {
    entity(
        "add_on",
        "Add-on",
        "code",
        &[
            required(text("code name")),
            text("description invoice_display_name"),
            money("amount"),
            text("currency"),
            reference("tax_code", "tax_code"),
            reference("account", "income_account"),
            boolean("active"),
            text("external_reference"),
        ],
    )
}

fn billable_metric() -> EntitySchema {
    entity(
        "billable_metric",
        "Billable metric",
        "code",
        &[
            required(text("code name")),
            text("description aggregation field_name unit rounding"),
            boolean("recurring active"),
            text("external_reference"),
        ],
    )
}

fn subscription() -> EntitySchema {
    entity(
        "subscription",
        "Subscription",
        "number",
        &[
            required(text("number")),
            required(reference("customer", "customer")),
            reference("product", "plan"),
            text("name status billing_interval currency"),
            integer("interval_count"),
            money("amount recurring_amount"),
            decimal("quantity"),
            date("start_date end_date next_billing_date trial_end_date"),
            date_time("cancelled_at"),
            boolean("auto_renew"),
            text("external_reference description"),
        ],
    )
}

fn order() -> EntitySchema {
    entity(
        "order",
        "Order",
        "number",
        &[
            required(text("number")),
            reference("customer", "customer"),
            date_time("ordered_at"),
            text("status payment_status fulfilment_status channel currency"),
            lines(),
            money("subtotal discount_total shipping_total tax_total total"),
            address("billing_address"),
            address("shipping_address"),
            personal("email phone"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}

fn inventory() -> EntitySchema {
    entity(
        "inventory",
        "Inventory level",
        "",
        &[
            required(reference("product", "product")),
            text("location sku"),
            decimal("quantity_on_hand quantity_available quantity_reserved quantity_incoming reorder_point"),
            money("unit_cost"),
            date_time("counted_at"),
            text("external_reference"),
        ],
    )
}

fn document() -> Vec<FieldSchema> {
    [
        required(text("number")),
        required(reference("customer", "customer")),
        required(date("date")),
        text("currency status"),
        decimal("exchange_rate"),
        lines(),
        money("subtotal discount_total tax_total total"),
        text("external_reference"),
        personal("notes"),
        text("memo"),
    ]
    .concat()
}

fn invoice() -> EntitySchema {
    let rest = vec![
        date("due_date"),
        money("balance amount_paid"),
        reference("term", "payment_term"),
        reference("deal", "deal"),
        reference("project", "project"),
        text("purchase_order_number"),
        personal("bill_email"),
        address("billing_address"),
        address("shipping_address"),
        date_time("sent_at paid_at"),
    ];
    entity("invoice", "Invoice", "number", &[vec![document()], rest].concat())
}

fn credit_note() -> EntitySchema {
    let rest = vec![
        reference("invoice", "invoice"),
        money("remaining_credit"),
        text("reason"),
        personal("bill_email"),
    ];
    entity("credit_note", "Credit note", "number", &[vec![document()], rest].concat())
}

fn payment() -> EntitySchema {
    entity(
        "payment",
        "Payment",
        "number",
        &[
            text("number"),
            required(reference("customer", "customer")),
            required(date("date")),
            required(money("amount")),
            text("currency method status reference"),
            decimal("exchange_rate"),
            reference("account", "deposit_account"),
            array("invoices", "line_id"),
            text("invoices[*].line_id"),
            reference("invoice", "invoices[*].invoice"),
            money("invoices[*].amount unapplied_amount fee"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}
