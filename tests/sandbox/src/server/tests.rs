use std::time::Duration;

use axum::Router;
use axum::routing::get;

use super::{drop_connection, serve};
use crate::test_client::client;

fn router() -> Router {
    Router::new()
        .route("/", get(|| async { "ok" }))
        .route("/drop", get(|| async { drop_connection() as () }))
        .route("/hang", get(|| async { tokio::time::sleep(Duration::from_mins(1)).await }))
}

#[tokio::test]
async fn a_dropped_connection_is_an_error_and_the_server_goes_on() {
    let running = serve(router(), None).await.unwrap();
    let client = client();
    for _ in 0..3 {
        let dropped = client.get(format!("{}/drop", running.base_url)).send().await;
        assert!(dropped.unwrap_err().is_request());
        let answer = client.get(&running.base_url).send().await.unwrap();
        assert_eq!(answer.text().await.unwrap(), "ok");
    }
    running.stop().await;
}

#[tokio::test]
async fn stop_cuts_open_connections_and_frees_the_port() {
    let running = serve(router(), None).await.unwrap();
    let (addr, url) = (running.addr, running.base_url.clone());
    let hanging = tokio::spawn(client().get(format!("{url}/hang")).send());
    client().get(&url).send().await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    running.stop().await;
    assert!(hanging.await.unwrap().is_err());
    assert!(client().get(&url).send().await.is_err());
    let again = serve(router(), Some(addr)).await.unwrap();
    assert_eq!(again.base_url, url);
    assert!(client().get(&url).send().await.is_ok());
    again.stop().await;
}
