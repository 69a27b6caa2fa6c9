//! The hub as its own process, which can be killed.

use std::collections::BTreeMap;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tests::death::die_at;
use tests::rig::{Ground, Rig};

use crate::engine::ground::real_clock;

const CHILD: &str = "HEADWATER_TEST_HUB";

/// What the process is to do.
pub(super) enum Task<'a> {
    /// Its daily work, for 30 seconds of its clock.
    Work,
    /// The end of an authorization, with what the browser brought back.
    CompleteOAuth(&'a BTreeMap<String, String>),
}

/// A point, and at which time it is passed the process dies there.
pub(super) type Kill<'a> = Option<(&'a str, u64)>;

/// Only does something in a process that [`run`] started.
#[test]
fn hub_process() {
    let Some(order) = std::env::vars().find(|(name, _)| name == CHILD).map(|(_, order)| order) else {
        return;
    };
    let order: Value = serde_json::from_str(&order).unwrap();
    if let Some(point) = order["kill_at"].as_str() {
        die_at(point, order["nth"].as_u64().unwrap());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(obey(&order));
}

async fn obey(order: &Value) {
    let clock = real_clock();
    clock.advance(Duration::from_secs(order["later_s"].as_u64().unwrap()));
    let text = |name: &str| order[name].as_str().map(str::to_owned);
    let oauth: Option<Vec<String>> = serde_json::from_value(order["oauth"].clone()).unwrap();
    let ground = Ground {
        folder: text("folder").unwrap().into(),
        database: text("database"),
        provider: text("provider").unwrap(),
        provider_url: text("url").unwrap(),
        oauth: oauth.map(|urls| urls.try_into().unwrap()),
        clock,
    };
    let rig = Rig::open(&ground).await.unwrap();
    match serde_json::from_value::<Option<BTreeMap<String, String>>>(order["callback"].clone()).unwrap() {
        Some(callback) => drop(rig.desk.complete_oauth(&ground.provider, &callback).await.unwrap()),
        None => rig.advance(30).await.unwrap(),
    }
}

/// Runs the hub on its ground, so many seconds later than now.
pub(super) fn run(ground: &Ground, later_s: u64, task: &Task<'_>, kill: Kill<'_>) -> ExitStatus {
    let callback = match task {
        Task::Work => None,
        Task::CompleteOAuth(callback) => Some(callback),
    };
    let order = json!({
        "folder": ground.folder, "database": ground.database, "provider": ground.provider,
        "url": ground.provider_url, "oauth": ground.oauth, "later_s": later_s, "callback": callback,
        "kill_at": kill.map(|(point, _)| point), "nth": kill.map(|(_, nth)| nth),
    });
    let mut hub = Command::new(std::env::current_exe().unwrap());
    hub.args(["--exact", "engine::kills::hub_process::hub_process", "--nocapture"]);
    hub.env(CHILD, order.to_string()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
}

/// The same ground, later than any lease lasts.
pub(super) fn much_later(ground: &Ground) -> Ground {
    let later = Ground { clock: real_clock(), ..ground.clone() };
    later.clock.advance(Duration::from_hours(2));
    later
}
