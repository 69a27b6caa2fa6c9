//! `headwater sandbox <provider>`: a simulated provider to try things against.

use std::net::SocketAddr;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use sandbox::faults::FaultPlan;
use sandbox::quickbooks::{self, QuickBooksConfig, RequestIds, WebhookConfig, WebhookShape};
use sandbox::rest::{self, RestConfig, WebhookTarget};

use super::terminal;
use crate::shutdown;

mod providers;

/// Runs a simulated provider until ctrl-c. It is stateful and strict, and forgets everything when it ends.
#[derive(Args, Clone, Debug)]
pub(crate) struct SandboxArgs {
    #[command(subcommand)]
    provider: Simulator,
}

#[derive(Subcommand, Clone, Debug)]
enum Simulator {
    /// A QuickBooks Online company: OAuth, customers, items, invoices, credit memos, payments, webhooks
    Quickbooks(QuickBooksArgs),
    /// A generic paged REST API with customers and orders
    Rest(RestArgs),
    /// The UK register of companies: profiles, officers, filings, searches
    CompaniesHouse(ProviderArgs),
    /// A tax account at HMRC: VAT obligations and returns
    Hmrc(ProviderArgs),
    /// A HubSpot account: contacts, companies, deals, tickets, products
    Hubspot(ProviderArgs),
    /// A NetSuite account: records and SuiteQL
    Netsuite(ProviderArgs),
    /// Banks behind Plaid: accounts and transactions
    Plaid(ProviderArgs),
    /// A Salesforce org: accounts, contacts, leads, opportunities, products
    Salesforce(ProviderArgs),
    /// An SAP Business One company: business partners, items, orders, invoices
    SapB1(ProviderArgs),
    /// A Shopify shop: GraphQL, customers, products, orders
    Shopify(ProviderArgs),
    /// A Stripe account: customers, products, invoices, payments
    Stripe(ProviderArgs),
    /// A Xero organisation: contacts, invoices, credit notes, payments, items
    Xero(ProviderArgs),
}

/// What the simulators share that need nothing else.
#[derive(Args, Clone, Debug)]
struct ProviderArgs {
    #[command(flatten)]
    common: Common,

    /// Guard calls with the provider's published limits
    #[arg(long)]
    limits: bool,
}

#[derive(Args, Clone, Debug)]
struct Common {
    /// Address to listen on
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9000")]
    listen: SocketAddr,

    /// The hub that connects to it
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    hub: String,

    /// Misbehave: now and then 429, 500, slow answers, and connections dropped after the write was done
    #[arg(long)]
    faults: bool,

    /// Varies faults and data
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Args, Clone, Debug)]
struct QuickBooksArgs {
    #[command(flatten)]
    common: Common,

    /// Whether a repeated `requestid` is answered with the first answer
    #[arg(long, value_enum, default_value = "honoured")]
    request_id: RequestIdArg,

    /// Guard calls as the provider does: 500 a minute, 10 a second
    #[arg(long)]
    limits: bool,
}

#[derive(Args, Clone, Debug)]
struct RestArgs {
    #[command(flatten)]
    common: Common,

    /// Records each collection starts with
    #[arg(long, default_value_t = 25)]
    records: usize,

    /// The key callers must send
    #[arg(long, default_value = "sandbox-key")]
    api_key: String,
}

/// What the provider makes of `requestid`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum RequestIdArg {
    /// The same id is answered with the first answer.
    Honoured,
    /// It changes nothing.
    Ignored,
}

impl From<RequestIdArg> for RequestIds {
    fn from(arg: RequestIdArg) -> Self {
        match arg {
            RequestIdArg::Honoured => Self::Honoured,
            RequestIdArg::Ignored => Self::Ignored,
        }
    }
}

impl SandboxArgs {
    /// Runs the subcommand until it is told to end.
    pub(crate) async fn run(self) -> anyhow::Result<()> {
        match self.provider {
            Simulator::Quickbooks(args) => run_quickbooks(args).await,
            Simulator::Rest(args) => run_rest(args).await,
            Simulator::CompaniesHouse(args) => providers::companies_house(args).await,
            Simulator::Hmrc(args) => providers::hmrc(args).await,
            Simulator::Hubspot(args) => providers::hubspot(args).await,
            Simulator::Netsuite(args) => providers::netsuite(args).await,
            Simulator::Plaid(args) => providers::plaid(args).await,
            Simulator::Salesforce(args) => providers::salesforce(args).await,
            Simulator::SapB1(args) => providers::sap_b1(args).await,
            Simulator::Shopify(args) => providers::shopify(args).await,
            Simulator::Stripe(args) => providers::stripe(args).await,
            Simulator::Xero(args) => providers::xero(args).await,
        }
    }
}

impl Common {
    fn plan(&self) -> FaultPlan {
        if !self.faults {
            return FaultPlan::default();
        }
        FaultPlan {
            seed: self.seed,
            p429: 0.02,
            p500: 0.02,
            slow: 0.01,
            slow_ms: 3_000,
            drop_after: 0.02,
            retry_after_s: Some(1),
            ..FaultPlan::default()
        }
    }

    fn hub(&self) -> &str {
        self.hub.trim_end_matches('/')
    }
}

async fn run_quickbooks(args: QuickBooksArgs) -> anyhow::Result<()> {
    let Common { listen, seed, .. } = args.common;
    let hub = args.common.hub();
    let webhook = WebhookConfig::new(format!("{hub}/v1/webhooks/quickbooks"), WebhookShape::CloudEvents);
    let base = if args.limits { QuickBooksConfig::default() } else { QuickBooksConfig::unlimited() };
    let config = QuickBooksConfig {
        addr: Some(listen),
        redirect_uris: vec![format!("{hub}/v1/oauth/quickbooks/callback")],
        request_id: args.request_id.into(),
        faults: args.common.plan(),
        webhook: Some(webhook),
        seed,
        ..base
    };
    let (id, secret, verifier) =
        (config.client_id.clone(), config.client_secret.clone(), config.verifier_token.clone());
    let running =
        quickbooks::start(config).await.with_context(|| format!("{listen} cannot be listened on"))?;
    let at = &running.base_url;
    terminal::say(&format!(
        "a QuickBooks company (realm {realm}) answers at {at}\n\n\
         start the hub with\n  HEADWATER_EGRESS_ALLOW={at} HEADWATER_ENDPOINTS=quickbooks={at} headwater serve\n\n\
         give it the app's credentials\n  curl -X PUT {hub}/v1/providers/quickbooks/credentials \
         -H 'Content-Type: application/json' \\\n    -d '{{\"client_id\":\"{id}\",\"client_secret\":\"{secret}\",\
         \"webhook_secret\":\"{verifier}\"}}'\n\n\
         what it counted: {at}/admin/stats; ctrl-c ends it",
        realm = running.realm_id,
    ));
    shutdown::requested().await?;
    running.stop().await;
    Ok(())
}

async fn run_rest(args: RestArgs) -> anyhow::Result<()> {
    let Common { listen, seed, .. } = args.common;
    let hub = args.common.hub();
    let config = RestConfig {
        addr: Some(listen),
        seed,
        records: args.records,
        api_key: Some(args.api_key.clone()),
        versions: true,
        faults: args.common.plan(),
        webhook: Some(WebhookTarget {
            url: format!("{hub}/v1/webhooks/rest"),
            secret: "rest-webhook-secret".to_owned(),
        }),
        ..RestConfig::default()
    };
    let running = rest::start(config).await.with_context(|| format!("{listen} cannot be listened on"))?;
    let at = &running.base_url;
    terminal::say(&format!(
        "a REST API with customers and orders answers at {at}; callers send `Authorization: Bearer {key}`\n\n\
         start the hub with\n  HEADWATER_EGRESS_ALLOW={at} HEADWATER_CONNECTORS=tests/connectors headwater serve\n\n\
         webhooks are signed with `rest-webhook-secret`\n\
         what it counted: {at}/admin/stats; ctrl-c ends it",
        key = args.api_key,
    ));
    shutdown::requested().await?;
    running.stop().await;
    Ok(())
}
