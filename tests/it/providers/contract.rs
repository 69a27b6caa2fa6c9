//! What went over the wire, held against the provider's official description, where this machine has it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;

use descriptions::{Description, Exchange};
use sandbox::kit::recorder;

/// Holds a run's exchanges against the provider's description; panics with what is not as described.
///
/// The operations that were used are added to `target/contract/<provider>.txt`, one in a line, for `make contracts`.
pub(super) fn hold(provider: &str, exchanges: Vec<recorder::Exchange>) {
    let Some(description) = Description::of(provider).expect("the description can be read") else {
        say(&format!("{provider}: no official description on this machine, nothing was held against it"));
        return;
    };
    let exchanges: Vec<Exchange> = exchanges.into_iter().filter(|one| one.complete).map(read).collect();
    let coverage = description.cover(&exchanges);
    write(provider, &coverage.operations);
    say(&format!(
        "{provider}: {} operations held against the description, {} undescribed: {:?}",
        coverage.operations.len(),
        coverage.undescribed.len(),
        coverage.undescribed
    ));
    let problems = coverage.problems.iter().filter(|(what, _)| !excused(provider, what));
    let problems: Vec<String> = problems.map(|(what, times)| format!("{times} x {what}")).collect();
    assert!(problems.is_empty(), "{provider} does not keep to its description:\n{}", problems.join("\n"));
}

#[expect(
    clippy::print_stdout,
    reason = "what was held against a description is read by whoever runs the test"
)]
fn say(words: &str) {
    println!("{words}");
}

/// Where a description is wrong or older than the provider, each with its source.
const EXCUSED: &[(&str, &str)] = &[
    // The description is of 2023-08-16; the version pinned is two years younger (docs.stripe.com/upgrades), and so is
    // the event (docs.stripe.com/api/events/types).
    ("stripe", "\"2025-09-30.clover\" is not one of"),
    ("stripe", "\"refund.failed\" is not one of"),
    // Renamed with 2024-04-10, and shown of every product since.
    ("stripe", "answer: \"features\" is a required property"),
    ("stripe", "answer: `.marketing_features` is not described"),
    ("stripe", "answer: `.type` is not described"),
    ("stripe", "answer: `.data[0].type` is not described"),
    ("stripe", "answer: `.data[0].marketing_features` is not described"),
    // What basil (docs.stripe.com/changelog/basil/2025-03-31) and the versions around it took away and added; the sample
    // objects of 2026-08 (stripe/openapi, fixtures3.json) show all of it.
    ("stripe", "answer: \"paid\" is a required property"),
    ("stripe", "answer: \"paid_out_of_band\" is a required property"),
    ("stripe", "answer: \"proration\" is a required property"),
    ("stripe", "answer: \"total_tax_amounts\" is a required property"),
    ("stripe", "answer: \"tax_amounts\" is a required property"),
    ("stripe", "answer: \"type\" is a required property at `/lines/data/"),
    ("stripe", "answer: \"type\" is a required property at `/data/0/lines/data/"),
    ("stripe", ".amount_overpaid` is not described"),
    ("stripe", ".automatic_tax.liability` is not described"),
    ("stripe", ".automatically_finalizes_at` is not described"),
    ("stripe", ".issuer` is not described"),
    ("stripe", ".lines.data[0].invoice` is not described"),
    ("stripe", ".parent` is not described"),
    ("stripe", ".pretax_credit_amounts` is not described"),
    ("stripe", ".pricing` is not described"),
    ("stripe", ".subtotal` is not described"),
    ("stripe", ".taxes` is not described"),
    ("stripe", ".total_taxes` is not described"),
    ("stripe", ".pre_payment_amount` is not described"),
    ("stripe", ".post_payment_amount` is not described"),
    ("stripe", ".refunds` is not described"),
    ("stripe", ".application_fee` is not described"),
    ("stripe", ".application_fee_amount` is not described"),
    ("stripe", ".destination_details` is not described"),
    ("stripe", ".source` is not described"),
    // Every answer has this envelope: the description's own examples show it, its schemas leave it out.
    ("xero", "answer: `.Id` is not described"),
    ("xero", "answer: `.Status` is not described"),
    ("xero", "answer: `.ProviderName` is not described"),
    ("xero", "answer: `.DateTimeUTC` is not described"),
    // The ISO twins of `/Date(…)/`: in the examples of the description and on the wire, in no schema.
    ("xero", "DateString` is not described"),
    ("xero", "UpdatedDateUTCString` is not described"),
    // `errorResponse` has the code only; every one of the description's own examples has a message beside it.
    ("hmrc", "answer: `.message` is not described"),
    // The description is of version 2025-01. `uri` is there from 2025-10, `identifier` of `productSet` and the whole of
    // `customerSet` from 2025-04 (shopify.dev/changelog: "support all URI types", "now support upserts and custom IDs").
    ("shopify", "key uri not in type WebhookSubscriptionInput"),
    ("shopify", "`WebhookSubscription` does not have a field `uri`"),
    ("shopify", "the argument `identifier` is not supported by `Mutation.productSet`"),
    ("shopify", "cannot find type `ProductSetIdentifiers`"),
    ("shopify", "`Mutation` does not have a field `customerSet`"),
    ("shopify", "($identifier: CustomerIdentifierInput!) { customerByIdentifier"),
    ("shopify", "cannot find type `CustomerSetI"),
    ("shopify", "$identifier: CustomerSetIdentifiers!, $input: CustomerSetInput!) {: unused variable"),
    ("shopify", "$input: CustomerSetInput!) {: fragment `Customer` must be used in an operation"),
];

fn excused(provider: &str, problem: &str) -> bool {
    EXCUSED.iter().any(|(of, part)| *of == provider && problem.contains(part))
}

fn read(one: recorder::Exchange) -> Exchange {
    let content_type = one.request_headers.iter().find(|(name, _)| name == "content-type");
    let answer_type = one.headers.iter().find(|(name, _)| name == "content-type");
    Exchange {
        content_type: content_type.map(|(_, value)| value.clone()),
        answer_type: answer_type.map(|(_, value)| value.clone()),
        method: one.method,
        path: one.path,
        query: one.query,
        body: one.request_body.to_vec(),
        status: one.status,
        answer: one.body.to_vec(),
    }
}

/// Tests are processes of their own; each adds its lines.
fn write(provider: &str, operations: &BTreeSet<String>) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../contract");
    let mut lines = operations.iter().cloned().collect::<Vec<_>>().join("\n");
    lines.push('\n');
    let written = std::fs::create_dir_all(&folder).and_then(|()| {
        let mut options = std::fs::OpenOptions::new();
        options
            .create(true)
            .append(true)
            .open(folder.join(format!("{provider}.txt")))?
            .write_all(lines.as_bytes())
    });
    written.expect("the target folder can be written");
}
