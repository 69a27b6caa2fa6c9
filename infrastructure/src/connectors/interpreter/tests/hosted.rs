//! Connecting on a page of the provider.

use std::collections::BTreeMap;

use application::ports::connector::{Authorization, Authorized, CallError, Connectors};
use domain::value::ErrorClass;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::door::{Door, json, named};
use crate::http::canned::Play;

const BACK: &str = "https://hub.example/callback";

const PAGE: &str = r#"
[answers]
code = ["code"]
[auth]
kind = "hosted"
realm = { token = "item" }
send = [{ secret = "client_secret", header = "X-Key" }, { secret = "access_token", body = "token" }]
[auth.methods.app]
kind = "api_key"
send = [{ secret = "client_secret", header = "X-Key" }]
[auth.hosted]
begin = { request = { method = "POST", path = "/pages", auth = "app", body = { back = "{hosted.return}" } }, url = "url", ticket = "id" }
again = { request = { method = "POST", path = "/pages", body = { back = "{hosted.return}" } }, url = "url", ticket = "id", gone = [{ code = ["GONE"] }] }
result = { request = { method = "POST", path = "/ended", auth = "app", body = { id = "{hosted.ticket}" } }, each = "visits", code = "code", finished = "over", given_up = "exit" }
exchange = { request = { method = "POST", path = "/tokens", auth = "app", body = { code = "{hosted.code}" } }, token = "token" }
remove = { method = "POST", path = "/remove", body = {} }
[[errors]]
code = ["GONE"]
class = "auth_expired"
"#;

async fn door(plays: Vec<Play>, own: &[(&str, &str)]) -> Door {
    let door = Door::new(PAGE, plays).await;
    door.app(&[("client_id", "id"), ("client_secret", "hush")]);
    if !own.is_empty() {
        door.own(own);
    }
    door
}

fn secrets(own: &[(&str, &str)]) -> application::ports::credentials::Secrets {
    let all: Vec<(&str, &str)> =
        [("client_id", "id"), ("client_secret", "hush")].into_iter().chain(own.iter().copied()).collect();
    named(&all)
}

async fn begun(door: &Door, own: &[(&str, &str)]) -> Result<Authorization, CallError> {
    door.registry.authorize(&door.target, &secrets(own), "s-1", BACK).await
}

async fn ended(door: &Door, kept: &str, own: &[(&str, &str)]) -> Result<Authorized, CallError> {
    let kept = SecretString::from(kept.to_owned());
    door.registry.exchange(&door.target, &secrets(own), &BTreeMap::new(), BACK, Some(&kept)).await
}

fn body(door: &Door, at: usize) -> Value {
    serde_json::from_str(&door.asked(at).1).unwrap()
}

const OPENED: &str = r#"{"id":"p-1","url":"https://door.example/page/1"}"#;
const TOKEN: [(&str, &str); 1] = [("access_token", "t-1")];

#[tokio::test]
async fn a_page_is_opened_and_what_it_ended_with_is_exchanged_once() {
    let visits = r#"{"visits":[{"over":"1","exit":{}},{"over":"2","code":"c-1"}]}"#;
    let plays = vec![json(OPENED), json(visits), json(r#"{"token":"t-9","item":"i-9"}"#)];
    let door = door(plays, &[]).await;
    let page = begun(&door, &[]).await.unwrap();
    assert!(page.url.ends_with("/page/1"), "{}", page.url);
    assert_eq!(body(&door, 0), serde_json::json!({ "back": format!("{BACK}?state=s-1") }));
    assert_eq!(door.header(0, "x-key").as_deref(), Some("hush"));
    let kept = page.verifier.unwrap();
    let given = ended(&door, kept.expose_secret(), &[]).await.unwrap();
    assert_eq!(body(&door, 1), serde_json::json!({ "id": "p-1" }));
    assert_eq!(body(&door, 2), serde_json::json!({ "code": "c-1" }));
    assert_eq!(given.realm.as_deref(), Some("i-9"));
    assert_eq!(given.secrets.get("access_token").unwrap().expose_secret(), "t-9");
}

#[tokio::test]
async fn a_connection_that_has_its_token_keeps_it() {
    let door = door(vec![json(OPENED), json(r#"{"visits":[{"over":"1"}]}"#)], &TOKEN).await;
    let page = begun(&door, &TOKEN).await.unwrap();
    assert_eq!(body(&door, 0)["token"], "t-1");
    let given = ended(&door, page.verifier.unwrap().expose_secret(), &TOKEN).await.unwrap();
    assert_eq!(given.secrets.get("access_token").unwrap().expose_secret(), "t-1");
    assert_eq!((given.realm, door.server.lines().len()), (None, 2), "nothing was exchanged");
}

#[tokio::test]
async fn a_token_that_is_gone_begins_a_new_connection() {
    let door = door(vec![Play::json(400, r#"{"code":"GONE"}"#), json(OPENED)], &TOKEN).await;
    let page = begun(&door, &TOKEN).await.unwrap();
    assert_eq!(page.verifier.unwrap().expose_secret(), "new p-1");
    assert_eq!(body(&door, 1).get("token"), None);
}

#[tokio::test]
async fn a_page_that_was_left_connects_nobody() {
    let left = r#"{"visits":[{"over":"1","exit":{"error":null}}]}"#;
    for (kept, own, answer) in [
        ("new p-1", &[][..], left),
        ("new p-1", &[], r#"{"visits":[]}"#),
        ("new p-1", &[], "{}"),
        ("again p-1", &TOKEN, left),
        ("again p-1", &TOKEN, r#"{"visits":[{"over":null}]}"#),
    ] {
        let door = door(vec![json(answer)], own).await;
        let error = ended(&door, kept, own).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::Permission, "{kept} {answer}");
        assert!(error.message.contains("was left"), "{error:?}");
    }
}

#[tokio::test]
async fn an_exchange_whose_answer_is_lost_is_not_made_again() {
    let plays = vec![json(r#"{"visits":[{"over":"1","code":"c-1"}]}"#), Play::json(502, "{}")];
    let door = door(plays, &[]).await;
    let error = ended(&door, "new p-1", &[]).await.unwrap_err();
    assert!(error.next_step.unwrap().contains("removed there"));
    assert_eq!(door.server.lines(), ["POST /api/ended", "POST /api/tokens"]);
}

#[tokio::test]
async fn nobody_is_sent_to_a_page_elsewhere() {
    let door = door(vec![json(r#"{"id":"p-1","url":"no address"}"#)], &[]).await;
    assert_eq!(begun(&door, &[]).await.unwrap_err().class, ErrorClass::Unreadable);
}

#[tokio::test]
async fn a_connection_given_up_is_removed_also_when_it_is_gone() {
    let door = door(vec![json("{}"), Play::json(400, r#"{"code":"GONE"}"#)], &TOKEN).await;
    door.registry.revoke(&door.target).await.unwrap();
    assert_eq!(body(&door, 0), serde_json::json!({ "token": "t-1" }));
    door.registry.revoke(&door.target).await.unwrap();
}
