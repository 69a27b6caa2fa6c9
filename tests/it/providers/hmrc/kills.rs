//! The process is killed at every named point of a submission and started again: the return is filed once, and its
//! receipt is known in the end.

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

use application::ports::clock::Clock as _;
use chrono::{DateTime, Utc};
use infrastructure::clock::ManualClock;
use reqwest::Method;
use sandbox::faults::Fault;
use sandbox::hmrc::HmrcSandbox;
use serde_json::{Value, json};
use tests::death::die_at;
use tests::hub::{Hub, Setting};

use super::{FACTS, KEY, Scene, vat_return};

const CHILD: &str = "HEADWATER_TEST_SUBMITTER";
/// Points of a submission, and what the provider does to the call meanwhile.
const POINTS: [(&str, Fault); 7] = [
    ("after_submission_requested", Fault::None),
    ("after_submission_begun", Fault::None),
    ("after_submission_sent", Fault::None),
    ("before_submission_outcome", Fault::DropAfter),
    ("after_submission_outcome", Fault::DropAfter),
    ("after_submission_looked_up", Fault::DropAfter),
    ("after_submission_looked_up", Fault::DropBefore),
];

/// The hub of these tests: on this folder, over this simulator, at this time.
fn setting(folder: &Path, url: &str, now: DateTime<Utc>) -> Setting {
    let mut setting = Setting::embedded(folder).with_simulator(KEY, url);
    setting.clock = Some(ManualClock::new(now));
    let facts = FACTS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    setting.config.connectors.context.extend(facts);
    setting
}

/// Only does something in a process that [`run`] started.
#[test]
fn submitting_process() {
    let Some(order) = std::env::vars().find(|(name, _)| name == CHILD).map(|(_, order)| order) else {
        return;
    };
    let order: Value = serde_json::from_str(&order).unwrap();
    if let Some(point) = order["kill_at"].as_str() {
        die_at(point, 1);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(obey(&order));
}

/// Submits, where it is told to, and goes on working for as long as a dead worker's lease lasts.
async fn obey(order: &Value) {
    let text = |name: &str| order[name].as_str().unwrap();
    let hub = Hub::start(&setting(Path::new(text("folder")), text("url"), text("now").parse().unwrap()))
        .await
        .unwrap();
    let work = async |every: Duration| {
        tokio::time::sleep(Duration::from_millis(20)).await;
        hub.advance(every).await.unwrap();
    };
    if let Some(path) = order["submit"].as_str() {
        let body = json!({"parameters": vat_return("18A3", "105.50")});
        let asked = hub.ask(Method::POST, path, Some(&body));
        let time = async {
            loop {
                work(Duration::from_secs(1)).await;
            }
        };
        tokio::select! {
            answer = asked => drop(answer.unwrap()),
            () = time => unreachable!("time does not end"),
        }
    }
    for _ in 0..20 {
        work(Duration::from_secs(30)).await;
    }
}

/// Runs the hub as its own process; time passes at the provider meanwhile, or its three calls a second would be used up.
async fn run(there: &HmrcSandbox, order: Value) -> ExitStatus {
    let run = move || {
        let mut hub = Command::new(std::env::current_exe().unwrap());
        hub.args(["--exact", "providers::hmrc::kills::submitting_process", "--nocapture"]);
        hub.env(CHILD, order.to_string()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
    };
    let mut ended = tokio::task::spawn_blocking(run);
    loop {
        tokio::select! {
            status = &mut ended => return status.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(20)) => there.advance_clock(1),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_every_point_of_a_submission_the_return_is_filed_once() {
    for (point, fault) in POINTS {
        // Given a connected trader, and a hub that stands still.
        let scene = Scene::connected().await;
        let submit = scene.path(0, "operations/submit_vat_return");
        let folder = scene.setting.config.data.data_dir.clone();
        let now = scene.setting.clock.as_ref().unwrap().now() + Duration::from_mins(2);
        let Scene { hub, there, ids, _folder, .. } = scene;
        hub.kill().await;
        there.faults.force_write(fault, 1);
        // When its process dies at the point, and another goes on.
        let order = |later: Duration, submit: Option<&str>, kill_at: Option<&str>| json!({"folder": folder, "url": there.base_url, "now": now + later, "submit": submit, "kill_at": kill_at});
        let first = run(&there, order(Duration::ZERO, Some(&submit), Some(point))).await;
        assert!(!first.success(), "{point} is never reached");
        let second = run(&there, order(Duration::from_mins(20), None, None)).await;
        assert!(second.success(), "{point}: {second:?}");
        // Then the return is there once, and its receipt is known.
        assert!(there.writes_per_key().values().all(|times| *times == 1), "{point} {fault:?}");
        let later = setting(&folder, &there.base_url, now + Duration::from_hours(1));
        let hub = Hub::start(&later).await.unwrap();
        hub.run_until_idle().await.unwrap();
        let listed = hub.get(&format!("/v1/integrations/{}/submissions", ids[0])).await.unwrap();
        assert_eq!(there.returns().len(), 1, "{point} {fault:?}: {listed}");
        assert_eq!(listed["items"][0]["status"], "confirmed", "{point} {fault:?}: {listed}");
        let attempts = listed["items"][0]["attempts"].as_u64().unwrap();
        // A call that was begun and surely not sent is looked for all the same, and begun once more.
        let twice = fault == Fault::DropBefore || point == "after_submission_begun";
        assert_eq!(attempts, if twice { 2 } else { 1 }, "{point} {fault:?}: {listed}");
        hub.kill().await;
    }
}
