//! Projects, parcels and messages.

use super::EntitySchema;
use super::build::{
    address, array, boolean, date, date_time, decimal, entity, money, personal, reference, required, text,
};

pub(super) fn all() -> Vec<EntitySchema> {
    vec![project(), shipment(), message()]
}

fn project() -> EntitySchema {
    entity(
        "project",
        "Project",
        "code",
        &[
            text("code"),
            required(text("name")),
            text("description status type currency"),
            reference("customer", "customer"),
            personal("manager"),
            money("budget"),
            date("start_date end_date"),
            boolean("billable active"),
            text("external_reference"),
        ],
    )
}

fn shipment() -> EntitySchema {
    entity(
        "shipment",
        "Shipment",
        "tracking_number",
        &[
            text("tracking_number carrier service status label_url currency"),
            reference("order", "order"),
            reference("customer", "customer"),
            personal("recipient_name recipient_email recipient_phone"),
            address("ship_from"),
            required(address("ship_to").into_iter().take(1).collect()),
            address("ship_to").into_iter().skip(1).collect(),
            array("parcels", "parcel_id"),
            text("parcels[*].parcel_id parcels[*].tracking_number"),
            decimal("parcels[*].weight parcels[*].length parcels[*].width parcels[*].height"),
            money("parcels[*].value cost insured_value"),
            date("ship_date estimated_delivery"),
            date_time("delivered_at"),
            text("external_reference"),
        ],
    )
}

fn message() -> EntitySchema {
    entity(
        "message",
        "Message",
        "",
        &[
            required(text("channel")),
            personal("from to cc bcc subject"),
            required(personal("body")),
            text("format status thread"),
            reference("customer", "customer"),
            reference("invoice", "invoice"),
            date_time("sent_at delivered_at"),
            text("external_reference"),
        ],
    )
}
