//! The ledger, purchases and taxes.

use super::EntitySchema;
use super::build::{
    array, boolean, date, date_time, decimal, entity, integer, lines, money, personal, reference, required,
    text,
};

pub(super) fn all() -> Vec<EntitySchema> {
    vec![
        bill(),
        bill_payment(),
        expense(),
        account(),
        class(),
        journal(),
        transaction(),
        transactions(),
        tax_code(),
        term(),
        vat_return(),
    ]
}

fn bill() -> EntitySchema {
    entity(
        "bill",
        "Bill",
        "number",
        &[
            text("number"),
            required(reference("vendor", "vendor")),
            required(date("date")),
            date("due_date"),
            text("currency status"),
            decimal("exchange_rate"),
            lines(),
            money("subtotal tax_total total balance"),
            reference("term", "payment_term"),
            reference("account", "payable_account"),
            reference("project", "project"),
            text("external_reference memo"),
            personal("notes"),
        ],
    )
}

/// What was paid to a vendor, from a bank account or by a card, and the bills it was for.
fn bill_payment() -> EntitySchema {
    entity(
        "bill_payment",
        "Bill payment",
        "number",
        &[
            text("number"),
            required(reference("vendor", "vendor")),
            required(date("date")),
            required(money("amount")),
            text("currency method status"),
            decimal("exchange_rate"),
            reference("account", "bank_account card_account payable_account"),
            array("bills", "line_id"),
            text("bills[*].line_id"),
            reference("bill", "bills[*].bill"),
            money("bills[*].amount unapplied_amount"),
            text("external_reference memo"),
            personal("notes"),
        ],
    )
}

/// The fields that document 004 maps (`expense_amount`, `expense_date`, the type behind the accounting codes).
fn expense() -> EntitySchema {
    entity(
        "expense",
        "Expense",
        "number",
        &[
            text("number"),
            money("expense_amount amount tax_amount"),
            date("expense_date date"),
            text("expense_type currency payment_method status category"),
            reference("vendor", "vendor"),
            reference("customer", "customer"),
            reference("project", "project"),
            reference("account", "account payment_account"),
            reference("tax_code", "tax_code"),
            lines(),
            personal("employee description"),
            decimal("distance_km"),
            boolean("billable reimbursable"),
            text("receipt_url external_reference"),
            personal("notes"),
        ],
    )
}

fn account() -> EntitySchema {
    entity(
        "account",
        "Account",
        "code",
        &[
            text("code"),
            required(text("name")),
            text("full_name type subtype classification currency description"),
            reference("account", "parent"),
            money("balance"),
            boolean("active"),
            text("external_reference"),
        ],
    )
}

/// What amounts are told apart by beside their account: a department, a shop, a line of business.
fn class() -> EntitySchema {
    entity(
        "class",
        "Class",
        "name",
        &[
            required(text("name")),
            text("full_name code description"),
            reference("class", "parent"),
            boolean("active"),
            text("external_reference"),
        ],
    )
}

/// An entry in the general ledger: a line has a debit or a credit, and all debits equal all credits.
fn journal() -> EntitySchema {
    entity(
        "journal",
        "Journal entry",
        "number",
        &[
            text("number"),
            required(date("date")),
            text("currency status"),
            decimal("exchange_rate"),
            array("lines", "line_id"),
            text("lines[*].line_id lines[*].description"),
            reference("account", "lines[*].account"),
            money("lines[*].debit lines[*].credit"),
            reference("class", "lines[*].class"),
            reference("tax_code", "lines[*].tax_code"),
            reference("customer", "lines[*].customer"),
            reference("vendor", "lines[*].vendor"),
            boolean("adjustment"),
            money("total"),
            text("external_reference memo"),
        ],
    )
}

/// A movement on a bank or ledger account.
fn transaction() -> EntitySchema {
    entity(
        "transaction",
        "Transaction",
        "reference",
        &[
            required(date("date")),
            required(money("amount")),
            text("currency direction status type category reference"),
            reference("account", "account"),
            personal("description counterparty_name counterparty_account"),
            money("fee net balance_after"),
            date_time("booked_at"),
            boolean("pending"),
            text("external_reference"),
        ],
    )
}

/// The trigger configs of document 001 filter on `transaction_type`, `transaction_direction` and `status`.
fn transactions() -> EntitySchema {
    entity(
        "transactions",
        "Project transaction",
        "reference",
        &[
            text(
                "transaction_type transaction_direction status reference currency payment_method account_category",
            ),
            reference("project_relationships", "relationship"),
            date("transaction_date due_date"),
            money("amount tax_amount total"),
            reference("account", "account"),
            reference("tax_code", "tax_code"),
            reference("project", "project"),
            lines(),
            personal("description"),
            date_time("approved_at"),
            text("external_reference"),
            personal("notes"),
        ],
    )
}

fn tax_code() -> EntitySchema {
    entity(
        "tax_code",
        "Tax code",
        "code",
        &[
            required(text("code")),
            text("name description country region type"),
            decimal("rate"),
            boolean("taxable active"),
            array("rates", "rate_id"),
            text("rates[*].rate_id rates[*].name"),
            decimal("rates[*].rate"),
            text("external_reference"),
        ],
    )
}

fn term() -> EntitySchema {
    entity(
        "term",
        "Payment term",
        "name",
        &[
            required(text("name")),
            text("type"),
            integer("due_days discount_days due_day_of_month"),
            decimal("discount_percent"),
            boolean("active"),
            text("external_reference"),
        ],
    )
}

/// The nine boxes of a United Kingdom VAT return (HMRC, VAT API 1.0).
fn vat_return() -> EntitySchema {
    entity(
        "vat_return",
        "VAT return",
        "period_key",
        &[
            required(text("period_key")),
            personal("vat_registration_number"),
            date("period_start period_end due_date"),
            required(money(
                "vat_due_sales vat_due_acquisitions total_vat_due vat_reclaimed_curr_period net_vat_due",
            )),
            required(money("total_value_sales_ex_vat total_value_purchases_ex_vat")),
            required(money("total_value_goods_supplied_ex_vat total_acquisitions_ex_vat")),
            boolean("finalised"),
            text("status receipt"),
            date_time("submitted_at"),
            text("external_reference"),
        ],
    )
}
