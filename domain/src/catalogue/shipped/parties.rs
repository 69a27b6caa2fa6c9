//! Whom a business deals with.

use super::EntitySchema;
use super::build::{
    address, boolean, date, date_time, decimal, entity, integer, money, personal, reference, required, text,
};

pub(super) fn all() -> Vec<EntitySchema> {
    vec![customer(), vendor(), contact(), company(), lead(), opportunity(), deal(), project_relationships()]
}

fn customer() -> EntitySchema {
    entity(
        "customer",
        "Customer",
        "name",
        &[
            required(personal("name")),
            personal("display_name first_name last_name email phone mobile"),
            personal("company"),
            text("website"),
            address("address"),
            address("shipping_address"),
            text("currency language"),
            reference("term", "payment_term"),
            personal("tax_id"),
            boolean("tax_exempt active"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}

fn vendor() -> EntitySchema {
    entity(
        "vendor",
        "Vendor",
        "name",
        &[
            required(personal("name")),
            personal("display_name first_name last_name email phone company"),
            text("website"),
            address("address"),
            text("currency account_number"),
            reference("term", "payment_term"),
            personal("tax_id bank_account"),
            boolean("active"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}

fn contact() -> EntitySchema {
    entity(
        "contact",
        "Contact",
        "email",
        &[
            personal("first_name"),
            required(personal("last_name")),
            personal("email phone mobile"),
            text("job_title department lifecycle_stage"),
            reference("company", "company"),
            reference("customer", "customer"),
            text("owner language source"),
            address("address"),
            date("birthday"),
            boolean("marketing_consent active"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}

fn company() -> EntitySchema {
    entity(
        "company",
        "Company",
        "name",
        &[
            required(text("name")),
            text("legal_name registration_number domain website industry type status"),
            personal("email phone"),
            address("address"),
            text("sic_codes owner currency country"),
            integer("employee_count"),
            money("annual_revenue"),
            date("incorporated_on"),
            personal("tax_id"),
            boolean("active"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}

fn lead() -> EntitySchema {
    entity(
        "lead",
        "Lead",
        "email",
        &[
            personal("first_name"),
            required(personal("last_name")),
            personal("company email phone"),
            text("job_title status source rating industry owner website"),
            address("address"),
            boolean("converted"),
            date_time("converted_at"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}

fn opportunity() -> EntitySchema {
    entity(
        "opportunity",
        "Opportunity",
        "name",
        &[
            required(text("name")),
            reference("customer", "customer"),
            reference("company", "company"),
            reference("contact", "contact"),
            reference("subscription", "subscription"),
            required(text("stage")),
            money("amount"),
            text("currency type source owner next_step"),
            decimal("probability"),
            date("close_date"),
            boolean("won closed"),
            text("external_reference description"),
        ],
    )
}

fn deal() -> EntitySchema {
    entity(
        "deal",
        "Deal",
        "name",
        &[
            required(text("name")),
            reference("customer", "customer"),
            reference("company", "company"),
            reference("contact", "contact"),
            reference("subscription", "subscription"),
            reference("invoice", "invoice"),
            text("pipeline stage owner type"),
            money("amount"),
            text("currency"),
            decimal("probability"),
            date("close_date"),
            text("external_reference description"),
        ],
    )
}

/// The trigger configs of document 001 filter on `entity_type` and `role_can_be_vendor`.
fn project_relationships() -> EntitySchema {
    entity(
        "project_relationships",
        "Project relationship",
        "name",
        &[
            required(personal("name")),
            text("entity_type status"),
            boolean("role_can_be_vendor role_can_be_customer role_can_be_employee"),
            personal("email phone company"),
            address("address"),
            text("currency country_code registration_number"),
            personal("tax_id"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}
