use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::address::is_public;
use super::canned::{Canned, Play};
use super::client::{HttpClient, HttpError, Outgoing, RESPONSE_LIMIT};
use super::egress::{EgressPolicy, EgressRefusal};
use super::redaction::redact;
use super::resolver::PublicResolver;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn get(url: Url) -> Outgoing {
    Outgoing {
        method: "GET".into(),
        url,
        headers: vec![],
        secret_headers: vec![],
        body: None,
        timeout: Duration::from_secs(5),
    }
}

fn open_to(server: &Canned) -> HttpClient {
    HttpClient::try_new(EgressPolicy::closed().allowing(&server.url)).unwrap()
}

/// Addresses that attackers of other systems used, in every spelling.
const CLOSED: &[&str] = &[
    "https://127.0.0.1/",
    "https://127.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.0.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://10.1.2.3/",
    "https://100.64.0.1/",
    "https://100.127.255.255/",
    "https://169.254.169.254/latest/meta-data/",
    "https://172.16.0.1/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://192.0.0.1/",
    "https://192.0.2.7/",
    "https://198.18.0.1/",
    "https://198.51.100.1/",
    "https://203.0.113.9/",
    "https://224.0.0.1/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[::]/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b:1::1]/",
    "https://[2002:7f00:1::]/",
    "https://[2001::1]/",
    "https://[2001:db8::1]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
    "https://\u{ff11}27.0.0.1/",
];

#[test]
fn addresses_that_are_not_public_are_refused_in_every_spelling() {
    let policy = EgressPolicy::closed();
    for text in CLOSED {
        let refusal = policy.check(&url(text));
        assert!(matches!(refusal, Err(EgressRefusal::NotPublic { .. })), "{text}: {refusal:?}");
    }
}

#[test]
fn public_addresses_and_names_pass() {
    let policy = EgressPolicy::closed();
    for text in [
        "https://8.8.8.8/",
        "https://[2606:4700::1111]/",
        "https://api.example.com/x",
        "https://a.example:443/",
    ] {
        policy.check(&url(text)).unwrap();
    }
}

#[test]
fn plain_http_other_ports_other_schemes_and_passwords_are_refused() {
    let policy = EgressPolicy::closed();
    for text in ["http://api.example.com/", "https://api.example.com:8443/", "https://api.example.com:22/"] {
        assert!(matches!(policy.check(&url(text)), Err(EgressRefusal::NotHttps { .. })), "{text}");
    }
    for text in ["ftp://api.example.com/", "file:///etc/passwd", "gopher://127.0.0.1/", "data:text/plain,x"] {
        assert!(matches!(policy.check(&url(text)), Err(EgressRefusal::NotAnAddress { .. })), "{text}");
    }
    assert_eq!(policy.check(&url("https://user:pass@api.example.com/")), Err(EgressRefusal::Credentials));
}

#[test]
fn an_entry_opens_its_own_scheme_host_and_port_only() {
    let policy = EgressPolicy::closed().allowing(&url("http://10.0.0.5:8080/"));
    policy.check(&url("http://10.0.0.5:8080/path")).unwrap();
    for text in
        ["http://10.0.0.5:8081/", "http://10.0.0.6:8080/", "https://10.0.0.5:8080/", "https://10.0.0.5/"]
    {
        assert!(policy.check(&url(text)).is_err(), "{text}");
    }
}

#[test]
fn an_address_inside_another_is_not_public() {
    for text in ["::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1", "::8.8.8.8"] {
        assert!(!is_public(text.parse::<IpAddr>().unwrap()), "{text}");
    }
}

fn resolving(to: &'static [&'static str]) -> HttpClient {
    let lookup = move |_: String| -> futures::future::BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(to.iter().map(|address| address.parse().unwrap()).collect()) })
    };
    HttpClient::with_resolver(EgressPolicy::closed(), PublicResolver::new(Arc::new(lookup))).unwrap()
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_called() {
    let inside: [&[&str]; 3] = [&["127.0.0.1"], &["169.254.169.254", "::1"], &["::ffff:10.0.0.1"]];
    for to in inside {
        let error = resolving(to).send(get(url("https://rebound.example/"))).await.unwrap_err();
        assert!(
            matches!(&error, HttpError::NoConnection(why) if why.contains("public address")),
            "{error:?}"
        );
        assert!(!error.may_have_arrived());
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let server = Canned::start([Play::with(302, "Location: http://169.254.169.254/\r\n", "")]).await;
    let answer = open_to(&server).send(get(server.url.clone())).await.unwrap();
    assert_eq!((answer.status, server.lines().len()), (302, 1));
}

#[tokio::test]
async fn a_refused_connection_surely_had_no_effect() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = url(&format!("http://{}", listener.local_addr().unwrap()));
    drop(listener);
    let client = HttpClient::try_new(EgressPolicy::closed().allowing(&closed)).unwrap();
    let error = client.send(get(closed)).await.unwrap_err();
    assert!(matches!(error, HttpError::NoConnection(_)), "{error:?}");
    assert!(!error.may_have_arrived());
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_may_have_had_an_effect() {
    let server = Canned::start([Play::Drop]).await;
    let error = open_to(&server).send(get(server.url.clone())).await.unwrap_err();
    assert!(matches!(error, HttpError::Broken(_)), "{error:?}");
    assert_eq!((error.may_have_arrived(), server.lines().len()), (true, 1));
}

#[tokio::test]
async fn a_pooled_connection_that_died_is_not_tried_again_on_another() {
    let server = Canned::start([Play::json(200, "{}"), Play::Drop, Play::json(200, "{}")]).await;
    let client = open_to(&server);
    client.send(get(server.url.clone())).await.unwrap();
    client.send(get(server.url.clone())).await.unwrap_err();
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn silence_ends_at_the_timeout() {
    let server = Canned::start([Play::Silence]).await;
    let request = Outgoing { timeout: Duration::from_millis(100), ..get(server.url.clone()) };
    assert_eq!(open_to(&server).send(request).await.unwrap_err(), HttpError::TimedOut);
}

#[tokio::test]
async fn an_answer_cut_short_is_broken() {
    let cut = Play::Cut(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"a\":".to_vec());
    let server = Canned::start([cut]).await;
    let error = open_to(&server).send(get(server.url.clone())).await.unwrap_err();
    assert!(matches!(error, HttpError::Broken(_)), "{error:?}");
}

#[tokio::test]
async fn an_answer_beyond_the_limit_is_not_read() {
    let announced =
        Play::Raw(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", RESPONSE_LIMIT + 1).into_bytes());
    let mut endless = b"HTTP/1.1 200 OK\r\n\r\n".to_vec();
    endless.resize(RESPONSE_LIMIT + 1000, b' ');
    let server = Canned::start([announced, Play::Cut(endless)]).await;
    let client = open_to(&server);
    assert_eq!(client.send(get(server.url.clone())).await.unwrap_err(), HttpError::TooLarge);
    assert_eq!(client.send(get(server.url.clone())).await.unwrap_err(), HttpError::TooLarge);
}

#[tokio::test]
async fn errors_never_show_a_secret_of_the_address_or_a_header() {
    let server = Canned::start([Play::Drop]).await;
    let mut request = get(server.url.join("/?key=topsecret1").unwrap());
    request.secret_headers.push(("Authorization".into(), SecretString::from("Bearer topsecret2")));
    assert!(!format!("{request:?}").contains("topsecret2"));
    let error = open_to(&server).send(request).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("topsecret"), "{error:?}");
    let mut broken = get(server.url.clone());
    broken.secret_headers.push(("Authorization".into(), SecretString::from("topsecret\n3")));
    let error = open_to(&server).send(broken).await.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("topsecret"), "{error:?}");
}

#[test]
fn words_of_a_provider_lose_secrets_and_length() {
    let secret = SecretString::from("s3cr3t-value");
    let text = redact("token s3cr3t-value in Authorization: Bearer abcdefgh.ijk is bad", &[&secret]);
    assert_eq!(text, "token [redacted] in Authorization: Bearer [redacted] is bad");
    assert_eq!(redact(&"x".repeat(2000), &[]).len(), 500);
    assert_eq!(redact("basic rules of a bearer token", &[]), "basic rules of a bearer token");
}
