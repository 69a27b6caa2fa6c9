use std::time::Duration;

use clap::Parser;

use super::{Config, Exposed};

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    config: Config,
}

fn read(arguments: &[&str]) -> Result<Config, String> {
    let line = std::iter::once(&"headwater").chain(arguments);
    Line::try_parse_from(line).map(|line| line.config).map_err(|error| error.to_string())
}

#[test]
fn a_database_and_a_key_lie_in_the_data_folder_by_default() {
    let config = read(&["--data-dir", "/srv/hub"]).unwrap();
    assert_eq!(config.data.url(), "sqlite:/srv/hub/headwater.db");
    assert_eq!(config.data.file().unwrap().to_str(), Some("/srv/hub/headwater.db"));
    assert_eq!(config.keys.path(&config.data.data_dir).to_str(), Some("/srv/hub/headwater.key"));
}

#[test]
fn a_server_database_has_no_file() {
    let config = read(&["--database", "postgres://localhost/hub"]).unwrap();
    assert_eq!(config.data.file(), None);
}

#[test]
fn listening_beyond_this_machine_needs_a_token() {
    let open = read(&["--listen", "0.0.0.0:80"]).unwrap().listen;
    assert_eq!(open.check(), Err(Exposed("0.0.0.0:80".parse().unwrap())));
    let closed = read(&["--listen", "0.0.0.0:80", "--api-token", "a-long-enough-token"]).unwrap().listen;
    assert_eq!(closed.check(), Ok(()));
    assert!(read(&["--api-token", "short"]).unwrap_err().contains("at least 16 characters"));
}

#[test]
fn a_token_does_not_print() {
    let config = read(&["--api-token", "a-long-enough-token"]).unwrap();
    assert!(!format!("{config:?}").contains("long-enough"));
}

#[test]
fn times_around_a_write_are_all_given_or_none() {
    assert!(read(&[]).unwrap().timing.timing().is_none());
    assert!(read(&["--settle", "2s"]).is_err());
    let all = ["--settle", "800ms", "--send-window", "2s", "--request-timeout", "1m"];
    let timing = read(&all).unwrap().timing.timing().unwrap();
    assert_eq!(timing.settle, Some(Duration::from_millis(800)));
    assert_eq!(timing.request_timeout, Duration::from_mins(1));
}

#[test]
fn an_allowed_destination_is_an_origin_and_may_name_its_certificates() {
    let config =
        read(&["--egress-allow", "http://127.0.0.1:9000,https://erp.lan:8443;ca=/etc/erp.pem"]).unwrap();
    let [plain, erp] = config.egress.egress_allow.as_slice() else { panic!("two entries") };
    assert_eq!((plain.scheme.as_str(), plain.host.as_str(), plain.port), ("http", "127.0.0.1", 9000));
    assert_eq!(erp.ca_file.as_deref().and_then(|file| file.to_str()), Some("/etc/erp.pem"));
    assert!(read(&["--egress-allow", "erp.lan"]).unwrap_err().contains("scheme://host:port"));
}

#[test]
fn endpoints_are_gathered_by_provider() {
    let given =
        "quickbooks.base_url=http://127.0.0.1:9000/v3,quickbooks.token_url=http://127.0.0.1:9000/token";
    let options = read(&["--endpoint", given]).unwrap().connectors.options();
    let of = &options.endpoints["quickbooks"];
    assert_eq!(of.base_url.as_ref().unwrap().as_str(), "http://127.0.0.1:9000/v3");
    assert!(of.token_url.is_some() && of.authorize_url.is_none());
    assert!(
        read(&["--endpoint", "quickbooks.door=http://127.0.0.1"])
            .unwrap_err()
            .contains("write it as quickbooks=")
    );
}
