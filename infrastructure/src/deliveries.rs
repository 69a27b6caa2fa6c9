//! Deliveries to customers' endpoints, in a table.

use application::ports::Unavailable;
use application::ports::deliveries::{Deliveries, Delivery, DeliveryState, Listed};
use chrono::{DateTime, Utc};
use domain::ids::WebhookEndpointId;

use crate::database::{Database, Row, Statement, away, params};
use crate::micros::{micros, time};

/// Every read answers these columns.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT organization, endpoint, position, event_type, state, attempts, first_at, last_at, next_at,
                status, error FROM outgoing_deliveries ",
            $rest
        )
    };
}

const GET: &str = select!("WHERE endpoint = $1 AND position = $2");
const LIST: &str = select!("WHERE endpoint = $1 AND position < $2 ORDER BY position DESC LIMIT $3");
const LIST_BY_STATE: &str =
    select!("WHERE endpoint = $1 AND position < $2 AND state = $4 ORDER BY position DESC LIMIT $3");
const PUT: &str =
    "INSERT INTO outgoing_deliveries (organization, endpoint, position, event_type, state, attempts,
        first_at, last_at, next_at, status, error)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
    ON CONFLICT (endpoint, position) DO UPDATE SET
        state = excluded.state, attempts = excluded.attempts, first_at = excluded.first_at,
        last_at = excluded.last_at, next_at = excluded.next_at, status = excluded.status, error = excluded.error";
const FORGET: &str = "DELETE FROM outgoing_deliveries WHERE endpoint = $1 AND last_at < $2";
// The first failure after the last success.
const FAILING: &str = "SELECT min(first_at) FROM outgoing_deliveries
    WHERE endpoint = $1 AND state <> 'delivered' AND last_at > coalesce(
        (SELECT max(last_at) FROM outgoing_deliveries WHERE endpoint = $1 AND state = 'delivered'), 0)";

/// Deliveries in the database.
pub struct DatabaseDeliveries(Database);

impl DatabaseDeliveries {
    /// The deliveries of `database`.
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait::async_trait]
impl Deliveries for DatabaseDeliveries {
    async fn get(&self, endpoint: WebhookEndpointId, position: u64) -> Result<Option<Delivery>, Unavailable> {
        let rows = self.0.query(GET, params![endpoint.to_string(), position]).await?;
        rows.first().map(delivery).transpose()
    }

    async fn put(&self, delivery: &Delivery, forget: DateTime<Utc>) -> Result<(), Unavailable> {
        let endpoint = delivery.endpoint.to_string();
        let values = params![
            delivery.organization.to_string(),
            &endpoint,
            delivery.position,
            &delivery.event_type,
            delivery.state.as_str(),
            i64::from(delivery.attempts),
            micros(delivery.first_at),
            micros(delivery.last_at),
            delivery.next_at.map(micros),
            delivery.status.map(i64::from),
            delivery.error.clone(),
        ];
        let forgotten = Statement::new(FORGET, params![&endpoint, micros(forget)]);
        let written = self.0.write(vec![Statement::new(PUT, values), forgotten]).await;
        written.map(drop).map_err(away)
    }

    async fn list(&self, endpoint: WebhookEndpointId, listed: &Listed) -> Result<Vec<Delivery>, Unavailable> {
        let before = listed.before.unwrap_or(i64::MAX.unsigned_abs());
        let limit = u64::try_from(listed.limit).unwrap_or(u64::MAX);
        let rows = match listed.state {
            Some(state) => {
                let values = params![endpoint.to_string(), before, limit, state.as_str()];
                self.0.query(LIST_BY_STATE, values).await?
            }
            None => self.0.query(LIST, params![endpoint.to_string(), before, limit]).await?,
        };
        rows.iter().map(delivery).collect()
    }

    async fn failing_since(&self, endpoint: WebhookEndpointId) -> Result<Option<DateTime<Utc>>, Unavailable> {
        let rows = self.0.query(FAILING, params![endpoint.to_string()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        row.opt_i64(0)?.map(time).transpose()
    }
}

fn delivery(row: &Row) -> Result<Delivery, Unavailable> {
    let unreadable = |what: &str| Unavailable::new("deliveries", format!("a row's {what} cannot be read"));
    let number = |at: usize, what: &str| u32::try_from(row.i64(at)?).map_err(|_| unreadable(what));
    let status = row.opt_i64(9)?.map(|status| u16::try_from(status).map_err(|_| unreadable("status")));
    Ok(Delivery {
        organization: row.text(0)?.parse().map_err(|_| unreadable("organization"))?,
        endpoint: row.text(1)?.parse().map_err(|_| unreadable("endpoint"))?,
        position: row.u64(2)?,
        event_type: row.text(3)?.to_owned(),
        state: DeliveryState::parse(row.text(4)?).ok_or_else(|| unreadable("state"))?,
        attempts: number(5, "attempts")?,
        first_at: time(row.i64(6)?)?,
        last_at: time(row.i64(7)?)?,
        next_at: row.opt_i64(8)?.map(time).transpose()?,
        status: status.transpose()?,
        error: row.opt_text(10)?.map(str::to_owned),
    })
}
