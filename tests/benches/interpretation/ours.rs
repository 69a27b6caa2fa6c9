//! The connection that a manifest drives.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use application::ports::clock::Clock;
use application::ports::connector::{
    Connection, Connectors as _, ReadMode, RemoteRecord, Target, WriteOutcome, WriteRequest,
};
use application::ports::credentials::{Owner, Secrets};
use application::ports::limiter::Limit;
use chrono::TimeDelta;
use domain::fields::Fields;
use domain::ids::{DEFAULT_ORGANIZATION, IntegrationId};
use domain::value::Operation;
use infrastructure::connectors::{ConnectorRegistry, RegistryOptions};
use serde_json::json;

use super::child::{API_KEY, Program};
use super::ground;

const ENTITY: &str = "customers";

/// The connection.
pub(crate) struct Ours {
    connection: Arc<dyn Connection>,
    clock: Arc<dyn Clock>,
}

impl Ours {
    /// The generic provider of the tests, in pages of 100.
    pub(crate) async fn open(folder: &Path, provider: &Program) -> anyhow::Result<Self> {
        let services = ground::services(folder, Some(&provider.url.parse()?)).await?;
        let clock = Arc::clone(&services.clock);
        let target = Target {
            organization: DEFAULT_ORGANIZATION,
            integration: IntegrationId(services.ids.next()),
            provider: "rest".to_owned(),
            realm: "-".to_owned(),
            base_url: Some(provider.url.clone()),
            settings: Fields::new(),
            limit: Some(Limit { calls: 100_000_000, per: std::time::Duration::from_mins(1) }),
            mapped: std::collections::BTreeMap::new(),
        };
        let secrets = Secrets { values: vec![("api_key".to_owned(), API_KEY.into())], expires_at: None };
        let owner = Owner::Integration(target.integration);
        services.credentials.put(target.organization, &owner, &secrets, None).await?;
        let connectors = folder.join("connectors");
        small_pages(&connectors)?;
        let options = RegistryOptions { folder: Some(connectors), ..RegistryOptions::default() };
        let connection = ConnectorRegistry::try_new(services, &options)?.open(&target)?;
        Ok(Self { connection, clock })
    }

    /// Reads so many pages, from the first again after the last; answers how many records they had.
    pub(crate) async fn pages(&self, calls: usize) -> anyhow::Result<usize> {
        let (mut cursor, mut count) = (None, 0);
        for _ in 0..calls {
            self.connection.admit_read().await?;
            let page = self.connection.read_page(ENTITY, ReadMode::Full, cursor.as_ref()).await?;
            cursor = page.next;
            count += std::hint::black_box(page.records).len();
        }
        Ok(count)
    }

    /// Creates so many; answers what they became.
    pub(crate) async fn creates(&self, (round, calls): (usize, usize)) -> anyhow::Result<Vec<RemoteRecord>> {
        let mut made = Vec::with_capacity(calls);
        for number in 0..calls {
            let reference = format!("ours-{round}-{number}");
            let write = WriteRequest {
                item: "i0".to_owned(),
                operation: Operation::Create,
                remote_id: None,
                body: body(number),
                version_token: None,
                key: format!("key-{reference}"),
                reference,
            };
            made.push(self.write(write).await?);
        }
        Ok(made)
    }

    /// Changes each once.
    pub(crate) async fn updates(&self, made: &[RemoteRecord]) -> anyhow::Result<()> {
        for old in made {
            let change = json!({"name": "Changed", "phone": "+15550100"});
            let write = WriteRequest {
                item: "i0".to_owned(),
                operation: Operation::Update,
                remote_id: Some(old.id.clone()),
                body: change.as_object().cloned().unwrap_or_default(),
                version_token: old.version_token.clone(),
                key: format!("change-{}", old.id),
                reference: String::new(),
            };
            let now = self.write(write).await?;
            ensure!(now.body.get().contains("Changed") && !now.deleted && now.updated_at >= old.updated_at);
        }
        Ok(())
    }

    async fn write(&self, write: WriteRequest) -> anyhow::Result<RemoteRecord> {
        let (calls, refused) = self.connection.prepare(ENTITY, &[write]);
        ensure!(refused.is_empty(), "{refused:?}");
        let call = calls.first().context("no call was made")?;
        ensure!(self.connection.admit().await.is_ok(), "the limit is out of reach");
        let before = self.clock.now() + TimeDelta::seconds(10);
        let outcome = self.connection.send(call, before).await.pop();
        match outcome.context("no outcome")?.1 {
            WriteOutcome::Confirmed { record: Some(record) } => Ok(record),
            other => bail!("the write became {other:?}"),
        }
    }
}

/// A record to create, in the provider's terms.
pub(crate) fn body(number: usize) -> Fields {
    let body = json!({
        "name": format!("Customer {number}"), "company": format!("Company {}", number % 997),
        "email": format!("customer{number}@example.com"), "phone": format!("+1555{number:07}"),
        "address": {"line1": "1 Shore Street", "city": "Port Ellen", "postal_code": "PA42 7AZ", "country": "GB"},
        "currency": "GBP", "notes": "calls back on Fridays",
    });
    body.as_object().cloned().unwrap_or_default()
}

/// The tests' own manifest with pages of 100.
fn small_pages(folder: &Path) -> anyhow::Result<()> {
    let from = tests::hub::connectors().join("rest");
    for file in ["manifest.toml", "entities/customers.toml", "entities/orders.toml"] {
        let to = folder.join("rest").join(file);
        std::fs::create_dir_all(to.parent().context("a file lies in a folder")?)?;
        let text = std::fs::read_to_string(from.join(file))?.replace("size = 1000", "size = 100");
        std::fs::write(to, text)?;
    }
    Ok(())
}
