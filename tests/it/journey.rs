//! A record's way through a whole hub, over HTTP on both ends.

use sandbox::quickbooks::{self, QuickBooksConfig};
use sandbox::rest::{self, RestConfig};
use serde_json::json;
use tests::hub::{Hub, Setting, free_address};

const CUSTOMERS: &str = "/v1/projects/00000000-0000-7000-8000-000000000002/records/customer";

#[tokio::test]
async fn a_customer_goes_to_a_provider_whose_connector_is_not_in_the_binary_and_comes_back_changed() {
    let provider =
        rest::start(RestConfig { api_key: Some("key".to_owned()), ..RestConfig::default() }).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let setting = Setting::embedded(folder.path()).with_rest(&provider);
    let hub = Hub::start(&setting).await.unwrap();
    let integration = hub.connect_rest(&provider, "key", &["customers"]).await.unwrap();
    hub.put(&format!("{CUSTOMERS}/c-1"), json!({"name": "Ada", "email": "ada@example.com"})).await.unwrap();
    hub.run_until_idle().await.unwrap();
    let [there] = provider.records("customers").try_into().unwrap();
    assert_eq!(there["name"], "Ada");

    let id = there["id"].as_str().unwrap();
    provider.edit("customers", id, json!({"name": "Ada King"})).unwrap();
    hub.post(&format!("/v1/integrations/{integration}/sync"), json!({})).await.unwrap();
    hub.run_until_idle().await.unwrap();
    let here = hub.get(&format!("{CUSTOMERS}/c-1")).await.unwrap();
    assert!(here.to_string().contains("Ada King"), "{here}");
    let [record] = hub.view("v_sync_records").await.unwrap().try_into().unwrap();
    assert_eq!((record["sync_status"].as_str(), record["remote_id"].as_str()), (Some("synced"), Some(id)));
    hub.kill().await;
}

#[tokio::test]
async fn a_hub_that_was_killed_goes_on_where_it_was_with_its_connection() {
    let addr = free_address().unwrap();
    let callback = format!("http://{addr}/v1/oauth/quickbooks/callback");
    let config = QuickBooksConfig { redirect_uris: vec![callback], ..QuickBooksConfig::unlimited() };
    let books = quickbooks::start(config).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let setting = Setting { addr: Some(addr), ..Setting::embedded(folder.path()).with_quickbooks(&books) };
    let hub = Hub::start(&setting).await.unwrap();
    hub.connect_quickbooks(&["customers"]).await.unwrap();
    // Accepted and nothing done about it yet.
    hub.put(&format!("{CUSTOMERS}/c-1"), json!({"name": "Ada"})).await.unwrap();
    hub.kill().await;

    let hub = Hub::start(&setting).await.unwrap();
    hub.run_until_idle().await.unwrap();
    assert_eq!(books.count("Customer"), 1);
    assert_eq!(books.duplicates(), 0);
    let [record] = hub.view("v_sync_records").await.unwrap().try_into().unwrap();
    assert_eq!(record["sync_status"], "synced");
}

#[tokio::test]
async fn two_hubs_do_not_work_on_one_database_file() {
    let folder = tempfile::tempdir().unwrap();
    let setting = Setting::embedded(folder.path());
    let first = Hub::start(&setting).await.unwrap();
    let refused = Hub::start(&setting).await.err().unwrap().to_string();
    assert!(refused.contains("another hub works on"), "{refused}");
    first.kill().await;
    Hub::start(&setting).await.unwrap();
}
