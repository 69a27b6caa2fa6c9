//! OAuth 2.0 as providers really do it.

use std::collections::BTreeMap;

use application::ports::clock::Clock as _;
use application::ports::connector::{Authorized, CallError, Connectors};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::EcdsaKeyPair;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use domain::value::ErrorClass;
use secrecy::ExposeSecret as _;
use sha2::{Digest as _, Sha256};

use super::door::{Door, json, named};
use crate::http::canned::Play;

const BACK: &str = "https://hub.example/callback";
const ME: &str = r#"{"name":"Books"}"#;

async fn exchanged(door: &Door, callback: &[(&str, &str)]) -> Result<Authorized, CallError> {
    let app = named(&[("client_id", "id"), ("client_secret", "hush")]);
    let callback: BTreeMap<String, String> =
        callback.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    door.registry.exchange(&door.target, &app, &callback, BACK, None).await
}

const SHOP: &str = r#"
[auth]
kind = "oauth2"
realm = { callback = "shop" }
send = [{ secret = "access_token", header = "X-Shop-Token" }]
[auth.oauth2]
authorize_url = "https://{setting.shop}.door.example/authorize"
token_url = "https://{setting.shop}.door.example/access_token"
client_auth = "body"
token_format = "json"
token_parameters = { expiring = "1" }
scopes = ["read_orders", "write_inventory"]
scope_separator = ","
callback_hmac = { parameter = "hmac", ignore = ["signature"], encoding = "hex", timestamp = "timestamp", tolerance_s = 90 }
[[setup]]
name = "shop"
label = "Shop"
"#;

fn signed(pairs: &str) -> String {
    hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"hush"), pairs.as_bytes()))
}

#[tokio::test]
async fn a_shop_signs_its_callback_and_takes_token_requests_as_json() {
    let answer = r#"{"access_token":"t-1","scope":"read_orders,write_inventory"}"#;
    let mut door = Door::new(SHOP, vec![json(answer), json(ME)]).await;
    door.setting("shop", "my-shop");
    let hmac = signed("code=c-1&host=YWRtaW4%3D&shop=my-shop.door.example&state=s&timestamp=1767323045");
    let callback = [
        ("code", "c-1"),
        ("host", "YWRtaW4="),
        ("shop", "my-shop.door.example"),
        ("state", "s"),
        ("timestamp", "1767323045"),
        ("signature", "old"),
        ("hmac", hmac.as_str()),
    ];
    let given = exchanged(&door, &callback).await.unwrap();
    assert_eq!(given.realm.as_deref(), Some("my-shop.door.example"));
    assert_eq!(given.scopes, ["read_orders", "write_inventory"]);
    let (head, body) = door.asked(0);
    assert!(head.starts_with("POST /access_token "), "{head}");
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!((body["code"].as_str(), body["expiring"].as_str()), (Some("c-1"), Some("1")));
    assert_eq!(body["client_secret"], "hush");
    door.own(&[("access_token", "t-1")]);
    door.verify().await.unwrap();
    assert_eq!(door.header(1, "x-shop-token").as_deref(), Some("t-1"));
    assert_eq!(door.header(1, "authorization"), None);
}

#[tokio::test]
async fn a_callback_that_the_shop_did_not_sign_or_signed_long_ago_ends_the_attempt() {
    let mut door = Door::new(SHOP, vec![]).await;
    door.setting("shop", "my-shop");
    let callback =
        [("code", "c-2"), ("shop", "my-shop.door.example"), ("timestamp", "1767323045"), ("hmac", "00ff")];
    let error = exchanged(&door, &callback).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Permission);
    let old = signed("code=c-2&shop=my-shop.door.example&timestamp=1767322000");
    let callback = [
        ("code", "c-2"),
        ("shop", "my-shop.door.example"),
        ("timestamp", "1767322000"),
        ("hmac", old.as_str()),
    ];
    assert!(exchanged(&door, &callback).await.unwrap_err().message.contains("too old"));
    assert!(door.server.lines().is_empty(), "a code was sent away");
}

#[tokio::test]
async fn a_shop_that_is_no_host_name_makes_no_address() {
    let mut door = Door::new(SHOP, vec![]).await;
    door.setting("shop", "evil.com/x");
    let app = named(&[("client_id", "id"), ("client_secret", "hush")]);
    let error = door.registry.authorize(&door.target, &app, "s", BACK).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Validation);
}

#[tokio::test]
async fn scopes_that_ended_are_not_asked_for_and_the_challenge_fits_its_verifier() {
    let manifest = r#"
[auth]
kind = "oauth2"
[auth.oauth2]
authorize_url = "https://door.example/authorize"
token_url = "https://door.example/token"
client_auth = "basic"
pkce = true
scopes = ["new", { name = "ended", until = "2026-01-01" }, { name = "ends", until = "2026-02-01", replacement = "new" }, { name = "old", until = "2027-01-01", ask = false }]
authorize_parameters = { prompt = "consent" }
"#;
    let door = Door::new(manifest, vec![]).await;
    let app = named(&[("client_id", "id"), ("client_secret", "hush")]);
    let asked = door.registry.authorize(&door.target, &app, "state-1", BACK).await.unwrap();
    let url: url::Url = asked.url.parse().unwrap();
    let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!((query["scope"].as_str(), query["prompt"].as_str()), ("new ends", "consent"));
    let verifier = asked.verifier.unwrap();
    let digest = Sha256::digest(verifier.expose_secret().as_bytes());
    assert_eq!(query["code_challenge"], BASE64_URL_SAFE_NO_PAD.encode(digest));
    assert_eq!(query["code_challenge_method"], "S256");
    let granted = ["ends".to_owned(), "old".to_owned(), "new".to_owned()];
    let deadlines = door.registry.deadlines(&door.target, &named(&[]), &granted);
    let ends: Vec<String> =
        deadlines.iter().map(|one| format!("{} {}", one.at.date_naive(), one.what)).collect();
    assert_eq!(
        ends,
        ["2026-02-01 the scope ends ends; new takes its place", "2027-01-01 the scope old ends"]
    );
}

#[tokio::test]
async fn tokens_consents_and_certificates_end_on_a_day_that_is_known() {
    let manifest = r#"
[auth]
kind = "oauth2"
deadlines = [
    { on = "2027-01-01", lacks = "refresh_token", what = "old tokens end", next_step = "connect again" },
    { setting = "certificate_ends", what = "the certificate ends", next_step = "make a new one" },
]
[auth.oauth2]
authorize_url = "https://door.example/authorize"
token_url = "https://door.example/token"
client_auth = "body"
consent_s = 86400
[[setup]]
name = "certificate_ends"
label = "End of the certificate"
"#;
    let mut door = Door::new(manifest, vec![]).await;
    door.setting("certificate_ends", "2026-03-01");
    let known =
        [("authorized_at", "2026-01-02T00:00:00Z"), ("refresh_token_expires_at", "2026-04-01T00:00:00Z")];
    let words = |secrets: &[(&str, &str)]| -> Vec<String> {
        let found = door.registry.deadlines(&door.target, &named(secrets), &[]);
        found.iter().map(|one| format!("{} {}", one.at.date_naive(), one.what)).collect()
    };
    assert_eq!(
        words(&known),
        [
            "2026-01-03 the consent ends",
            "2026-03-01 the certificate ends",
            "2026-04-01 the refresh token ends unless it is used",
            "2027-01-01 old tokens end"
        ]
    );
    assert!(!words(&[("refresh_token", "r")]).contains(&"2027-01-01 old tokens end".to_owned()));
}

const INSTANCE: &str = r#"
[auth]
kind = "oauth2"
realm = { token = "id", split = "/", part = 4 }
[auth.oauth2]
authorize_url = "https://door.example/authorize"
token_url = "https://door.example/token"
client_auth = "body"
base = "instance_url"
"#;

#[tokio::test]
async fn the_token_answer_names_the_company_and_its_own_address() {
    let answer = r#"{"access_token":"t","refresh_token":"r","instance_url":"https://eu5.door.example","id":"https://login.door.example/id/00D1/0051"}"#;
    let door = Door::new(INSTANCE, vec![json(answer)]).await;
    let given = exchanged(&door, &[("code", "c")]).await.unwrap();
    assert_eq!(given.realm.as_deref(), Some("00D1"));
    let base = given.secrets.get("base_url").unwrap().expose_secret().to_owned();
    // An operator's address stands in place of every origin of the provider.
    assert_eq!(base, door.server.url.as_str());
    assert!(given.secrets.expires_at.is_none());
}

#[tokio::test]
async fn a_claim_of_the_id_token_may_name_the_company() {
    let manifest = r#"
[auth]
kind = "oauth2"
realm = { claim = "tid" }
[auth.oauth2]
authorize_url = "https://door.example/authorize"
token_url = "https://door.example/token"
client_auth = "body"
"#;
    let part = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let token = format!("{}.{}.{}", part(r#"{"alg":"RS256"}"#), part(r#"{"tid":"tenant-1"}"#), part("x"));
    let answer = format!(r#"{{"access_token":"t","id_token":"{token}","expires_in":"3600"}}"#);
    let door = Door::new(manifest, vec![json(&answer)]).await;
    let given = exchanged(&door, &[("code", "c")]).await.unwrap();
    assert_eq!(given.realm.as_deref(), Some("tenant-1"));
    assert_eq!(given.secrets.expires_at, Some(door.bench.clock.now() + TimeDelta::hours(1)));
}

const TENANTS: &str = r#"
[auth]
kind = "oauth2"
[auth.realms]
request = { path = "/connections" }
id = "tenantId"
name = "tenantName"
only = { field = "tenantType", equals = "ORGANISATION" }
[auth.oauth2]
authorize_url = "https://door.example/authorize"
token_url = "https://door.example/token"
client_auth = "basic"
[headers]
tenant-id = "{realm}"
public-ip = "{context.public_ip}"
mac = "{context.mac_addresses}"
"#;

#[tokio::test]
async fn a_consent_may_give_several_companies() {
    let all = r#"[{"tenantId":"a","tenantType":"ORGANISATION","tenantName":"A Ltd"},{"tenantId":"b","tenantType":"PRACTICE"},{"tenantId":"c","tenantType":"ORGANISATION"}]"#;
    let mut door = Door::new(TENANTS, vec![json(all), json(ME)]).await;
    let token = named(&[("access_token", "t")]);
    let realms = door.registry.realms(&door.target, Some(token)).await.unwrap().unwrap();
    let shown: Vec<(&str, Option<&str>)> =
        realms.iter().map(|realm| (realm.id.as_str(), realm.name.as_deref())).collect();
    assert_eq!(shown, [("a", Some("A Ltd")), ("c", None)]);
    assert_eq!(door.header(0, "tenant-id"), None, "no company is known yet");
    door.own(&[("access_token", "t")]);
    door.target.realm = "a".to_owned();
    door.verify().await.unwrap();
    assert_eq!(door.header(1, "tenant-id").as_deref(), Some("a"));
    assert_eq!(door.header(1, "public-ip").as_deref(), Some("203.0.113.6"));
    assert_eq!(door.header(1, "mac"), None, "what nobody gave is not invented");
}

const MACHINE: &str = r#"
[auth]
kind = "oauth2"
[auth.oauth2]
grant = "client_credentials"
token_url = "https://door.example/{setting.tenant}/token"
client_auth = "body"
scopes = ["all"]
access_token_s = 3600
[auth.methods.other]
kind = "oauth2"
oauth2 = { grant = "client_credentials", token_url = "https://door.example/other", client_auth = "basic", access_token_s = 60, refresh_margin_s = 5 }
[[setup]]
name = "tenant"
label = "Tenant"
"#;

#[tokio::test]
async fn an_apps_own_token_is_taken_at_the_first_call_and_after_a_refusal_and_stored() {
    let plays = vec![
        json(r#"{"access_token":"m-1"}"#),
        json(ME),
        Play::json(401, "{}"),
        json(r#"{"access_token":"m-2","expires_in":60}"#),
        json(ME),
    ];
    let mut door = Door::new(MACHINE, plays).await;
    door.setting("tenant", "t-1");
    door.app(&[("client_id", "id"), ("client_secret", "hush")]);
    door.verify().await.unwrap();
    assert_eq!(door.server.lines(), ["POST /t-1/token", "GET /api/me"]);
    assert_eq!(door.asked(0).1, "grant_type=client_credentials&scope=all&client_id=id&client_secret=hush");
    assert_eq!(
        (door.secret("access_token"), door.header(1, "authorization").unwrap()),
        ("m-1".into(), "Bearer m-1".into())
    );
    door.verify().await.unwrap();
    assert_eq!(door.secret("access_token"), "m-2");
    assert_eq!(door.server.lines().len(), 5);
}

#[tokio::test]
async fn a_connection_or_a_request_may_take_another_method() {
    let plays = vec![json(r#"{"access_token":"o-1"}"#), json(ME)];
    let mut door = Door::new(MACHINE, plays).await;
    door.setting("tenant", "t-1");
    door.setting("auth", "other");
    door.own(&[("client_id", "own id"), ("client_secret", "own:hush")]);
    door.verify().await.unwrap();
    assert_eq!(door.server.lines()[0], "POST /other");
    let basic = BASE64_STANDARD.encode("own%20id:own%3Ahush");
    assert_eq!(door.header(0, "authorization"), Some(format!("Basic {basic}")));
    let asked = MACHINE.replace(
        r#"token_url = "https://door.example/{setting.tenant}/token""#,
        r#"token_url = "https://door.example/token""#,
    );
    let asked = format!(
        "{asked}\n[auth.realms]\nrequest = {{ path = \"/companies\", auth = \"other\" }}\nid = \"id\"\n"
    );
    let door = Door::new(&asked, vec![json(r#"{"access_token":"o-2"}"#), json("[]")]).await;
    door.app(&[("client_id", "id"), ("client_secret", "hush")]);
    assert_eq!(door.registry.realms(&door.target, None).await.unwrap(), Some(Vec::new()));
    assert_eq!(door.server.lines(), ["POST /other", "GET /api/companies"]);
    assert_eq!(
        (door.secret("other.access_token"), door.secret("access_token")),
        ("o-2".into(), String::new())
    );
}

#[tokio::test]
async fn an_assertion_proves_the_app_or_is_exchanged_for_a_token() {
    let key = EcdsaKeyPair::generate(&aws_lc_rs::signature::ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let der = key.to_pkcs8v1().unwrap();
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        BASE64_STANDARD.encode(der.as_ref())
    );
    let manifest = r#"
[auth]
kind = "oauth2"
[auth.oauth2]
grant = "jwt_bearer"
token_url = "https://door.example/token"
client_auth = "none"
base = "instance_url"
[auth.oauth2.assertion]
algorithm = "ES256"
key_id = "{setting.certificate}"
claims = { iss = "{secret.client_id}", sub = "{setting.user}", aud = "https://login.door.example" }
lifetime_s = 120
"#;
    let answer = r#"{"access_token":"j-1","instance_url":"https://eu5.door.example/"}"#;
    let mut door = Door::new(manifest, vec![json(answer), json(ME)]).await;
    door.setting("user", "ada@example.com");
    door.setting("certificate", "cert-1");
    door.own(&[("client_id", "id"), ("private_key", &pem)]);
    door.verify().await.unwrap();
    let form: BTreeMap<String, String> =
        url::form_urlencoded::parse(door.asked(0).1.as_bytes()).into_owned().collect();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert!(!form.contains_key("client_secret"));
    let parsed = super::super::jwt::parse(&form["assertion"]).unwrap();
    let claim = |name: &str| parsed.claim(name).cloned().unwrap_or_default();
    assert_eq!(
        (claim("iss"), claim("sub"), claim("aud")),
        ("id".into(), "ada@example.com".into(), "https://login.door.example".into())
    );
    assert_eq!(claim("exp").as_i64().unwrap() - claim("iat").as_i64().unwrap(), 120);
    assert_eq!(parsed.key_id(), Some("cert-1"));
    // The instance's own address has no /api.
    assert_eq!(door.server.lines()[1], "GET /me");
    assert_eq!(door.header(1, "authorization").as_deref(), Some("Bearer j-1"));
}

#[tokio::test]
async fn a_refusal_under_status_200_asks_for_a_new_connection_and_shows_no_token() {
    let manifest = r#"
[auth]
kind = "oauth2"
[auth.oauth2]
authorize_url = "https://door.example/authorize"
token_url = "https://door.example/token"
client_auth = "basic"
answer = { access_token = "authed_user.access_token" }
"#;
    let bad = r#"{"ok":false,"error":"invalid_refresh_token","authed_user":{"x":"xoxe-leak"}}"#;
    let door = Door::new(manifest, vec![json(bad), json(r#"{"authed_user":{"access_token":"u-2"}}"#)]).await;
    door.app(&[("client_id", "id"), ("client_secret", "hush")]);
    door.own(&[("access_token", "u-1"), ("refresh_token", "r-1")]);
    let error = door.registry.refresh(&door.target).await.unwrap_err();
    assert_eq!((error.class, error.next_step.as_deref()), (ErrorClass::AuthExpired, Some("connect again")));
    assert!(!format!("{error:?}").contains("leak"));
    door.registry.refresh(&door.target).await.unwrap();
    assert_eq!((door.secret("access_token"), door.secret("refresh_token")), ("u-2".into(), "r-1".into()));
}
