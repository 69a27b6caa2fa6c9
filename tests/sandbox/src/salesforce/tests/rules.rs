//! What the org refuses to save.

use reqwest::Method;
use serde_json::{Value, json};

use super::desk::{Desk, parts, told};
use crate::salesforce::{DuplicateRule, SalesforceConfig, ValidationRule};

fn wrong() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        ("Account", json!({}), "REQUIRED_FIELD_MISSING", "Name"),
        ("Account", json!({"Name": "A", "Nonsense": 1}), "INVALID_FIELD", ""),
        (
            "Account",
            json!({"Name": "A", "CreatedDate": "2026-01-01"}),
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            "CreatedDate",
        ),
        ("Account", json!({"Name": "A", "AnnualRevenue": "ten"}), "JSON_PARSER_ERROR", ""),
        ("Account", json!({"Name": "A".repeat(256)}), "STRING_TOO_LONG", "Name"),
        ("Contact", json!({"LastName": "Lee", "Email": "nobody"}), "INVALID_EMAIL_ADDRESS", "Email"),
        ("Contact", json!({"LastName": "Lee", "Name": "Ada Lee"}), "INVALID_FIELD_FOR_INSERT_UPDATE", "Name"),
        ("Contact", json!({"LastName": "Lee", "AccountId": "x"}), "MALFORMED_ID", "AccountId"),
        (
            "Contact",
            json!({"LastName": "Lee", "AccountId": "0015g000000zzzz"}),
            "INVALID_CROSS_REFERENCE_KEY",
            "AccountId",
        ),
        ("Lead", json!({"LastName": "Lee"}), "REQUIRED_FIELD_MISSING", "Company"),
        (
            "Opportunity",
            json!({"Name": "D", "StageName": "Guess", "CloseDate": "2026-01-01"}),
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "StageName",
        ),
        (
            "Opportunity",
            json!({"Name": "D", "StageName": "Prospecting", "CloseDate": "01/02/2026"}),
            "JSON_PARSER_ERROR",
            "",
        ),
        ("Product2", json!({"Name": "P", "IsActive": null}), "JSON_PARSER_ERROR", ""),
    ]
}

#[tokio::test]
async fn values_are_checked_field_by_field() {
    let desk = Desk::open().await;
    for (object, body, code, field) in wrong() {
        let (status, body) = desk.write(Method::POST, &format!("/sobjects/{object}"), body).await;
        assert_eq!((status, told(&body).0.as_str()), (400, code), "{body}");
        assert_eq!(body[0]["fields"].get(0).and_then(Value::as_str).unwrap_or_default(), field, "{body}");
    }
    assert_eq!(desk.sandbox.stats()["creates"], 0);
}

#[tokio::test]
async fn the_org_has_rules_of_its_own() {
    let rule = ValidationRule {
        object: "Account".into(),
        field: "Type".into(),
        forbidden: "Competitor".into(),
        message: "no competitors here".into(),
    };
    let config = SalesforceConfig { validation_rules: vec![rule], ..SalesforceConfig::unlimited() };
    let desk = Desk::with(config).await;
    let body = json!({"Name": "A", "Type": "Competitor"});
    let refused = desk.refused(Method::POST, "/sobjects/Account", body).await;
    assert_eq!(refused, ("FIELD_CUSTOM_VALIDATION_EXCEPTION".to_owned(), "no competitors here".to_owned()));
}

#[tokio::test]
async fn a_duplicate_rule_alerts_or_blocks() {
    let config = SalesforceConfig { duplicate_rule: DuplicateRule::Alert, ..SalesforceConfig::unlimited() };
    let desk = Desk::with(config).await;
    let body = json!({"LastName": "Lee", "Email": "ada@acme.example"});
    desk.made("Contact", body.clone()).await;
    let path = "/sobjects/Contact";
    assert_eq!(desk.refused(Method::POST, path, body.clone()).await.0, "DUPLICATES_DETECTED");
    let allowed = async || {
        let request = desk.ask(Method::POST, path).header("sforce-duplicate-rule-header", "allowSave=true");
        parts(request.json(&body).send().await.unwrap()).await.0
    };
    assert_eq!(allowed().await, 201);
    desk.sandbox.set_duplicate_rule(DuplicateRule::Block);
    assert_eq!(allowed().await, 400);
}

#[tokio::test]
async fn a_locked_row_is_worth_another_try() {
    let desk = Desk::open().await;
    let id = desk.made("Account", json!({"Name": "Acme"})).await;
    desk.sandbox.lock_rows(1);
    let path = format!("/sobjects/Account/{id}");
    assert_eq!(desk.refused(Method::PATCH, &path, json!({"Phone": "1"})).await.0, "UNABLE_TO_LOCK_ROW");
    assert_eq!(desk.write(Method::PATCH, &path, json!({"Phone": "1"})).await.0, 204);
}

#[tokio::test]
async fn stages_prices_tasks_and_orders_have_rules() {
    let desk = Desk::open().await;
    let deal =
        json!({"Name": "Deal", "StageName": "Prospecting", "CloseDate": "2026-03-01", "Amount": 99.999});
    let deal = desk.made("Opportunity", deal).await;
    let read = || desk.sandbox.get("Opportunity", &deal).unwrap();
    assert_eq!((&read()["Probability"], &read()["Amount"]), (&json!(10), &json!(100)));
    desk.sandbox.edit("Opportunity", &deal, json!({"StageName": "Closed Won"})).unwrap();
    assert_eq!((&read()["Probability"], &read()["IsWon"]), (&json!(100), &json!(true)));
    let product = desk.made("Product2", json!({"Name": "Widget", "ProductCode": "W1"})).await;
    let partners = desk.column("SELECT Id FROM Pricebook2 WHERE IsStandard = false", "Id").await.remove(0);
    let price = |book: &str| json!({"Pricebook2Id": book, "Product2Id": product, "UnitPrice": 5});
    let path = "/sobjects/PricebookEntry";
    assert_eq!(desk.refused(Method::POST, path, price(&partners)).await.0, "STANDARD_PRICE_NOT_DEFINED");
    let standard = desk.sandbox.standard_pricebook();
    let entry = desk.made("PricebookEntry", price(&standard)).await;
    assert_eq!(desk.sandbox.get("PricebookEntry", &entry).unwrap()["ProductCode"], "W1");
    assert_eq!(desk.refused(Method::POST, path, price(&standard)).await.0, "DUPLICATE_VALUE");
    desk.made("PricebookEntry", price(&partners)).await;
    let task = desk.made("Task", json!({"Subject": "Call", "WhatId": deal})).await;
    assert_eq!(desk.sandbox.get("Task", &task).unwrap()["Status"], "Not Started");
    let account = desk.made("Account", json!({"Name": "Acme"})).await;
    let order = |status: &str| json!({"AccountId": account, "EffectiveDate": "2026-01-01", "Status": status});
    assert_eq!(
        desk.refused(Method::POST, "/sobjects/Order", order("Activated")).await.0,
        "FAILED_ACTIVATION"
    );
    let order = desk.made("Order", order("Draft")).await;
    desk.sandbox.edit("Order", &order, json!({"Status": "Activated"})).unwrap();
    assert!(desk.sandbox.delete("Order", &order).is_err());
}

#[tokio::test]
async fn permissions_can_be_missing() {
    let desk = Desk::open().await;
    desk.sandbox.forbid("Lead", true);
    let body = json!({"LastName": "Lee", "Company": "Acme"});
    let (status, refused) = desk.write(Method::POST, "/sobjects/Lead", body).await;
    assert_eq!((status, told(&refused).0.as_str()), (403, "INSUFFICIENT_ACCESS_OR_READONLY"));
    assert_eq!(told(&desk.query("query", "SELECT Id FROM Lead").await.1).0, "INVALID_TYPE");
    desk.sandbox.forbid("Lead", false);
    assert_eq!(desk.query("query", "SELECT Id FROM Lead").await.0, 200);
}
