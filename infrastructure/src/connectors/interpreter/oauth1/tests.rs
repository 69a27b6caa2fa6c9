use super::*;

/// RFC 5849, 1.2.
#[test]
fn the_example_of_the_standard_is_signed_as_the_standard_says() {
    let oauth1: OAuth1 = toml::from_str("signature = \"HMAC-SHA1\"\nversion = false").unwrap();
    let signing = Signing {
        oauth1: &oauth1,
        consumer: ("dpf43f3p2l4k3l03", "kd94hf93k423kf44"),
        token: Some(("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")),
    };
    let parameters = vec![
        pair("oauth_consumer_key", "dpf43f3p2l4k3l03"),
        pair("oauth_token", "nnch734d00sl2jdk"),
        pair("oauth_signature_method", "HMAC-SHA1"),
        pair("oauth_timestamp", "137131202"),
        pair("oauth_nonce", "chapoH"),
    ];
    let request = Outgoing {
        method: "GET".to_owned(),
        url: Url::parse("http://photos.example.net/photos?file=vacation.jpg&size=original").unwrap(),
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: None,
        timeout: TOKEN_TIMEOUT,
    };
    let signed = signing.signed(parameters, &request);
    assert_eq!(signed.last(), Some(&pair("oauth_signature", "MdpQcU8iPSUjWoN/UDMsK2sui9I=")));
}

#[test]
fn a_form_body_takes_part_and_a_json_body_does_not() {
    let form = |kind: &str| Outgoing {
        method: "POST".to_owned(),
        url: Url::parse("https://a.example/x").unwrap(),
        headers: vec![("Content-Type".to_owned(), kind.to_owned())],
        secret_headers: Vec::new(),
        body: Some(b"a=1&b=2+3".to_vec()),
        timeout: TOKEN_TIMEOUT,
    };
    assert_eq!(form_body(&form("application/x-www-form-urlencoded")), [pair("a", "1"), pair("b", "2 3")]);
    assert!(form_body(&form("application/json")).is_empty());
}
