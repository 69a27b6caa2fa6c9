//! Companies House: lookups with one key for the whole organization.

use reqwest::{Method, StatusCode};
use sandbox::companies_house::{self, CompaniesHouseConfig, CompaniesHouseSandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::hub::{Hub, Setting, text};

use super::contract;

const KEY: &str = "companies_house";

struct Scene {
    hub: Hub,
    there: CompaniesHouseSandbox,
    /// Integrations of two projects.
    ids: [String; 2],
    _folder: TempDir,
}

impl Scene {
    async fn connected(config: CompaniesHouseConfig) -> Self {
        let there = companies_house::start(config).await.unwrap();
        there.recorder.on();
        let folder = tempfile::tempdir().unwrap();
        let setting = Setting::embedded(folder.path()).now().with_simulator(KEY, &there.base_url);
        let hub = Hub::start(&setting).await.unwrap();
        let key = json!({"api_key": "ch-key"});
        hub.put(&format!("/v1/providers/{KEY}/credentials"), key).await.unwrap();
        let other = hub.post("/v1/projects", json!({"name": "Other"})).await.unwrap();
        let news = [json!({"provider": KEY}), json!({"provider": KEY, "project_id": other["id"]})];
        let mut ids = Vec::new();
        for new in news {
            let id = text(&hub.post("/v1/integrations", new).await.unwrap(), "id").unwrap();
            let tested = hub.post(&format!("/v1/integrations/{id}/test"), json!({})).await.unwrap();
            assert_ne!(tested["ok"], json!(false), "{tested}");
            hub.post(&format!("/v1/integrations/{id}/enable"), json!({})).await.unwrap();
            ids.push(id);
        }
        hub.run_until_idle().await.unwrap();
        Self { hub, there, ids: ids.try_into().unwrap(), _folder: folder }
    }

    async fn ask(&self, who: usize, operation: &str, parameters: Value) -> (StatusCode, Value) {
        let path = format!("/v1/integrations/{}/operations/{operation}", self.ids[who]);
        self.hub.ask(Method::POST, &path, Some(&json!({"parameters": parameters}))).await.unwrap()
    }

    /// What a lookup finds, and the paths that were asked for it.
    async fn found(&self, who: usize, operation: &str, parameters: Value) -> (Value, Vec<String>) {
        let before = self.asked().len();
        let (status, answer) = self.ask(who, operation, parameters).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        (answer["result"].clone(), self.asked().split_off(before))
    }

    fn asked(&self) -> Vec<String> {
        self.there.recorder.all().iter().map(|one| format!("{}?{}", one.path, one.query)).collect()
    }

    fn close(self) {
        assert_eq!(self.there.stats()["not_modelled"].as_u64().unwrap_or(0), 0);
        contract::hold(KEY, self.there.recorder.take());
    }
}

#[tokio::test]
async fn numbers_are_filled_up_and_what_is_known_is_not_asked_for_again() {
    let scene = Scene::connected(CompaniesHouseConfig::default()).await;
    let (profile, calls) = scene.found(0, "company_profile", json!({"company_number": "6500244"})).await;
    assert_eq!(profile["company_name"], json!("ANALYTICAL ENGINES LTD"));
    assert_eq!(calls, ["/company/06500244?"]);
    // The key is the organization's: what one project asked for, another knows.
    for who in [0, 1] {
        let (again, calls) = scene.found(who, "company_profile", json!({"company_number": "06500244"})).await;
        assert_eq!((again, calls.len()), (profile.clone(), 0));
    }
    let (scottish, _) = scene.found(1, "company_profile", json!({"company_number": "SC123456"})).await;
    assert_eq!(scottish["company_name"], json!("NORTHERN LOOMS PLC"));
    scene.close();
}

#[tokio::test]
async fn every_page_of_a_list_is_read_and_a_list_that_is_not_there_is_empty() {
    let scene = Scene::connected(CompaniesHouseConfig::default()).await;
    let company = json!({"company_number": "06500244"});
    let (filings, calls) = scene.found(0, "filing_history", company.clone()).await;
    assert_eq!((filings.as_array().unwrap().len(), calls.len()), (130, 2), "{calls:?}");
    let accounts = json!({"company_number": "06500244", "category": "accounts"});
    assert_eq!(scene.found(0, "filing_history", accounts).await.0.as_array().unwrap().len(), 65);
    assert_eq!(scene.found(0, "officers", company.clone()).await.0.as_array().unwrap().len(), 41);
    let (controllers, _) = scene.found(0, "persons_with_significant_control", company.clone()).await;
    assert_eq!(controllers.as_array().unwrap().len(), 2);
    let (office, _) = scene.found(0, "registered_office", company).await;
    assert_eq!(office["locality"], json!("London"));
    scene.there.put("00000077", json!({"company_name": "EMPTY LTD"}));
    for operation in ["officers", "persons_with_significant_control"] {
        assert_eq!(scene.found(0, operation, json!({"company_number": "77"})).await.0, json!([]));
    }
    let (status, refused) = scene.ask(0, "company_profile", json!({"company_number": "99999999"})).await;
    assert_eq!(
        (status, &refused["type"]),
        (StatusCode::NOT_FOUND, &json!("/problems/provider-record-not-found"))
    );
    let (found, _) = scene.found(0, "search_companies", json!({"query": "analytical"})).await;
    assert_eq!(found.as_array().unwrap().len(), 2);
    scene.close();
}

#[tokio::test]
async fn parameters_that_make_no_sense_are_named_and_nothing_is_asked() {
    let scene = Scene::connected(CompaniesHouseConfig::default()).await;
    let before = scene.asked().len();
    let (status, refused) = scene.ask(0, "officers", json!({"company_number": "12/34", "page": 2})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().filter_map(|error| error["field"].as_str()).collect();
    assert_eq!(fields, ["parameters.page", "parameters.company_number"]);
    let (status, _) = scene.ask(0, "colours", json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let listed = scene.hub.get(&format!("/v1/integrations/{}/operations", scene.ids[0])).await.unwrap();
    let profile = listed["items"].as_array().unwrap().iter().find(|one| one["name"] == "company_profile");
    let profile = profile.unwrap();
    assert_eq!((&profile["kind"], &profile["cache_s"]), (&json!("lookup"), &json!(86_400)));
    assert_eq!(profile["parameters"][0]["name"], json!("company_number"));
    let codes = format!("/v1/integrations/{}/reference/sic_codes", scene.ids[0]);
    let shown = scene.hub.get(&codes).await.unwrap();
    let shown = shown["items"].as_array().unwrap().clone();
    assert!(
        shown
            .iter()
            .any(|one| one["code"] == "62012"
                && one["meaning"] == "Business and domestic software development")
    );
    scene.hub.post(&format!("{codes}/refresh"), json!({})).await.unwrap();
    assert_eq!(scene.asked().len(), before, "nothing was asked");
    scene.close();
}

#[tokio::test]
async fn the_limit_is_shared_and_once_it_is_reached_nobody_asks() {
    let config = CompaniesHouseConfig { calls_per_window: 4, ..CompaniesHouseConfig::default() };
    // Two calls tested the connections.
    let scene = Scene::connected(config).await;
    for number in ["06500244", "SC123456"] {
        scene.found(0, "company_profile", json!({"company_number": number})).await;
    }
    let (status, refused) = scene.ask(0, "company_profile", json!({"company_number": "00012345"})).await;
    assert_eq!(
        (status, &refused["type"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("/problems/provider-rate-limited"))
    );
    let before = scene.asked().len();
    let (status, _) = scene.ask(1, "company_profile", json!({"company_number": "00012345"})).await;
    assert_eq!((status, scene.asked().len()), (StatusCode::SERVICE_UNAVAILABLE, before));
    scene.there.advance_clock(301);
    scene.hub.advance(std::time::Duration::from_secs(301)).await.unwrap();
    let (old, _) = scene.found(1, "company_profile", json!({"company_number": "12345"})).await;
    assert_eq!(old["company_status"], json!("dissolved"));
    scene.close();
}

#[tokio::test]
async fn a_key_that_is_no_longer_taken_is_said_with_what_to_do() {
    let scene = Scene::connected(CompaniesHouseConfig::default()).await;
    scene.there.revoke();
    let (status, refused) = scene.ask(0, "company_profile", json!({"company_number": "06500244"})).await;
    assert_eq!(
        (status, &refused["type"]),
        (StatusCode::CONFLICT, &json!("/problems/provider-credentials-refused"))
    );
    assert!(refused["next_step"]["label"].as_str().unwrap().starts_with("check the key"), "{refused}");
    scene.there.restore();
    scene.found(0, "company_profile", json!({"company_number": "06500244"})).await;
    scene.close();
}
