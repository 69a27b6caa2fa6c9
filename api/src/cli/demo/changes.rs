//! Changes on both sides while everything runs, and colliding ones while nothing does.

use sandbox::faults::Fault;
use serde_json::{Value, json};

use super::client::text;
use super::rows;
use super::stage::{Linked, Stage};

/// Changes here, changes there, new records on both sides; answers of writes get lost on the way.
pub(super) async fn both_sides(stage: &Stage) -> anyhow::Result<()> {
    stage.books.faults.force_write(Fault::DropAfter, 2);
    let customers = stage.linked("customer").await?;
    let mut customers = customers.iter();
    for customer in customers.by_ref().take(3) {
        let phone = format!("+31 20 555 {:0>4}", customer.local_id);
        stage.put("customer", &customer.local_id, json!({"phone": phone})).await?;
    }
    for Linked { local_id, remote_id } in customers.by_ref().take(2) {
        let address = format!("books+{local_id}@example.com");
        stage.edit("Customer", remote_id, json!({"PrimaryEmailAddr": {"Address": address}}))?;
    }
    // One record, both sides, different fields: nothing collides, both arrive.
    if let Some(Linked { local_id, remote_id }) = customers.next() {
        stage.put("customer", local_id, json!({"notes": "prefers deliveries on Tuesdays"})).await?;
        stage.edit("Customer", remote_id, json!({"PrimaryPhone": {"FreeFormNumber": "+31 10 555 0101"}}))?;
    }
    for product in stage.linked("product").await?.iter().take(2) {
        stage.edit("Item", &product.remote_id, json!({"Description": "as written by the bookkeeper"}))?;
    }
    stage.create("Customer", json!({"DisplayName": "Harbour Museum", "CompanyName": "Harbour Museum"}))?;
    stage.create("Customer", json!({"DisplayName": "Night Market", "Notes": "opened at the provider"}))?;
    stage.put("customer", "2099", json!({"name": "Customer 2099", "address": {"country": "Norway"}})).await?;
    pay(stage).await
}

/// Two invoices are paid: the payments go out, and the balances come back.
async fn pay(stage: &Stage) -> anyhow::Result<()> {
    for invoice in stage.linked("invoice").await?.iter().take(2) {
        let body = stage.record("invoice", &invoice.local_id).await?;
        let number = format!("P-{}", invoice.local_id);
        let applied = json!([{"line_id": "1", "invoice": invoice.local_id, "amount": body["total"]}]);
        let payment = json!({"number": number, "customer": body["customer"], "date": "2024-04-02",
            "amount": body["total"], "invoices": applied});
        stage.put("payment", &number, payment).await?;
    }
    Ok(())
}

/// While the integration is disabled both sides change the same field of one record per strategy.
pub(super) async fn collide(stage: &Stage, integration: &str) -> anyhow::Result<()> {
    stage.hub.post(&format!("/v1/integrations/{integration}/disable"), json!({})).await?;
    let phone = |number: &str| json!({"PrimaryPhone": {"FreeFormNumber": number}});
    if let Some(customer) = last(stage, "customer").await? {
        stage.put("customer", &customer.local_id, json!({"phone": "+31 20 555 0001"})).await?;
        stage.edit("Customer", &customer.remote_id, phone("+31 20 555 0002"))?;
    }
    if let Some(product) = last(stage, "product").await? {
        stage.put("product", &product.local_id, json!({"description": "as the shop says"})).await?;
        stage.edit("Item", &product.remote_id, json!({"Description": "as the books say"}))?;
    }
    if let Some(invoice) = last(stage, "invoice").await? {
        stage.put("invoice", &invoice.local_id, json!({"memo": "left at the door"})).await?;
        stage.edit("Invoice", &invoice.remote_id, json!({"PrivateNote": "collected in person"}))?;
    }
    if let Some(note) = last(stage, "credit_note").await? {
        stage.put("credit_note", &note.local_id, json!({"memo": "damaged in transit"})).await?;
        let patch = json!({"PrivateNote": "returned unused", "CustomerMemo": {"value": "thank you"}});
        stage.edit("CreditMemo", &note.remote_id, patch)?;
    }
    stage.hub.post(&format!("/v1/integrations/{integration}/enable"), json!({})).await?;
    Ok(())
}

/// The last pair in step; an input may have none.
async fn last(stage: &Stage, entity: &str) -> anyhow::Result<Option<Linked>> {
    Ok(stage.linked(entity).await?.into_iter().next_back())
}

/// A person settles what the strategy leaves to one. Answers how many conflicts waited.
pub(super) async fn settle(stage: &Stage) -> anyhow::Result<usize> {
    let open = rows::all(stage.store.read_store.as_ref(), "v_conflicts").await?;
    let open: Vec<&Value> = open.iter().filter(|row| row["status"] == "open").collect();
    for conflict in &open {
        let id = text(conflict, "id")?;
        stage
            .hub
            .post(&format!("/v1/conflicts/{}/resolve", escaped(id)), json!({"resolution": "local"}))
            .await?;
    }
    Ok(open.len())
}

fn escaped(id: &str) -> String {
    url::form_urlencoded::byte_serialize(id.as_bytes()).collect()
}
