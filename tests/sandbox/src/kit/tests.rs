//! The kit's parts on their own.

use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use serde_json::json;

use super::clock::{http_date, parse_date, parse_http_date, parse_rfc3339, rfc3339, rfc3339_millis};
use super::consent::{ClientAuth, Params, basic, bearer, client_of};
use super::grants::{Asked, Grant, Grants, Proof, Rotation, Rules, Why};
use super::replays::{Replays, Seen, question};
use super::window::{Gate, LeakyBucket, Window};
use super::{Answer, Clock, Ids, Recorder, Tally};
use crate::server::serve;
use crate::test_client::client;

#[test]
fn clones_of_a_clock_move_together() {
    let clock = Clock::default();
    let before = clock.now_ms();
    clock.clone().advance(3600);
    assert!(clock.now_ms() >= before + 3_600_000);
}

#[test]
fn times_are_written_and_read() {
    let ms = 784_111_777_000;
    assert_eq!(http_date(ms), "Sun, 06 Nov 1994 08:49:37 GMT");
    assert_eq!(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), Some(ms));
    assert_eq!(rfc3339(ms), "1994-11-06T08:49:37Z");
    assert_eq!(rfc3339_millis(ms + 5), "1994-11-06T08:49:37.005Z");
    assert_eq!(parse_rfc3339("1994-11-06T09:49:37+01:00"), Some(ms));
    assert_eq!(parse_date("1994-11-6"), None);
}

#[test]
fn ids_repeat_with_their_seed() {
    let (mut one, mut two) = (Ids::new(7), Ids::new(7));
    assert_eq!(one.uuid(), two.uuid());
    assert_eq!(one.base62("in_", 24), two.base62("in_", 24));
    assert_eq!(one.base62("in_", 24).len(), 27);
    assert_eq!(one.digits(15).len(), 15);
    assert_ne!(one.uuid(), Ids::new(8).uuid());
}

fn grant() -> Grant {
    Grant { client_id: "app".into(), subject: "user".into(), ..Grant::default() }
}

#[test]
fn a_code_works_once_and_only_for_its_client_and_verifier() {
    let mut grants = Grants::new(Rules::default());
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    let asked = Asked { redirect_uri: "http://r/", challenge: Some(challenge), without_refresh: false };
    let verifier = Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    let good = Proof { client_id: "app", redirect_uri: "http://r/", verifier };
    let code = grants.approve(grant(), asked, 0);
    assert!(grants.redeem(&code, good, 0).is_ok());
    assert_eq!(grants.redeem(&code, good, 0), Err(Why::Unknown));
    for bad in [
        Proof { client_id: "other", ..good },
        Proof { redirect_uri: "http://s/", ..good },
        Proof { verifier: None, ..good },
    ] {
        let code = grants.approve(grant(), asked, 0);
        assert_eq!(grants.redeem(&code, bad, 0), Err(Why::Mismatch));
    }
    let code = grants.approve(grant(), asked, 0);
    assert_eq!(grants.redeem(&code, good, 300_000), Err(Why::Expired));
}

#[test]
fn a_rotated_refresh_token_dies_after_its_grace() {
    let rotation = Rotation::Single { grace_s: 60, reuse_ends_grant: true };
    let mut grants = Grants::new(Rules { rotation, ..Rules::default() });
    let first = grants.issue(grant(), 0);
    let token = first.refresh_token.clone().unwrap();
    let second = grants.refresh(&token, 0).unwrap();
    assert_ne!(second.refresh_token, first.refresh_token);
    assert!(grants.refresh(&token, 59_000).is_ok());
    assert_eq!(grants.check(&second.access_token, 60_000).unwrap().subject, "user");
    assert_eq!(grants.refresh(&token, 60_000), Err(Why::Reused));
    assert_eq!(grants.check(&second.access_token, 60_000), Err(Why::Unknown), "reuse ended the grant");
}

#[test]
fn tokens_expire_and_are_revoked() {
    let mut grants = Grants::new(Rules { refresh_ttl_s: Some(7200), ..Rules::default() });
    let tokens = grants.issue(grant(), 0);
    let refresh = tokens.refresh_token.clone().unwrap();
    assert_eq!(grants.check(&tokens.access_token, 3_600_000), Err(Why::Expired));
    let again = grants.refresh(&refresh, 3_600_000).unwrap();
    assert_eq!(again.refresh_token.as_deref(), Some(refresh.as_str()), "without rotation it stays");
    grants.expire_access();
    assert_eq!(grants.check(&again.access_token, 0), Err(Why::Expired));
    assert!(grants.revoke(&refresh));
    assert_eq!(grants.refresh(&refresh, 0), Err(Why::Unknown));
    let alone = grants.issue_access(grant(), 0);
    assert_eq!(alone.refresh_token, None);
    grants.revoke_subject("user");
    assert_eq!(grants.check(&alone.access_token, 0), Err(Why::Unknown));
}

#[test]
fn clients_prove_themselves_in_header_or_body() {
    let mut headers = HeaderMap::new();
    let form = Params::parse(b"client_id=app&client_secret=s%20t");
    let known = [("app", "s t")];
    assert_eq!(client_of(ClientAuth::Basic, &headers, &form, &known), None);
    assert_eq!(client_of(ClientAuth::Either, &headers, &form, &known).as_deref(), Some("app"));
    headers.insert("authorization", "Basic YXBwOnMgdA==".parse().unwrap());
    assert_eq!(basic(&headers), Some(("app".into(), "s t".into())));
    assert_eq!(client_of(ClientAuth::Basic, &headers, &Params::default(), &known).as_deref(), Some("app"));
    headers.insert("authorization", "Bearer x".parse().unwrap());
    assert_eq!(bearer(&headers), Some("x"));
}

#[test]
fn windows_and_buckets_refuse_and_recover() {
    let mut window = Window::new(1000, 2);
    assert!(window.admit(0) && window.admit(500) && !window.admit(999));
    assert_eq!((window.remaining(999), window.wait_ms(600)), (0, 400));
    assert!(window.admit(1000));
    assert!(Window::new(1000, 0).admit(0));
    let mut bucket = LeakyBucket::new(100, 50);
    assert!(bucket.admit(80, 0) && !bucket.admit(30, 0));
    assert_eq!((bucket.available(0), bucket.wait_ms(30, 0)), (20, 200));
    assert!(bucket.admit(30, 200));
    bucket.give_back(30);
    assert_eq!(bucket.available(200), 30);
    let gate = Gate::new(1);
    let inside = gate.enter();
    assert!(inside.is_some() && gate.enter().is_none());
    drop(inside);
    assert!(gate.enter().is_some());
}

#[test]
fn kept_answers_know_their_question() {
    let mut replays = Replays::new(1000);
    let answer = Answer::json(200, &json!({"a": 1}));
    let asked = question(("POST", "/x", b"body"));
    assert_eq!(replays.look("k", asked, 0), Seen::New);
    replays.keep("k", asked, answer.clone(), 0);
    assert_eq!(replays.look("k", asked, 999), Seen::Same(answer.clone()));
    assert_eq!(replays.look("k", question("other"), 0), Seen::Other(answer));
    assert_eq!(replays.look("k", asked, 1000), Seen::New);
}

#[test]
fn the_tally_shows_what_was_counted() {
    let tally = Tally::default();
    tally.create(Some("Invoice:1"));
    tally.request("GET x");
    let shown = tally.snapshot();
    assert_eq!((&shown["creates"], &shown["throttled"]), (&json!(1), &json!(0)));
    assert_eq!(shown["creates_per_key"], json!({"Invoice:1": 1}));
    tally.reset();
    assert_eq!(tally.snapshot()["requests"], json!({}));
}

#[tokio::test]
async fn the_recorder_keeps_exchanges_but_no_secrets() {
    let recorder = Recorder::hiding(&["api_key"]);
    let router = Router::new()
        .route("/echo", post(async |body: String| body))
        .route("/admin/stats", get(async || "s"));
    let running = serve(recorder.around(router), None).await.unwrap();
    let url = format!("{}/echo?a=1&api_key=k", running.base_url);
    let send = async || client().post(&url).bearer_auth("t").body("{\"b\":2}").send().await.unwrap();
    send().await;
    assert!(recorder.take().is_empty(), "off by default");
    recorder.on();
    assert_eq!(send().await.text().await.unwrap(), "{\"b\":2}");
    client().get(format!("{}/admin/stats", running.base_url)).send().await.unwrap();
    let taken = recorder.take();
    assert_eq!(taken.len(), 1);
    assert_eq!((taken[0].method.as_str(), taken[0].path.as_str()), ("POST", "/echo"));
    assert_eq!(taken[0].query, "a=1&api_key=(hidden)");
    assert_eq!(taken[0].request_json(), Some(json!({"b": 2})));
    assert_eq!((taken[0].status, taken[0].json()), (200, Some(json!({"b": 2}))));
    let authorization = taken[0].request_headers.iter().find(|(name, _)| name == "authorization");
    assert_eq!(authorization.unwrap().1, "(hidden)");
}
