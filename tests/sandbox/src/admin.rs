//! The admin surface every simulator shares. Plain JSON, never authorised, never faulty.
//!
//! - `GET /admin/stats`: what the simulator counted;
//! - `POST /admin/faults`: a whole [`FaultPlan`];
//! - `POST /admin/force`: `{"fault": "drop_after", "times": 1, "writes_only": true}`;
//! - `POST /admin/reset`: counts and forced faults to nothing; records and plan stay.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::faults::{Fault, FaultPlan, Faults};

/// What a simulator adds to the shared routes.
pub trait Admin: Send + Sync + 'static {
    /// The simulator's fault sequence.
    fn faults(&self) -> &Faults;
    /// The counts, as a JSON object. The faults sent are added to it as `faults`.
    fn stats(&self) -> Value;
    /// Sets the counts to nothing. The faults are reset by the caller.
    fn reset(&self);
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Force {
    fault: Fault,
    #[serde(default = "once")]
    times: u32,
    #[serde(default)]
    writes_only: bool,
}

fn once() -> u32 {
    1
}

/// The routes, ready to be merged into a simulator's router.
pub fn routes<A: Admin>(admin: Arc<A>) -> Router {
    Router::new()
        .route("/admin/stats", get(stats::<A>))
        .route("/admin/faults", post(set_faults::<A>))
        .route("/admin/force", post(force::<A>))
        .route("/admin/reset", post(reset::<A>))
        .with_state(admin)
}

/// The counts of `admin` with the faults sent, as `GET /admin/stats` shows them.
pub fn stats_of(admin: &impl Admin) -> Value {
    let mut stats = admin.stats();
    stats["faults"] = json!(admin.faults().sent());
    stats
}

/// What `POST /admin/reset` does.
pub fn reset_of(admin: &impl Admin) {
    admin.faults().reset();
    admin.reset();
}

async fn stats<A: Admin>(State(admin): State<Arc<A>>) -> Json<Value> {
    Json(stats_of(admin.as_ref()))
}

async fn set_faults<A: Admin>(State(admin): State<Arc<A>>, body: Bytes) -> Response {
    match serde_json::from_slice::<FaultPlan>(&body) {
        Ok(plan) => {
            admin.faults().set(plan);
            Json(json!({})).into_response()
        }
        Err(error) => refusal(&error),
    }
}

async fn force<A: Admin>(State(admin): State<Arc<A>>, body: Bytes) -> Response {
    let wanted = match serde_json::from_slice::<Force>(&body) {
        Ok(wanted) => wanted,
        Err(error) => return refusal(&error),
    };
    if wanted.writes_only {
        admin.faults().force_write(wanted.fault, wanted.times);
    } else {
        admin.faults().force(wanted.fault, wanted.times);
    }
    Json(json!({})).into_response()
}

async fn reset<A: Admin>(State(admin): State<Arc<A>>) -> Json<Value> {
    reset_of(admin.as_ref());
    Json(json!({}))
}

fn refusal(error: &serde_json::Error) -> Response {
    let body = json!({"error": {"code": "bad_request", "message": error.to_string()}});
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}
