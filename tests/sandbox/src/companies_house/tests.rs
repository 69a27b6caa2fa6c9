//! The register over real HTTP.

use serde_json::Value;

use super::{CompaniesHouseConfig, CompaniesHouseSandbox, start};
use crate::faults::Fault;
use crate::test_client::client;

async fn ask(house: &CompaniesHouseSandbox, path: &str) -> (u16, Value) {
    ask_as(house, path, ("ch-key", Some(""))).await
}

async fn ask_as(
    house: &CompaniesHouseSandbox,
    path: &str,
    (key, password): (&str, Option<&str>),
) -> (u16, Value) {
    let request = client().get(format!("{}{path}", house.base_url)).basic_auth(key, password);
    let answer = request.send().await.unwrap();
    let status = answer.status().as_u16();
    (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn a_profile_is_shown_by_its_padded_number_only() {
    let house = start(CompaniesHouseConfig::unlimited()).await.unwrap();
    let (status, profile) = ask(&house, "/company/06500244").await;
    assert_eq!((status, profile["company_name"].as_str()), (200, Some("ANALYTICAL ENGINES LTD")));
    assert_eq!(ask(&house, "/company/6500244").await.0, 404);
    let before = profile["etag"].clone();
    house.put("06500244", serde_json::json!({"company_status": "liquidation"}));
    assert_ne!(ask(&house, "/company/06500244").await.1["etag"], before);
}

#[tokio::test]
async fn a_key_stands_alone_as_the_user_name() {
    let house = start(CompaniesHouseConfig::unlimited()).await.unwrap();
    for wrong in [("other", Some("")), ("ch-key", Some("secret"))] {
        assert_eq!(ask_as(&house, "/company/06500244", wrong).await.0, 401);
    }
    house.revoke();
    assert_eq!(ask(&house, "/company/06500244").await.0, 401);
    house.restore();
    assert_eq!(ask(&house, "/company/06500244").await.0, 200);
}

#[tokio::test]
async fn lists_are_paged_by_start_index_and_count_all() {
    let house = start(CompaniesHouseConfig::unlimited()).await.unwrap();
    let (_, first) = ask(&house, "/company/06500244/officers").await;
    assert_eq!((first["items"].as_array().unwrap().len(), &first["total_results"]), (35, &41.into()));
    let (_, rest) = ask(&house, "/company/06500244/officers?start_index=35").await;
    assert_eq!(rest["items"].as_array().unwrap().len(), 6);
    let (_, filings) =
        ask(&house, "/company/06500244/filing-history?items_per_page=100&start_index=100").await;
    assert_eq!((filings["items"].as_array().unwrap().len(), &filings["total_count"]), (30, &130.into()));
    assert_eq!(ask(&house, "/company/06500244/officers?order_by=age").await.0, 400);
}

#[tokio::test]
async fn what_a_company_does_not_have_is_a_404() {
    let house = start(CompaniesHouseConfig::unlimited()).await.unwrap();
    assert_eq!(ask(&house, "/company/SC123456/persons-with-significant-control").await.0, 404);
    let (_, found) = ask(&house, "/company/06500244/persons-with-significant-control").await;
    assert_eq!(found["items"][1]["kind"], "super-secure-person-with-significant-control");
    assert_eq!(found["items"][1].get("name"), None);
}

#[tokio::test]
async fn search_finds_by_words_and_by_what_a_company_is() {
    let house = start(CompaniesHouseConfig::unlimited()).await.unwrap();
    let (_, found) = ask(&house, "/search/companies?q=analytical%20engines").await;
    assert_eq!(found["total_results"], 2);
    let (_, active) =
        ask(&house, "/advanced-search/companies?company_name_includes=engines&company_status=active").await;
    assert_eq!(active["hits"], 1);
    assert_eq!(ask(&house, "/search/companies").await.0, 400);
}

#[tokio::test]
async fn six_hundred_calls_in_five_minutes_and_then_none_until_the_window_ends() {
    let config = CompaniesHouseConfig { calls_per_window: 3, ..CompaniesHouseConfig::default() };
    let house = start(config).await.unwrap();
    for _ in 0..3 {
        assert_eq!(ask(&house, "/company/06500244").await.0, 200);
    }
    assert_eq!(ask(&house, "/company/06500244").await.0, 429);
    house.advance_clock(301);
    assert_eq!(ask(&house, "/company/06500244").await.0, 200);
    assert_eq!(house.stats()["throttled"], 1);
}

#[tokio::test]
async fn what_is_not_modelled_is_refused_and_counted() {
    let house = start(CompaniesHouseConfig::unlimited()).await.unwrap();
    assert_eq!(ask(&house, "/company/06500244/charges").await.0, 501);
    house.faults.force(Fault::ServerError, 1);
    assert_eq!(ask(&house, "/company/06500244").await.0, 500);
    assert_eq!(house.stats()["not_modelled"], 1);
}
