//! Webhooks.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::desk::{BANK, Desk, text};
use crate::faults::FaultPlan;
use crate::plaid::PlaidConfig;
use crate::server::{Running, serve};

/// A delivery: body as sent, and the token beside it.
#[derive(Clone, Debug, PartialEq)]
struct Got {
    raw: Bytes,
    token: String,
}

impl Got {
    fn body(&self) -> Value {
        serde_json::from_slice(&self.raw).unwrap()
    }

    fn code(&self) -> String {
        text(&self.body()["webhook_code"])
    }

    fn part(&self, at: usize) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(self.token.split('.').nth(at).unwrap()).unwrap()
    }

    fn header(&self) -> Value {
        serde_json::from_slice(&self.part(0)).unwrap()
    }

    fn claims(&self) -> Value {
        serde_json::from_slice(&self.part(1)).unwrap()
    }

    /// As the provider describes it: the key by its id, the signature, the hash of the raw body.
    async fn is_genuine(&self, desk: &Desk) -> bool {
        let answer =
            desk.done("/webhook_verification_key/get", json!({"key_id": self.header()["kid"]})).await;
        let key = &answer["key"];
        assert_eq!((&key["alg"], &key["crv"], &key["kty"]), (&json!("ES256"), &json!("P-256"), &json!("EC")));
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(text(&key[name])).unwrap();
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let (signed, _) = self.token.rsplit_once('.').unwrap();
        let signature = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        let hash = hex::encode(Sha256::digest(&self.raw));
        signature.verify(signed.as_bytes(), &self.part(2)).is_ok()
            && self.claims()["request_body_sha256"] == json!(hash)
    }
}

#[derive(Clone, Default)]
struct Inbox {
    got: Arc<Mutex<Vec<Got>>>,
    refuse: Arc<Mutex<u32>>,
}

async fn receive(State(inbox): State<Inbox>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let token = headers["plaid-verification"].to_str().unwrap().to_owned();
    inbox.got.lock().unwrap().push(Got { raw, token });
    let mut refuse = inbox.refuse.lock().unwrap();
    if *refuse > 0 {
        *refuse -= 1;
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    StatusCode::OK
}

async fn receiver() -> (Running, Inbox, String) {
    let inbox = Inbox::default();
    let router = Router::new().route("/hook", post(receive)).with_state(inbox.clone());
    let running = serve(router, None).await.unwrap();
    let url = format!("{}/hook", running.base_url);
    (running, inbox, url)
}

async fn wait_for(inbox: &Inbox, count: usize) -> Vec<Got> {
    for _ in 0..250 {
        if inbox.got.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    inbox.got.lock().unwrap().clone()
}

fn quiet() -> PlaidConfig {
    let mut config = PlaidConfig { legacy_webhooks: false, ..PlaidConfig::unlimited() };
    config.webhook_pace.retry_ms = 20;
    config
}

#[tokio::test]
async fn updates_are_told_only_after_a_first_sync() {
    let (_running, inbox, url) = receiver().await;
    let desk = Desk::with(quiet()).await;
    let login = desk.login(json!({"webhook": url}));
    desk.book(&login, json!({"amount": 1}));
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(inbox.got.lock().unwrap().is_empty());
    desk.sync(&login, "", 100).await;
    *inbox.refuse.lock().unwrap() = 1;
    desk.book(&login, json!({"amount": 2}));
    let got = wait_for(&inbox, 2).await;
    assert_eq!(got[0].raw, got[1].raw, "refused once, then sent again");
    let body = json!({
        "environment": "sandbox",
        "historical_update_complete": true,
        "initial_update_complete": true,
        "item_id": login.id,
        "webhook_code": "SYNC_UPDATES_AVAILABLE",
        "webhook_type": "TRANSACTIONS"
    });
    assert_eq!(got[0].body(), body);
    assert!(got[1].is_genuine(&desk).await);
    assert_eq!((&got[0].header()["alg"], got[0].claims()["iat"].is_i64()), (&json!("ES256"), true));
    let compact = serde_json::to_vec(&got[0].body()).unwrap();
    assert_ne!(compact, got[0].raw, "the hash is of the raw body, blanks and all");
    let status = desk.done("/item/get", json!({"access_token": login.token})).await["status"].take();
    assert_eq!(status["last_webhook"]["code_sent"], "SYNC_UPDATES_AVAILABLE");
}

#[tokio::test]
async fn a_rotated_key_is_expired_and_another_signs() {
    let (_running, inbox, url) = receiver().await;
    let desk = Desk::with(quiet()).await;
    let login = desk.login(json!({"webhook": url}));
    desk.sandbox.fail(&login.id, "ITEM_LOGIN_REQUIRED", None);
    let first = wait_for(&inbox, 1).await.remove(0);
    let old = text(&first.header()["kid"]);
    let new = desk.sandbox.rotate_key().unwrap();
    let key = async |id: &str| {
        desk.done("/webhook_verification_key/get", json!({"key_id": id})).await["key"].take()
    };
    assert!(key(&old).await["expired_at"].is_i64());
    assert_eq!(key(&new).await["expired_at"], json!(null));
    desk.sandbox.repair(&login.id);
    let got = wait_for(&inbox, 2).await;
    assert_eq!((got[1].code(), text(&got[1].header()["kid"])), ("LOGIN_REPAIRED".to_owned(), new));
    let unknown = json!({"key_id": "none"});
    assert_eq!(
        desk.refused("/webhook_verification_key/get", unknown).await,
        "INVALID_INPUT/INVALID_WEBHOOK_VERIFICATION_KEY_ID"
    );
}

#[tokio::test]
async fn deliveries_come_twice_forged_and_in_no_order() {
    let (_running, inbox, url) = receiver().await;
    let faults = FaultPlan { webhook_duplicate: 1.0, webhook_forged: 1.0, ..FaultPlan::default() };
    let mut config = PlaidConfig { faults, webhook_disorder: true, ..quiet() };
    config.webhook_pace.gather_ms = 300;
    let desk = Desk::with(config).await;
    let login = desk.login(json!({"webhook": url}));
    desk.sandbox.fail(&login.id, "ITEM_LOGIN_REQUIRED", None);
    desk.sandbox.repair(&login.id);
    let got = wait_for(&inbox, 6).await;
    let codes: Vec<String> = got.iter().map(Got::code).collect();
    assert_eq!(codes[..4], ["LOGIN_REPAIRED", "LOGIN_REPAIRED", "ERROR", "ERROR"]);
    for (at, one) in got.iter().enumerate() {
        assert_eq!(one.is_genuine(&desk).await, at < 4, "{at}");
        assert_eq!(one.header()["kid"], got[0].header()["kid"], "forged under the same name");
    }
}

#[tokio::test]
async fn a_changed_address_is_acknowledged_there() {
    let (_running, inbox, url) = receiver().await;
    let desk = Desk::with(quiet()).await;
    let login = desk.login(json!({}));
    let item = desk.done("/item/webhook/update", json!({"access_token": login.token, "webhook": url})).await;
    assert_eq!(item["item"]["webhook"], json!(url));
    let got = wait_for(&inbox, 1).await;
    assert_eq!(
        (got[0].code().as_str(), &got[0].body()["new_webhook_url"]),
        ("WEBHOOK_UPDATE_ACKNOWLEDGED", &json!(url))
    );
    let wrong = json!({"access_token": login.token, "webhook": "nowhere"});
    assert_eq!(desk.refused("/item/webhook/update", wrong).await, "INVALID_REQUEST/INVALID_FIELD");
}

#[tokio::test]
async fn items_tell_of_their_troubles() {
    let (_running, inbox, url) = receiver().await;
    let desk = Desk::with(quiet()).await;
    let login = desk.login(json!({"webhook": url}));
    desk.done("/sandbox/item/reset_login", json!({"access_token": login.token})).await;
    desk.sandbox.delete("account", &login.card).unwrap();
    desk.sandbox.delete("item", &login.id).unwrap();
    for code in ["PENDING_DISCONNECT", "NEW_ACCOUNTS_AVAILABLE"] {
        let body = json!({"access_token": login.token, "webhook_type": "ITEM", "webhook_code": code});
        assert_eq!(desk.done("/sandbox/item/fire_webhook", body).await["webhook_fired"], true);
    }
    let got = wait_for(&inbox, 5).await;
    let codes: Vec<String> = got.iter().map(Got::code).collect();
    assert_eq!(
        codes,
        [
            "ERROR",
            "USER_ACCOUNT_REVOKED",
            "USER_PERMISSION_REVOKED",
            "PENDING_DISCONNECT",
            "NEW_ACCOUNTS_AVAILABLE"
        ]
    );
    assert_eq!(got[0].body()["error"]["error_code"], "ITEM_LOGIN_REQUIRED");
    let unknown = json!({"access_token": login.token, "webhook_type": "AUTH", "webhook_code": "AUTOMATICALLY_VERIFIED"});
    assert_eq!(desk.post("/sandbox/item/fire_webhook", unknown).await.0, 501);
}

#[tokio::test]
async fn histories_arrive_by_themselves_with_old_webhooks_beside_the_new() {
    let (_running, inbox, url) = receiver().await;
    let config = PlaidConfig { initial_after_s: 1, historical_after_s: 2, ..PlaidConfig::unlimited() };
    let desk = Desk::with(config).await;
    let options = json!({"webhook": url});
    let body = json!({"institution_id": BANK, "initial_products": ["transactions"], "options": options});
    let public = desk.done("/sandbox/public_token/create", body).await;
    let item =
        desk.done("/item/public_token/exchange", json!({"public_token": public["public_token"]})).await;
    desk.done("/transactions/sync", json!({"access_token": item["access_token"]})).await;
    let codes: Vec<String> = wait_for(&inbox, 4).await.iter().map(Got::code).collect();
    assert_eq!(
        codes,
        ["INITIAL_UPDATE", "SYNC_UPDATES_AVAILABLE", "HISTORICAL_UPDATE", "SYNC_UPDATES_AVAILABLE"]
    );
}
