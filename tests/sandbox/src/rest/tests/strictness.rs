use serde_json::json;

use super::super::RestConfig;
use super::{ask, get, sandbox, with_records};
use crate::test_client::client;

#[tokio::test]
async fn unknown_and_malformed_parameters_are_refused_by_name() {
    let sandbox = sandbox(with_records(30)).await;
    let (_, page) = get(&sandbox, "/customers?limit=5").await;
    let cursor = page["next_cursor"].as_str().unwrap();
    let foreign = format!("/customers?limit=5&cursor={cursor}&include_deleted=true");
    let refused = [
        ("/customers?page=2", "page"),
        ("/customers?limit=0", "limit"),
        ("/customers?limit=1001", "limit"),
        ("/customers?limit=ten", "limit"),
        ("/customers?limit=5&limit=6", "limit"),
        ("/customers?updated_since=yesterday", "updated_since"),
        ("/customers?include_deleted=yes", "include_deleted"),
        ("/customers?cursor=abc", "cursor"),
        ("/customers?external_id=a&updated_since=2025-01-01T00:00:00Z", "external_id"),
        ("/customers/cus_00000001?expand=lines", "expand"),
        (foreign.as_str(), "cursor"),
    ];
    for (path, field) in refused {
        let (status, answer) = get(&sandbox, path).await;
        assert_eq!((status, &answer["error"]["field"]), (400, &json!(field)), "{path}");
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn what_is_not_modelled_is_answered_501() {
    let sandbox = sandbox(with_records(1)).await;
    let url = |path: &str| format!("{}{path}", sandbox.base_url);
    let requests = [
        client().get(url("/")),
        client().get(url("/invoices")),
        client().get(url("/customers/")),
        client().get(url("/customers/cus_00000001/orders")),
        client().post(url("/customers/cus_00000001")),
        client().put(url("/customers")),
        client().get(url("/admin/force")),
    ];
    for request in requests {
        let (status, answer) = ask(request).await;
        assert_eq!((status, &answer["error"]["code"]), (501, &json!("not_modelled")));
    }
    assert_eq!(sandbox.stats()["not_modelled"], json!(6));
    sandbox.stop().await;
}

#[tokio::test]
async fn ids_have_one_spelling() {
    let sandbox = sandbox(with_records(1)).await;
    for id in ["cus_1", "cus_000000001", "ord_00000001", "cus_00000002", "cus_+0000001"] {
        assert_eq!(get(&sandbox, &format!("/customers/{id}")).await.0, 404, "{id}");
    }
    sandbox.stop().await;
}

#[tokio::test]
async fn a_key_is_demanded_where_there_is_one_but_not_for_admin() {
    let sandbox = sandbox(RestConfig { api_key: Some("k-1".to_owned()), ..with_records(1) }).await;
    let request = || client().get(format!("{}/customers", sandbox.base_url));
    assert_eq!(ask(request()).await.0, 401);
    assert_eq!(ask(request().bearer_auth("k-2")).await.0, 401);
    assert_eq!(ask(request().bearer_auth("k-1")).await.0, 200);
    assert_eq!(get(&sandbox, "/admin/stats").await.0, 200);
    sandbox.stop().await;
}

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let sandbox = sandbox(with_records(0)).await;
    let post = || client().post(format!("{}/customers", sandbox.base_url));
    assert_eq!(ask(post().body("{}")).await.0, 415);
    let json = || post().header("Content-Type", "application/json; charset=utf-8");
    assert_eq!(ask(json().body("{")).await.0, 400);
    assert_eq!(ask(json().body("[]")).await.0, 400);
    let record = || json().body(r#"{"name":"A"}"#);
    assert_eq!(ask(record().header("If-Match", "\"1\"")).await.0, 400);
    assert_eq!(ask(record()).await.0, 201);
    sandbox.stop().await;
}
