//! Link: link token, public token, access token; update mode.

use reqwest::redirect::Policy;
use serde_json::{Value, json};

use super::desk::{BANK, Desk, text};

fn asked(more: &Value) -> Value {
    let mut body = json!({
        "client_name": "Headwater",
        "language": "en",
        "country_codes": ["US"],
        "user": {"client_user_id": "u-1"}
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn link_token(desk: &Desk, more: Value) -> String {
    text(&desk.done("/link/token/create", asked(&more)).await["link_token"])
}

#[tokio::test]
async fn a_login_becomes_an_access_token_exactly_once() {
    let desk = Desk::open().await;
    let link = link_token(&desk, json!({"products": ["transactions"]})).await;
    assert!(link.starts_with("link-sandbox-"));
    let public = desk.sandbox.link(&link, BANK, "user_good").unwrap().unwrap();
    assert!(public.starts_with("public-sandbox-"));
    assert!(desk.sandbox.link(&link, BANK, "user_good").is_err(), "the session is over");
    let body = json!({"public_token": public});
    let item = desk.done("/item/public_token/exchange", body.clone()).await;
    assert!(text(&item["access_token"]).starts_with("access-sandbox-"));
    assert_eq!(desk.refused("/item/public_token/exchange", body).await, "INVALID_INPUT/INVALID_PUBLIC_TOKEN");
    let shown = desk.done("/item/get", json!({"access_token": item["access_token"]})).await;
    assert_eq!(
        (&shown["item"]["item_id"], &shown["item"]["institution_id"]),
        (&item["item_id"], &json!(BANK))
    );
    assert_eq!(shown["item"]["products"], json!(["transactions"]));
    assert_eq!(desk.sandbox.writes_per_key()["item:ins_109508:user_good"], 1);
}

#[tokio::test]
async fn tokens_of_link_do_not_live_long() {
    let desk = Desk::open().await;
    let link = link_token(&desk, json!({"products": ["transactions"]})).await;
    desk.sandbox.advance_clock(4 * 3600 + 1);
    assert!(desk.sandbox.link(&link, BANK, "user_good").is_err());
    let link = link_token(&desk, json!({"products": ["transactions"]})).await;
    let public = desk.sandbox.link(&link, BANK, "user_good").unwrap();
    desk.sandbox.advance_clock(1801);
    let body = json!({"public_token": public});
    assert_eq!(desk.refused("/item/public_token/exchange", body).await, "INVALID_INPUT/INVALID_PUBLIC_TOKEN");
}

#[tokio::test]
async fn a_link_token_is_asked_for_strictly() {
    let desk = Desk::open().await;
    let refused = |more: Value| desk.refused("/link/token/create", asked(&more));
    assert_eq!(refused(json!({})).await, "INVALID_REQUEST/INVALID_FIELD", "no products");
    assert_eq!(refused(json!({"products": ["gold"]})).await, "INVALID_REQUEST/INVALID_PRODUCT");
    assert_eq!(
        refused(json!({"products": ["auth"], "client_name": "x".repeat(31)})).await,
        "INVALID_REQUEST/INVALID_FIELD"
    );
    assert_eq!(
        refused(json!({"products": ["auth"], "redirect_uri": "http://example.com"})).await,
        "INVALID_REQUEST/INVALID_FIELD"
    );
    assert_eq!(
        refused(json!({"products": ["transactions"], "transactions": {"days_requested": 731}})).await,
        "INVALID_REQUEST/INVALID_FIELD"
    );
    let body = json!({"client_name": "Headwater", "language": "en", "country_codes": ["US"], "user": {}, "products": ["auth"]});
    assert_eq!(desk.refused("/link/token/create", body).await, "INVALID_REQUEST/MISSING_FIELDS");
    let link = link_token(&desk, json!({"products": ["transactions"]})).await;
    let error = desk.sandbox.link(&link, "ins_900002", "user_good").unwrap_err();
    assert_eq!(error["error_code"], "PRODUCTS_NOT_SUPPORTED");
}

#[tokio::test]
async fn update_mode_repairs_the_same_item_under_the_same_token() {
    let desk = Desk::open().await;
    let login = desk.login(json!({}));
    desk.done("/sandbox/item/reset_login", json!({"access_token": login.token})).await;
    let body = asked(&json!({"access_token": login.token, "products": ["transactions"]}));
    assert_eq!(
        desk.refused("/link/token/create", body).await,
        "INVALID_REQUEST/INVALID_FIELD",
        "no products in update mode"
    );
    let link = link_token(&desk, json!({"access_token": login.token})).await;
    assert_eq!(desk.sandbox.link(&link, BANK, "user_good").unwrap(), None);
    let shown = desk.done("/item/get", json!({"access_token": login.token})).await;
    assert_eq!((&shown["item"]["item_id"], &shown["item"]["error"]), (&json!(login.id), &json!(null)));
    let link = link_token(&desk, json!({"access_token": login.token})).await;
    desk.sandbox.advance_clock(1801);
    assert!(desk.sandbox.link(&link, BANK, "user_good").is_err(), "30 minutes in update mode");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the redirect itself is what is looked at")]
async fn the_hosted_page_sends_the_user_back_and_link_get_has_the_token() {
    let desk = Desk::open().await;
    let hosted = json!({"products": ["transactions"], "hosted_link": {"completion_redirect_uri": "http://127.0.0.1/done"}});
    let answer = desk.done("/link/token/create", asked(&hosted)).await;
    let session = json!({"link_token": answer["link_token"]});
    assert_eq!(desk.done("/link/token/get", session.clone()).await["link_sessions"], json!([]));
    let browser = reqwest::Client::builder().redirect(Policy::none()).build().unwrap();
    let page = browser.get(text(&answer["hosted_link_url"])).send().await.unwrap();
    assert_eq!(page.headers()["location"], "http://127.0.0.1/done");
    let sessions = desk.done("/link/token/get", session).await["link_sessions"].take();
    let public = &sessions[0]["results"]["item_add_results"][0]["public_token"];
    desk.done("/item/public_token/exchange", json!({"public_token": public})).await;
}

#[tokio::test]
async fn the_same_login_twice_is_a_duplicate_that_keeps_costing() {
    let desk = Desk::open().await;
    let (one, two) = (desk.login(json!({})), desk.login(json!({})));
    let accounts = async |token: &str| {
        desk.done("/accounts/get", json!({"access_token": token})).await["accounts"].take()
    };
    let (first, second) = (accounts(&one.token).await, accounts(&two.token).await);
    assert_ne!(first[0]["account_id"], second[0]["account_id"], "account ids are new with every item");
    assert_eq!(first[0]["persistent_account_id"], second[0]["persistent_account_id"]);
    assert_eq!((desk.sandbox.duplicates(), &desk.sandbox.stats()["billed_items"]), (1, &json!(2)));
    desk.sandbox.delete("item", &two.id).unwrap();
    assert_eq!(desk.sandbox.stats()["billed_items"], 2, "revoked, and still billed");
    desk.done("/item/remove", json!({"access_token": two.token})).await;
    assert_eq!((desk.sandbox.duplicates(), &desk.sandbox.stats()["billed_items"]), (0, &json!(1)));
}

#[tokio::test]
async fn a_page_that_was_left_gives_no_token() {
    let desk = Desk::open().await;
    let hosted = json!({"products": ["transactions"], "hosted_link": {}});
    let answer = desk.done("/link/token/create", asked(&hosted)).await;
    let page = format!("{}?leave=1", text(&answer["hosted_link_url"]));
    assert_eq!(desk.http.get(page).send().await.unwrap().status(), 200);
    let sessions = desk.done("/link/token/get", json!({"link_token": answer["link_token"]})).await;
    let session = &sessions["link_sessions"][0];
    assert!(session["exit"].is_object() && session.get("results").is_none(), "{session}");
    assert!(desk.sandbox.items().is_empty());
    assert!(desk.sandbox.link(&text(&answer["link_token"]), BANK, "user_good").is_err(), "it is over");
}
