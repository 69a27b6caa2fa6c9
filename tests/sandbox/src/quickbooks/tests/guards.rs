//! Who may ask, how often, and for what.

use serde_json::json;

use super::desk::{Desk, code, parts};
use crate::quickbooks::QuickBooksConfig;

#[tokio::test]
async fn tokens_expire_and_the_401_is_lower_case() {
    let desk = Desk::open().await;
    let response = desk.try_get("/query?query=select%20*%20from%20Customer").await.unwrap();
    assert!(response.headers().contains_key("intuit_tid"));
    desk.sandbox.advance_clock(3601);
    let response = desk.try_get("/customer/1").await.unwrap();
    assert!(response.headers().contains_key("www-authenticate"));
    let (status, body) = parts(response).await;
    assert_eq!(status, 401);
    assert_eq!(body["fault"]["error"][0]["code"], "3200");
    assert_eq!(body["fault"]["type"], "AUTHENTICATION");
}

#[tokio::test]
async fn another_company_is_forbidden() {
    let desk = Desk::open().await;
    let url = format!("{}/v3/company/123/customer/1", desk.sandbox.base_url);
    let request = desk.http.get(url).bearer_auth(&desk.token).header("accept", "application/json");
    let (status, body) = parts(request.send().await.unwrap()).await;
    assert_eq!((status, code(&body).as_str()), (403, "3100"));
}

#[tokio::test]
async fn minor_versions_above_75_are_refused() {
    let desk = Desk::open().await;
    for (version, wanted) in [("75", 200), ("4", 200), ("76", 400), ("x", 400), ("0", 400)] {
        assert_eq!(desk.get(&format!("/preferences?minorversion={version}")).await.0, wanted, "{version}");
    }
}

#[tokio::test]
async fn required_headers_are_required() {
    let desk = Desk::open().await;
    let url = format!("{}/preferences", desk.sandbox.company_url());
    let (status, body) = parts(desk.http.get(url).bearer_auth(&desk.token).send().await.unwrap()).await;
    assert_eq!(status, 501, "{body}");
    let url = format!("{}/customer", desk.sandbox.company_url());
    let request = desk.http.post(url).bearer_auth(&desk.token).header("accept", "application/json");
    let (status, body) = parts(request.body("{}").send().await.unwrap()).await;
    assert_eq!((status, code(&body).as_str()), (400, "500"));
}

#[tokio::test]
async fn requests_above_the_limit_get_429() {
    let config = QuickBooksConfig { requests_per_second: 3, ..QuickBooksConfig::unlimited() };
    let desk = Desk::with(config).await;
    let mut statuses = Vec::new();
    for _ in 0..5 {
        statuses.push(desk.get("/preferences").await.0);
    }
    assert_eq!(statuses, [200, 200, 200, 429, 429]);
    let (_, body) = desk.get("/preferences").await;
    assert_eq!(code(&body), "3001");
    desk.sandbox.advance_clock(1);
    assert_eq!(desk.get("/preferences").await.0, 200);
    assert_eq!(desk.sandbox.stats().throttled, 3);
}

#[tokio::test]
async fn batches_have_a_limit_of_their_own() {
    let config = QuickBooksConfig { batch_per_minute: 1, ..QuickBooksConfig::unlimited() };
    let desk = Desk::with(config).await;
    let batch = json!({"BatchItemRequest": [{"bId": "1", "Query": "select * from Term"}]});
    assert_eq!(desk.post("/batch", batch.clone()).await.0, 200);
    assert_eq!(desk.post("/batch", batch).await.0, 429);
    assert_eq!(desk.get("/preferences").await.0, 200);
}

#[tokio::test]
async fn what_is_not_modelled_says_so() {
    let desk = Desk::open().await;
    for path in ["/estimate/1", "/reports/ProfitAndLoss", "/invoice/1/pdf"] {
        let (status, body) = desk.get(path).await;
        assert_eq!(status, 501, "{path}");
        assert!(body["not_modelled"].is_string());
    }
    assert_eq!(desk.ask("select * from Estimate").await.0, 501);
    assert_eq!(desk.post("/invoice?operation=send", json!({})).await.0, 501);
    assert_eq!(desk.post("/taxcode", json!({})).await.0, 501);
    let elsewhere = format!("{}/v4/entities", desk.sandbox.base_url);
    assert_eq!(desk.http.get(elsewhere).send().await.unwrap().status(), 501);
    assert_eq!(desk.sandbox.stats().not_modelled, 7);
}

#[tokio::test]
async fn the_admin_surface_edits_and_counts() {
    let desk = Desk::open().await;
    let customer = desk.customer("Acme").await;
    let id = customer["Id"].as_str().unwrap();
    let url = format!("{}/admin/edit/Customer/{id}", desk.sandbox.base_url);
    let request = desk.http.post(url).json(&json!({"CompanyName": "Acme Ltd"}));
    let (status, edited) = parts(request.send().await.unwrap()).await;
    assert_eq!((status, edited["SyncToken"].as_str()), (200, Some("1")));
    let url = format!("{}/admin/stats", desk.sandbox.base_url);
    let (_, stats) = parts(desk.http.get(url).send().await.unwrap()).await;
    assert_eq!(stats["creates"], 1);
    assert_eq!(stats["requests"]["POST customer"], 1);
}
