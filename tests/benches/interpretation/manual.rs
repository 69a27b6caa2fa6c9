//! A client as somebody writes it for one provider.

use anyhow::{Context as _, ensure};
use chrono::{DateTime, Utc};
use reqwest::{Client, Response};
use serde_json::{Value, json};

use super::child::{API_KEY, Program, client};

/// A record, as far as a sync needs it.
pub(crate) struct Record {
    pub(crate) id: String,
    pub(crate) body: Value,
    pub(crate) version: Option<String>,
    pub(crate) updated_at: Option<DateTime<Utc>>,
    pub(crate) created_at: Option<DateTime<Utc>>,
    pub(crate) deleted: bool,
}

/// The client.
pub(crate) struct Manual {
    client: Client,
    base: String,
}

impl Manual {
    pub(crate) fn new(provider: &Program) -> anyhow::Result<Self> {
        Ok(Self { client: client()?, base: provider.url.clone() })
    }

    /// Reads so many pages, from the first again after the last; answers how many records they had.
    pub(crate) async fn pages(&self, calls: usize) -> anyhow::Result<usize> {
        let (mut cursor, mut count): (Option<String>, usize) = (None, 0);
        for _ in 0..calls {
            let mut request = self.client.get(format!("{}/customers", self.base)).query(&[("limit", "100")]);
            if let Some(cursor) = &cursor {
                request = request.query(&[("cursor", cursor)]);
            }
            let answer = request.bearer_auth(API_KEY).header("Accept", "application/json").send().await?;
            let mut page = read(answer).await?;
            cursor = page["next_cursor"].as_str().map(str::to_owned);
            let Value::Array(rows) = page["data"].take() else { anyhow::bail!("no data") };
            let records = rows.into_iter().map(record).collect::<anyhow::Result<Vec<Record>>>()?;
            count += std::hint::black_box(records).len();
        }
        Ok(count)
    }

    /// Creates so many; answers what they became.
    pub(crate) async fn creates(&self, (round, calls): (usize, usize)) -> anyhow::Result<Vec<Record>> {
        let mut made = Vec::with_capacity(calls);
        for number in 0..calls {
            let reference = format!("manual-{round}-{number}");
            let mut body = super::ours::body(number);
            body.insert("external_id".to_owned(), json!(reference));
            let request = self.client.post(format!("{}/customers", self.base)).bearer_auth(API_KEY);
            let request = request.header("Idempotency-Key", format!("key-{reference}"));
            let answer = request.header("Accept", "application/json").json(&body).send().await?;
            made.push(record(read(answer).await?)?);
        }
        Ok(made)
    }

    /// Changes each once.
    pub(crate) async fn updates(&self, made: &[Record]) -> anyhow::Result<()> {
        for old in made {
            let request =
                self.client.patch(format!("{}/customers/{}", self.base, old.id)).bearer_auth(API_KEY);
            let request = request.header("Idempotency-Key", format!("change-{}", old.id));
            let version = old.version.as_deref().context("no version")?;
            let request = request.header("If-Match", format!("\"{version}\""));
            let change = json!({"name": "Changed", "phone": "+15550100"});
            let answer = request.header("Accept", "application/json").json(&change).send().await?;
            let now = record(read(answer).await?)?;
            ensure!(now.body["name"] == "Changed" && !now.deleted && now.updated_at >= old.updated_at);
            ensure!(now.created_at == old.created_at && now.version != old.version);
        }
        Ok(())
    }
}

async fn read(answer: Response) -> anyhow::Result<Value> {
    let status = answer.status();
    let bytes = answer.bytes().await?;
    ensure!(status.is_success(), "the provider answered {status}");
    Ok(serde_json::from_slice(&bytes)?)
}

fn record(body: Value) -> anyhow::Result<Record> {
    let time = |name: &str| -> anyhow::Result<Option<DateTime<Utc>>> {
        Ok(body[name].as_str().map(str::parse).transpose()?)
    };
    Ok(Record {
        id: body["id"].as_str().context("no id")?.to_owned(),
        version: body["version"].as_i64().map(|version| version.to_string()),
        updated_at: time("updated_at")?,
        created_at: time("created_at")?,
        deleted: body["deleted"].as_bool().unwrap_or_default(),
        body,
    })
}
