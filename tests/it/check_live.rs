//! `headwater connectors check <key> --live`: the provider is asked who we are, with the credentials of the vault.

use std::time::Duration;

use sandbox::rest::{self, RestConfig, RestSandbox};
use serde_json::json;
use tests::program::{self, Said};

use crate::own_connectors::{Ground, rest_as};

async fn provider() -> RestSandbox {
    rest::start(RestConfig { api_key: Some("key".into()), ..RestConfig::default() }).await.unwrap()
}

/// Runs the check beside the data of a hub that is not running.
async fn check(ground: &Ground, provider: &RestSandbox, key: &str, more: &[&str]) -> Said {
    let folder = ground.folder().to_owned();
    let (connectors, allow) = (folder.join("connectors"), provider.base_url.trim_end_matches('/').to_owned());
    let mut arguments: Vec<String> =
        ["connectors", "check", key, "--live", "--data-dir"].map(String::from).into();
    arguments.push(folder.display().to_string());
    arguments.extend(["--connectors".to_owned(), connectors.display().to_string()]);
    arguments.extend(["--egress-allow".to_owned(), allow]);
    arguments.extend(more.iter().map(|more| (*more).to_owned()));
    let run = move || {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program::headwater("cli::stands_in_for_the_program", &arguments).unwrap()
    };
    tokio::task::spawn_blocking(run).await.unwrap()
}

#[tokio::test]
async fn a_live_check_says_who_answers_and_fails_with_the_next_step_when_nobody_does() {
    // Given an integration whose hub is not running.
    let provider = provider().await;
    let manifests = [("pond", rest_as("pond"))];
    let mut ground = Ground::new(Duration::from_secs(5), &[&provider.base_url], &manifests).await;
    let integration = ground.connect("pond", &provider.base_url).await;
    ground.stop().await;
    // When it is checked, the provider answers.
    let good = check(&ground, &provider, "pond", &[]).await;
    assert_eq!(good.code, 0, "{good:?}");
    assert!(good.out.contains(&format!("pond {integration}: answers")), "{good:?}");
    let named = check(&ground, &provider, "pond", &["--integration", &integration]).await;
    assert_eq!((named.code, named.out), (0, good.out), "{}", named.err);
    // When the provider no longer takes the key, the check fails, says what to do, and shows no key.
    ground.start_again().await;
    let path = format!("/v1/integrations/{integration}/credentials");
    ground.hub().put(&path, json!({"api_key": "another-key-than-before"})).await.unwrap();
    ground.stop().await;
    let refused = check(&ground, &provider, "pond", &[]).await;
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.out.contains("give a new API key"), "{refused:?}");
    assert!(!format!("{refused:?}").contains("another-key-than-before"));
}

#[tokio::test]
async fn a_live_check_of_nobody_says_what_is_missing() {
    let provider = provider().await;
    let manifests = [("pond", rest_as("pond"))];
    let mut ground = Ground::new(Duration::from_secs(5), &[&provider.base_url], &manifests).await;
    ground.stop().await;
    let nobody = check(&ground, &provider, "pond", &[]).await;
    assert_eq!(nobody.code, 2, "{nobody:?}");
    assert!(nobody.err.contains("no integration with pond is there"), "{nobody:?}");
    let unknown = check(&ground, &provider, "lake", &[]).await;
    assert_eq!(unknown.code, 2, "{unknown:?}");
    assert!(unknown.err.contains("there is no provider `lake`"), "{unknown:?}");
}
