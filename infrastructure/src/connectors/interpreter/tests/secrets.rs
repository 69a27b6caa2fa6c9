//! Keys in headers, bodies and cookies; signed calls.

use application::ports::connector::Connectors;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use domain::value::ErrorClass;
use secrecy::ExposeSecret as _;

use super::door::{Door, json, named};
use crate::http::canned::Play;

const ME: &str = r#"{"name":"Books"}"#;

#[tokio::test]
async fn each_secret_goes_where_the_manifest_says() {
    let manifest = r#"
verify.request = { method = "POST", path = "/item", body = { count = "5" } }
[auth]
kind = "api_key"
send = [
    { secret = "client_id", header = "CLIENT-ID" },
    { secret = "client_secret", header = "CLIENT-SECRET" },
    { secret = "access_token", body = "access_token" },
    { secret = "extra", query = "extra" },
]
"#
    .replace("verify.request = { method = \"POST\", path = \"/item\", body = { count = \"5\" } }\n", "");
    let door = Door::new(&manifest, vec![json(ME)]).await;
    door.app(&[("client_id", "id"), ("client_secret", "hush")]);
    door.own(&[("access_token", "a-1"), ("extra", "x y")]);
    door.verify().await.unwrap();
    let (head, body) = door.asked(0);
    assert!(head.starts_with("GET /api/me?extra=x+y "), "{head}");
    assert_eq!(body, r#"{"access_token":"a-1"}"#);
    assert_eq!(door.header(0, "client-id").as_deref(), Some("id"));
    assert_eq!(door.header(0, "client-secret").as_deref(), Some("hush"));
}

#[tokio::test]
async fn a_key_may_be_the_user_name_of_basic_authentication() {
    let manifest = "[auth]\nkind = \"api_key\"\nsend = [{ secret = \"api_key\", user = true }]\n";
    let door = Door::new(manifest, vec![json(ME)]).await;
    door.own(&[("api_key", "k-1")]);
    door.verify().await.unwrap();
    let basic = BASE64_STANDARD.encode("k-1:");
    assert_eq!(door.header(0, "authorization"), Some(format!("Basic {basic}")));
}

#[tokio::test]
async fn what_nobody_gave_is_asked_for_by_name() {
    let manifest = "[auth]\nkind = \"api_key\"\nsend = [{ secret = \"api_key\", header = \"X-Key\" }]\n";
    let door = Door::new(manifest, vec![]).await;
    let error = door.verify().await.unwrap_err();
    assert_eq!(
        (error.class, error.message.as_str()),
        (ErrorClass::AuthExpired, "the credentials have no `api_key`")
    );
}

const SESSION: &str = r#"
[auth]
kind = "session"
[auth.session]
login = { method = "POST", path = "/Login", body = { CompanyDB = "{setting.company}", UserName = "{secret.username}", Password = "{secret.password}" } }
logout = { method = "POST", path = "/Logout" }
cookies = ["B1SESSION", "ROUTEID"]
lifetime_s = 1740
[[setup]]
name = "company"
label = "Company"
"#;

fn opened(id: &str) -> Play {
    let set = format!(
        "Content-Type: application/json\r\nSet-Cookie: B1SESSION={id};HttpOnly\r\nSet-Cookie: ROUTEID=.node1; path=/b1s\r\nSet-Cookie: other=x\r\n"
    );
    Play::with(200, &set, r#"{"SessionId":"x"}"#)
}

#[tokio::test]
async fn a_session_is_opened_kept_and_opened_again_after_a_refusal() {
    let plays = vec![
        opened("s-1"),
        json(ME),
        json(ME),
        Play::json(401, "{}"),
        opened("s-2"),
        json(ME),
        Play::json(204, ""),
    ];
    let mut door = Door::new(SESSION, plays).await;
    door.setting("company", "SBO");
    door.own(&[("username", "ada"), ("password", "p\"w")]);
    door.verify().await.unwrap();
    let login: serde_json::Value = serde_json::from_str(&door.asked(0).1).unwrap();
    assert_eq!((login["CompanyDB"].as_str(), login["Password"].as_str()), (Some("SBO"), Some("p\"w")));
    assert_eq!(door.header(1, "cookie").as_deref(), Some("B1SESSION=s-1; ROUTEID=.node1"));
    door.verify().await.unwrap();
    assert_eq!(door.server.lines().len(), 3, "the session is used again");
    door.verify().await.unwrap();
    assert_eq!(door.header(5, "cookie").as_deref(), Some("B1SESSION=s-2; ROUTEID=.node1"));
    door.registry.revoke(&door.target).await.unwrap();
    assert_eq!(door.server.lines()[6], "POST /api/Logout");
}

#[tokio::test]
async fn a_refused_login_names_what_to_check_and_no_password() {
    let words = r#"{"error":{"message":"Fail to login with p-secret-1"}}"#;
    let manifest = format!("{SESSION}\n[answers]\nmessage = [\"error.message\"]\n");
    let mut door = Door::new(&manifest, vec![Play::json(401, words)]).await;
    door.setting("company", "SBO");
    door.own(&[("username", "ada"), ("password", "p-secret-1")]);
    let error = door.verify().await.unwrap_err();
    assert_eq!(error.class, ErrorClass::AuthExpired);
    assert_eq!(error.next_step.as_deref(), Some("check user name and password, then give them again"));
    assert!(!format!("{error:?}").contains("p-secret-1"));
}

const SIGNED: &str = r#"
[auth]
kind = "oauth1"
realm = { setting = "account" }
[auth.oauth1]
realm = "{setting.account}"
[[setup]]
name = "account"
label = "Account"
"#;

#[tokio::test]
async fn every_call_is_signed_anew() {
    let mut door = Door::new(SIGNED, vec![json(ME), json(ME)]).await;
    door.setting("account", "1234567_SB1");
    door.own(&[("consumer_key", "ck"), ("consumer_secret", "cs"), ("token", "tk"), ("token_secret", "ts")]);
    door.verify().await.unwrap();
    door.verify().await.unwrap();
    let headers = [door.header(0, "authorization").unwrap(), door.header(1, "authorization").unwrap()];
    assert!(
        headers[0].starts_with("OAuth realm=\"1234567_SB1\", oauth_consumer_key=\"ck\""),
        "{}",
        headers[0]
    );
    assert!(
        headers[0].contains("oauth_signature_method=\"HMAC-SHA256\"")
            && headers[0].contains("oauth_token=\"tk\"")
    );
    assert_ne!(headers[0], headers[1], "a nonce was used twice");
    assert!(!headers[0].contains("ts\""), "{}", headers[0]);
}

#[tokio::test]
async fn three_legs_bring_a_token() {
    let manifest = r#"
[auth]
kind = "oauth1"
[auth.oauth1]
legs = 3
request_url = "https://door.example/request"
authorize_url = "https://door.example/authorize"
access_url = "https://door.example/access"
"#;
    let form = |body: &str| Play::with(200, "Content-Type: text/plain\r\n", body);
    let plays = vec![
        form("oauth_token=temp&oauth_token_secret=temp-secret&oauth_callback_confirmed=true"),
        form("oauth_token=final&oauth_token_secret=final-secret"),
    ];
    let door = Door::new(manifest, plays).await;
    let app = named(&[("consumer_key", "ck"), ("consumer_secret", "cs")]);
    let back = "https://hub.example/callback";
    let asked = door.registry.authorize(&door.target, &app, "state-1", back).await.unwrap();
    assert!(asked.url.ends_with("/authorize?oauth_token=temp"), "{}", asked.url);
    let sent = door.header(0, "authorization").unwrap();
    assert!(
        sent.contains("oauth_callback=\"https%3A%2F%2Fhub.example%2Fcallback%3Fstate%3Dstate-1\""),
        "{sent}"
    );
    let callback = [("oauth_token", "temp"), ("oauth_verifier", "v-1")];
    let callback = callback.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let given =
        door.registry.exchange(&door.target, &app, &callback, back, asked.verifier.as_ref()).await.unwrap();
    assert!(door.header(1, "authorization").unwrap().contains("oauth_verifier=\"v-1\""));
    let kept = |name: &str| given.secrets.get(name).map(|secret| secret.expose_secret().to_owned());
    assert_eq!((kept("token"), kept("token_secret")), (Some("final".into()), Some("final-secret".into())));
}
