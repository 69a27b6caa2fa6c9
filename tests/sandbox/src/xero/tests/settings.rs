//! Items, accounts, tax rates, tracking, the organisation, and the administrative routes.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, text};

#[tokio::test]
async fn items_have_unique_codes_and_vanish_when_deleted() {
    let desk = Desk::open().await;
    let item = desk.made("Items", json!({"Code": "W", "Name": "Widget"})).await;
    assert!(desk.refused(Method::PUT, "/Items", json!({"Code": "W"})).await.contains("already exists"));
    let same = desk.saved("/Items", json!({"Code": "W", "Name": "Wider"})).await;
    assert_eq!((&same["ItemID"], &same["Name"]), (&item["ItemID"], &json!("Wider")));
    assert_eq!(desk.get("/Items/W").await.1["Items"][0]["Name"], "Wider");
    assert_eq!(desk.delete(&format!("/Items/{}", text(&item, "ItemID"))).await, (204, json!("")));
    assert_eq!(desk.get("/Items").await.1["Items"], json!([]));
    let wrong = json!({"Code": "X", "SalesDetails": {"AccountCode": "999"}});
    assert!(desk.refused(Method::PUT, "/Items", wrong).await.contains("not a valid code"));
}

#[tokio::test]
async fn accounts_have_a_class_by_type() {
    let desk = Desk::open().await;
    let seeded = desk.list("Accounts", &[("where", "Type==\"BANK\"")]).await;
    assert_eq!(seeded.len(), 2);
    let made = desk.made("Accounts", json!({"Code": "201", "Name": "Services", "Type": "REVENUE"})).await;
    assert_eq!((&made["Class"], &made["Status"]), (&json!("REVENUE"), &json!("ACTIVE")));
    let twice = json!({"Code": "201", "Name": "Other", "Type": "REVENUE"});
    assert_eq!(desk.refused(Method::PUT, "/Accounts", twice.clone()).await, "Please enter a unique Code.");
    assert_eq!(desk.post("/Accounts", twice).await.0, 501, "not offered");
    let path = format!("/Accounts/{}", text(&made, "AccountID"));
    assert_eq!(desk.saved(&path, json!({"Status": "ARCHIVED"})).await["Status"], "ARCHIVED");
    assert_eq!(desk.delete(&path).await.1["Accounts"][0]["Status"], "DELETED");
    assert_eq!(desk.get(&path).await.0, 404);
    let debtors = desk.list("Accounts", &[("where", "SystemAccount==\"DEBTORS\"")]).await;
    let (status, _) = desk.delete(&format!("/Accounts/{}", text(&debtors[0], "AccountID"))).await;
    assert_eq!(status, 400);
}

#[tokio::test]
async fn tax_rates_add_their_components_up() {
    let desk = Desk::open().await;
    let body = json!({"Name": "Local", "ReportTaxType": "OUTPUT", "TaxComponents": [
        {"Name": "State", "Rate": 7.5}, {"Name": "City", "Rate": 0.25}]});
    let made = desk.made("TaxRates", body).await;
    assert_eq!((made["EffectiveRate"].to_string(), &made["TaxType"]), ("7.75".into(), &json!("TAX001")));
    let gone = desk.saved("/TaxRates", json!({"Name": "Local", "Status": "DELETED"})).await;
    assert_eq!(gone["Status"], "DELETED");
    assert_eq!(desk.get("/TaxRates/OUTPUT2").await.1["TaxRates"][0]["EffectiveRate"], 20);
}

#[tokio::test]
async fn tracking_has_two_categories_with_options() {
    let desk = Desk::open().await;
    let region = desk.made("TrackingCategories", json!({"Name": "Region"})).await;
    desk.made("TrackingCategories", json!({"Name": "Team"})).await;
    assert!(desk.refused(Method::PUT, "/TrackingCategories", json!({"Name": "Third"})).await.contains("two"));
    let path = format!("/TrackingCategories/{}", text(&region, "TrackingCategoryID"));
    let (_, options) = desk.put(&format!("{path}/Options"), json!({"Name": "North"})).await;
    let option = options["Options"][0].clone();
    let track = |option: &str| {
        json!({"LineItems": [{"Description": "W", "UnitAmount": 1, "AccountCode": "200",
            "Tracking": [{"Name": "Region", "Option": option}]}]})
    };
    let made = desk.invoice(track("North")).await;
    assert_eq!(made["LineItems"][0]["Tracking"][0]["TrackingOptionID"], option["TrackingOptionID"]);
    let bad = super::desk::invoice(track("South"));
    assert!(desk.refused(Method::PUT, "/Invoices", bad).await.contains("tracking option"));
    let own = format!("{path}/Options/{}", text(&option, "TrackingOptionID"));
    assert_eq!(desk.post(&own, json!({"Status": "ARCHIVED"})).await.1["Options"][0]["IsActive"], false);
    assert_eq!(desk.delete(&own).await.1["Options"][0]["Status"], "DELETED");
    assert_eq!(desk.delete(&path).await.1["TrackingCategories"][0]["Status"], "DELETED");
}

#[tokio::test]
async fn the_organisation_describes_itself() {
    let desk = Desk::open().await;
    let (_, body) = desk.get("/Organisation").await;
    let own = &body["Organisations"][0];
    assert_eq!((&own["BaseCurrency"], &own["CountryCode"]), (&json!("GBP"), &json!("GB")));
    assert_eq!(own["OrganisationID"], desk.sandbox.tenant_id);
}

#[tokio::test]
async fn a_run_is_steered_over_http() {
    let desk = Desk::open().await;
    let base = desk.sandbox.base_url.clone();
    let post = async |path: &str, body: Value| {
        parts(desk.http.post(format!("{base}/admin/{path}")).json(&body).send().await.unwrap()).await
    };
    let (status, made) = post("create/Contact", json!({"Name": "By hand"})).await;
    assert_eq!(status, 200, "{made}");
    let id = text(&made, "ContactID");
    assert_eq!(post(&format!("edit/Contact/{id}"), json!({"FirstName": "F"})).await.1["FirstName"], "F");
    assert_eq!(post(&format!("delete/Contact/{id}"), json!({})).await.1["ContactStatus"], "ARCHIVED");
    post("expire", json!({})).await;
    assert_eq!(desk.get("/Contacts").await.0, 401);
    let (_, stats) = parts(desk.http.get(format!("{base}/admin/stats")).send().await.unwrap()).await;
    assert_eq!((&stats["unauthorized"], &stats["creates"]), (&json!(1), &json!(0)));
    assert_eq!(stats["records"]["Contact"], 1);
}
