//! The simulators that need nothing but an address: what each is started with, and what the hub has to be told.

use std::future::Future;
use std::io;

use anyhow::Context as _;
use sandbox::companies_house::{self, CompaniesHouseConfig};
use sandbox::hmrc::{self, HmrcConfig};
use sandbox::hubspot::{self, HubSpotConfig};
use sandbox::netsuite::{self, NetSuiteConfig};
use sandbox::plaid::{self, PlaidConfig};
use sandbox::salesforce::{self, SalesforceConfig};
use sandbox::sap_b1::{self, SapB1Config};
use sandbox::shopify::{self, ShopifyConfig};
use sandbox::stripe::{self, StripeConfig};
use sandbox::xero::{self, XeroConfig};

use super::ProviderArgs;
use crate::cli::terminal;
use crate::shutdown;

/// The config of a simulator: the published limits, or none.
macro_rules! config {
    ($args:ident, $config:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let base = if $args.limits { $config::default() } else { $config::unlimited() };
        $config { addr: Some($args.common.listen), faults: $args.common.plan(), $($field: $value,)* ..base }
    }};
}

impl ProviderArgs {
    fn redirects(&self, provider: &str) -> Vec<String> {
        vec![format!("{}/v1/oauth/{provider}/callback", self.common.hub())]
    }

    fn hook(&self, provider: &str) -> String {
        format!("{}/v1/webhooks/{provider}", self.common.hub())
    }
}

/// Xero: two organisations behind one login would be asked for; the sample has one.
pub(super) async fn xero(args: ProviderArgs) -> anyhow::Result<()> {
    let webhook = xero::WebhookConfig::new(args.hook("xero"), "xero-webhook-key");
    let redirect_uris = args.redirects("xero");
    let config = config!(
        args,
        XeroConfig { redirect_uris: redirect_uris, webhook: Some(webhook), seed: args.common.seed }
    );
    let told = format!(
        r#"{{"client_id":"{}","client_secret":"{}","webhook_secret":"xero-webhook-key"}}"#,
        config.client_id, config.client_secret
    );
    run(("xero", "provider", &told), &args, xero::start(config), |running| &running.base_url).await
}

pub(super) async fn stripe(args: ProviderArgs) -> anyhow::Result<()> {
    let config = config!(args, StripeConfig { seed: args.common.seed });
    let told = format!(r#"{{"api_key":"{}"}}"#, config.secret_key);
    run(("stripe", "integration", &told), &args, stripe::start(config), |running| &running.base_url).await
}

pub(super) async fn shopify(args: ProviderArgs) -> anyhow::Result<()> {
    let redirect_uris = args.redirects("shopify");
    let config = config!(args, ShopifyConfig { redirect_uris: redirect_uris, seed: args.common.seed });
    let told =
        format!(r#"{{"client_id":"{}","client_secret":"{}"}}"#, config.client_id, config.client_secret);
    run(("shopify", "provider", &told), &args, shopify::start(config), |running| &running.base_url).await
}

pub(super) async fn hubspot(args: ProviderArgs) -> anyhow::Result<()> {
    let webhook = hubspot::WebhookConfig::new(args.hook("hubspot"));
    let redirect_uris = args.redirects("hubspot");
    let config = config!(
        args,
        HubSpotConfig { redirect_uris: redirect_uris, webhook: Some(webhook), seed: args.common.seed }
    );
    let told =
        format!(r#"{{"client_id":"{}","client_secret":"{}"}}"#, config.client_id, config.client_secret);
    run(("hubspot", "provider", &told), &args, hubspot::start(config), |running| &running.base_url).await
}

pub(super) async fn netsuite(args: ProviderArgs) -> anyhow::Result<()> {
    let redirect_uris = args.redirects("netsuite");
    let config = config!(args, NetSuiteConfig { redirect_uris: redirect_uris, seed: args.common.seed });
    let ((consumer, consumer_secret), (token, token_secret)) = (&config.consumer, &config.token);
    let told = format!(
        r#"{{"consumer_key":"{consumer}","consumer_secret":"{consumer_secret}","token":"{token}","token_secret":"{token_secret}"}}"#
    );
    terminal::say(&format!(
        r#"connect with the settings {{"account":"{}","auth":"token"}}
"#,
        config.account_id
    ));
    run(("netsuite", "integration", &told), &args, netsuite::start(config), |running| &running.base_url).await
}

pub(super) async fn salesforce(args: ProviderArgs) -> anyhow::Result<()> {
    let redirect_uris = args.redirects("salesforce");
    let config = config!(args, SalesforceConfig { redirect_uris: redirect_uris, seed: args.common.seed });
    let (id, secret) = &config.client;
    let told = format!(r#"{{"client_id":"{id}","client_secret":"{secret}"}}"#);
    run(("salesforce", "provider", &told), &args, salesforce::start(config), |running| &running.base_url)
        .await
}

pub(super) async fn plaid(args: ProviderArgs) -> anyhow::Result<()> {
    let config = config!(args, PlaidConfig { seed: args.common.seed });
    let told = format!(r#"{{"client_id":"{}","client_secret":"{}"}}"#, config.client_id, config.secret);
    run(("plaid", "provider", &told), &args, plaid::start(config), |running| &running.base_url).await
}

/// SAP Business One, whose connector comes from a folder: `--connectors tests/connectors`.
pub(super) async fn sap_b1(args: ProviderArgs) -> anyhow::Result<()> {
    let config = config!(args, SapB1Config {});
    let told = format!(r#"{{"username":"{}","password":"{}"}}"#, config.user_name, config.password);
    run(("sap_b1", "integration", &told), &args, sap_b1::start(config), |running| &running.base_url).await
}

pub(super) async fn companies_house(args: ProviderArgs) -> anyhow::Result<()> {
    let config = config!(args, CompaniesHouseConfig {});
    let told = r#"{"api_key":"ch-key"}"#;
    let started = companies_house::start(config);
    run(("companies_house", "provider", told), &args, started, |running| &running.base_url).await
}

pub(super) async fn hmrc(args: ProviderArgs) -> anyhow::Result<()> {
    let redirect_uris = args.redirects("hmrc");
    let config = config!(args, HmrcConfig { redirect_uris: redirect_uris, seed: args.common.seed });
    let told =
        format!(r#"{{"client_id":"{}","client_secret":"{}"}}"#, config.client_id, config.client_secret);
    run(("hmrc", "provider", &told), &args, hmrc::start(config), |running| &running.base_url).await
}

/// Starts a simulator, says how the hub finds it, and runs it until ctrl-c.
async fn run<R>(
    (key, whose, told): (&str, &str, &str),
    args: &ProviderArgs,
    started: impl Future<Output = io::Result<R>>,
    base_url: impl Fn(&R) -> &String,
) -> anyhow::Result<()> {
    let listen = args.common.listen;
    let running = started.await.with_context(|| format!("{listen} cannot be listened on"))?;
    let (at, hub) = (base_url(&running), args.common.hub());
    let place = match whose {
        "provider" => format!("{hub}/v1/providers/{key}/credentials"),
        _ => format!("{hub}/v1/integrations/<id>/credentials"),
    };
    terminal::say(&format!(
        "a simulated {key} answers at {at}\n\n\
         start the hub with\n  HEADWATER_EGRESS_ALLOW={at} HEADWATER_ENDPOINTS={key}={at} headwater serve\n\n\
         give it the credentials\n  curl -X PUT {place} -H 'Content-Type: application/json' \\\n    -d '{told}'\n\n\
         what it counted: {at}/admin/stats; ctrl-c ends it"
    ));
    shutdown::requested().await?;
    drop(running);
    Ok(())
}
