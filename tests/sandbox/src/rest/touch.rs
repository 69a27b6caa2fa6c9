//! `POST /admin/touch`: a share of the records changes at once, as a busy day would change them.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Number, Value, json};

use super::app::App;
use super::clock::now_ms;
use super::collection::Collection;
use super::generate::Shape;
use super::layout::{Layout, Row};
use super::problem::Problem;
use super::query::Parameters;
use crate::faults::mix;

/// `pct` of the live records (1 when absent) get a new stamp and, unless `mode=stamp`, another
/// amount. `seed` decides which; `collection` keeps it to one. No webhook is sent, and lists
/// show the change at once.
pub(super) fn routes(app: Arc<App>) -> Router {
    Router::new().route("/admin/touch", post(touch)).with_state(app)
}

async fn touch(State(app): State<Arc<App>>, query: RawQuery) -> Result<Json<Value>, Problem> {
    let query = query.0.unwrap_or_default();
    let given = Parameters::parse(&query, &["pct", "mode", "seed", "collection"])?;
    let now = now_ms();
    let sample = Sample {
        pct: given.value("pct")?.unwrap_or(1.0),
        seed: given.value("seed")?.unwrap_or(now.unsigned_abs()),
    };
    let stamp_only = match given.text("mode") {
        None | Some("value") => false,
        Some("stamp") => true,
        Some(_) => return Err(Problem::bad_request("mode", "mode is stamp or value")),
    };
    let names: Vec<&str> = match given.text("collection") {
        Some(name) => vec![name],
        None => app.names().collect(),
    };
    let mut touched = 0;
    for name in names {
        touched += touch_collection(&mut *app.edit(name)?, &sample, stamp_only, now);
    }
    let stamp = app.config.stamp_granularity.render(now);
    Ok(Json(json!({"touched": touched, "updated_at": stamp})))
}

struct Sample {
    pct: f64,
    seed: u64,
}

impl Sample {
    /// The draw that changes record `number`, or `None` when it is left alone.
    fn draw(&self, number: u32) -> Option<u64> {
        let draw = mix(self.seed.wrapping_mul(7919) ^ mix(u64::from(number) + 77));
        let of_million = u32::try_from(draw % 1_000_000).unwrap_or(0);
        (f64::from(of_million) < self.pct * 10_000.0).then_some(draw)
    }
}

fn touch_collection(collection: &mut Collection, sample: &Sample, stamp_only: bool, now: i64) -> usize {
    let shape = Shape::of(&collection.name);
    let mut touched = 0;
    for number in 1..=collection.current().last_number() {
        let Some(draw) = sample.draw(number) else {
            continue;
        };
        let row = collection.current().get(number).filter(|row| !row.deleted);
        let Some(row) = row else { continue };
        let row = if stamp_only {
            collection.layout.restamped(number, row, now)
        } else {
            revalued(&collection.layout, (number, row), shape.amount(), draw, now)
        };
        collection.put(number, row, now);
        touched += 1;
    }
    collection.settle(now);
    touched
}

/// The record with another amount of money, made from `draw`.
fn revalued(layout: &Layout, (number, row): (u32, &Row), amount: &str, draw: u64, now: i64) -> Row {
    let mut fields = Layout::fields(row);
    let units = 1000 + (draw >> 20) % 9000;
    let value = format!("{units}.{:02}", draw >> 40 & 63);
    let value: Number = serde_json::from_str(&value).expect("digits with a point are a number");
    fields.insert(amount.to_owned(), Value::Number(value));
    layout.row(number, now, row.version + 1, &fields)
}
