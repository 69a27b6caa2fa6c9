use domain::fields::Fields;

use super::*;

fn filled(text: &str, shop: &str) -> Result<String, AddressError> {
    let settings: Fields = [("shop".to_owned(), shop.into())].into_iter().collect();
    let values = Values { settings: Some(&settings), ..Values::default() };
    Address::parse(text)?.fill(&values).map(|url| url.to_string())
}

#[test]
fn a_setting_fills_a_label_of_the_host_or_a_segment_of_the_path() {
    assert_eq!(
        filled("https://{setting.shop}.myshopify.com/admin", "my-shop").unwrap(),
        "https://my-shop.myshopify.com/admin"
    );
    assert_eq!(
        filled("https://login.example.com/{setting.shop}/token", "a/b").unwrap(),
        "https://login.example.com/a%2Fb/token"
    );
}

#[test]
fn a_name_is_spelled_as_hosts_do_where_that_is_asked_for() {
    let address = "https://{setting.shop:host}.example.com/{setting.shop:upper}";
    assert_eq!(filled(address, "1234567-sb1").unwrap(), "https://1234567-sb1.example.com/1234567_SB1");
    assert_eq!(filled(address, "1234567_SB1").unwrap(), "https://1234567-sb1.example.com/1234567_SB1");
    assert!(filled("https://{setting.shop}.example.com", "1234567_SB1").is_err());
    assert!(filled(address, "a.b/c").is_err());
}

#[test]
fn a_value_cannot_leave_its_label() {
    for evil in ["evil.com/", "evil.com#", "a@evil.com", "evil.com:443", "", "-a", "a..b", "ä"] {
        assert!(filled("https://{setting.shop}.myshopify.com", evil).is_err(), "{evil}");
    }
}

#[test]
fn a_host_that_is_only_a_hole_is_refused() {
    assert!(Address::parse("https://{setting.host}/x").is_err());
    assert!(Address::parse("ftp://example.com").is_err());
    assert!(Address::parse("example.com").is_err());
}

#[test]
fn the_origin_of_a_templated_host_is_a_wildcard() {
    let origin = |text: &str| Address::parse(text).unwrap().origin();
    assert_eq!(origin("https://{setting.shop}.myshopify.com/x"), "https://*.myshopify.com");
    assert_eq!(origin("https://eu-{setting.shop}.example.com"), "https://*.example.com");
    assert_eq!(origin("https://api.example.com/{realm}"), "https://api.example.com");
}

#[test]
fn a_wildcard_covers_labels_below_it_and_nothing_beside_it() {
    let fits = |origin: &str| origin_fits("https://*.salesforce.com", origin);
    assert!(fits("https://eu5.salesforce.com") && fits("https://a.my.salesforce.com"));
    for other in [
        "https://salesforce.com",
        "https://evilsalesforce.com",
        "http://a.salesforce.com",
        "https://.salesforce.com",
        "https://a.salesforce.com:444",
    ] {
        assert!(!fits(other), "{other}");
    }
    assert!(origin_fits("https://a.example/", "https://a.example"));
}
