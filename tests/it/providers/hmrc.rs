//! HMRC: lookups by OAuth, and VAT returns that are filed once.

use std::cell::Cell;
use std::time::Duration;

use reqwest::{Method, StatusCode};
use sandbox::faults::{Fault, FaultPlan};
use sandbox::hmrc::{self, HmrcConfig, HmrcSandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::hub::{Hub, Setting, free_address, text};

use super::contract;

mod kills;

const KEY: &str = "hmrc";
/// What an operator sets of a batch process.
const FACTS: [(&str, &str); 6] = [
    ("device_id", "beec798b-b366-47fa-b1f8-92cede14a1ce"),
    ("local_ips", "10.1.2.3"),
    ("mac_addresses", "ea%3A43%3A1a%3A5d%3A21%3A45"),
    ("timezone", "UTC+00:00"),
    ("user_agent", "os-family=Linux&os-version=6.1&device-manufacturer=Server&device-model=Rack"),
    ("license_ids", "headwater=8D7963490527D33716835EE7C195516D5E562E03"),
];

struct Scene {
    hub: Hub,
    there: HmrcSandbox,
    /// Integrations of two projects with the same trader.
    ids: [String; 2],
    setting: Setting,
    _folder: TempDir,
}

impl Scene {
    async fn connected() -> Self {
        Self::with(FaultPlan::default()).await
    }

    async fn with(faults: FaultPlan) -> Self {
        let addr = free_address().unwrap();
        let callback = format!("http://{addr}/v1/oauth/hmrc/callback");
        let config = HmrcConfig { redirect_uris: vec![callback], faults, ..HmrcConfig::default() };
        let app = json!({"client_id": config.client_id, "client_secret": config.client_secret});
        let there = hmrc::start(config).await.unwrap();
        there.recorder.on();
        let folder = tempfile::tempdir().unwrap();
        let setting = Setting { addr: Some(addr), ..Setting::embedded(folder.path()) };
        let mut setting = setting.now().with_simulator(KEY, &there.base_url);
        let facts = FACTS.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        setting.config.connectors.context.extend(facts);
        let hub = Hub::start(&setting).await.unwrap();
        hub.put(&format!("/v1/providers/{KEY}/credentials"), app).await.unwrap();
        let other = hub.post("/v1/projects", json!({"name": "Other"})).await.unwrap();
        let settings = json!({"vrn": there.vrn});
        let news = [
            json!({"provider": KEY, "settings": settings}),
            json!({"provider": KEY, "settings": settings, "project_id": other["id"]}),
        ];
        let mut ids = Vec::new();
        for new in news {
            let id = text(&hub.post("/v1/integrations", new).await.unwrap(), "id").unwrap();
            let connect = json!({"integration_id": id});
            let begun = hub.post(&format!("/v1/integrations/{KEY}/connect"), connect).await.unwrap();
            hub.browse(&text(&begun, "authorize_url").unwrap()).await.unwrap();
            hub.post(&format!("/v1/integrations/{id}/enable"), json!({})).await.unwrap();
            ids.push(id);
        }
        let scene = Self { hub, there, ids: ids.try_into().unwrap(), setting, _folder: folder };
        scene.pass().await;
        scene
    }

    /// A second passes on both sides.
    async fn pass(&self) {
        self.there.advance_clock(1);
        self.hub.advance(Duration::from_secs(1)).await.unwrap();
    }

    /// The hub dies where it stands and is started again.
    async fn restarted(self) -> Self {
        self.hub.kill().await;
        let hub = Hub::start(&self.setting).await.unwrap();
        Self { hub, ..self }
    }

    fn path(&self, who: usize, rest: &str) -> String {
        format!("/v1/integrations/{}/{rest}", self.ids[who])
    }

    /// Asks once nothing of what went before holds it up: the three calls of a second may be used up, and the lane rest.
    async fn ask(&self, who: usize, operation: &str, parameters: Value) -> (StatusCode, Value) {
        for _ in 0..65 {
            self.pass().await;
        }
        self.ask_at_once(who, operation, parameters).await
    }

    /// Asks while time passes and the work goes on. Work once begun is brought to its end: a drain that is dropped halfway is
    /// a worker that died, and its jobs would wait for their leases.
    async fn ask_at_once(&self, who: usize, operation: &str, parameters: Value) -> (StatusCode, Value) {
        let path = self.path(who, &format!("operations/{operation}"));
        let body = json!({"parameters": parameters});
        let answered = Cell::new(false);
        let asked = async {
            let answer = self.hub.ask(Method::POST, &path, Some(&body)).await;
            answered.set(true);
            answer.unwrap()
        };
        let work = async {
            while !answered.get() {
                tokio::time::sleep(Duration::from_millis(50)).await;
                self.pass().await;
            }
        };
        tokio::join!(asked, work).0
    }

    async fn found(&self, operation: &str, parameters: Value) -> Value {
        let (status, answer) = self.ask(0, operation, parameters).await;
        assert_eq!(status, StatusCode::OK, "{answer}");
        answer["result"].clone()
    }

    /// The submissions of an integration.
    async fn submissions(&self, who: usize) -> Vec<Value> {
        let listed = self.hub.get(&self.path(who, "submissions")).await.unwrap();
        listed["items"].as_array().unwrap().clone()
    }

    /// Calls that filed something, or tried to.
    fn posts(&self) -> usize {
        let all = self.there.recorder.all();
        all.iter().filter(|one| one.method == "POST" && one.path.ends_with("/returns")).count()
    }

    fn close(self) {
        assert!(self.there.writes_per_key().values().all(|times| *times == 1), "something was filed twice");
        let stats = self.there.stats();
        for count in ["not_modelled", "fraud_headers_missing", "throttled"] {
            assert_eq!(stats[count].as_u64().unwrap_or(0), 0, "{count}: {stats}");
        }
        contract::hold(KEY, self.there.recorder.take());
    }
}

fn vat_return(period: &str, sales: &str) -> Value {
    json!({
        "period_key": period, "vat_due_sales": sales, "vat_due_acquisitions": "0", "total_vat_due": sales,
        "vat_reclaimed": "5.5", "net_vat_due": "100", "total_sales": "528", "total_purchases": 28,
        "total_goods_supplied": "0", "total_acquisitions": "0", "finalised": true,
    })
}

#[tokio::test]
async fn what_is_due_is_asked_for_and_a_return_is_filed_with_its_receipt() {
    let scene = Scene::connected().await;
    let open = scene.found("obligations", json!({"status": "O"})).await;
    let keys: Vec<&str> =
        open.as_array().unwrap().iter().filter_map(|one| one["periodKey"].as_str()).collect();
    assert_eq!(keys, ["18A3", "#001", "18A9"]);
    let (status, filed) = scene.ask(0, "submit_vat_return", vat_return("#001", "105.50")).await;
    assert_eq!((status, &filed["status"]), (StatusCode::OK, &json!("confirmed")), "{filed}");
    assert!(filed["receipt"]["Receipt-ID"].is_string() && filed["result"]["formBundleNumber"].is_string());
    assert_eq!(filed["natural_key"], json!("#001"));
    let sent = scene.there.returns();
    assert_eq!((sent.len(), sent[0]["vatDueSales"].to_string()), (1, "105.50".to_owned()));
    let viewed = scene.found("view_vat_return", json!({"period_key": "#001"})).await;
    assert_eq!(viewed["netVatDue"].to_string(), "100.00");
    let listed = scene.submissions(0).await;
    assert_eq!(listed.len(), 1);
    let encoded: String = filed["id"].as_str().unwrap().replace('/', "%2F").replace('#', "%23");
    let shown = scene.hub.get(&scene.path(0, &format!("submissions/{encoded}"))).await.unwrap();
    assert_eq!((&shown["receipt"], &shown["result"]), (&filed["receipt"], &filed["result"]));
    scene.close();
}

#[tokio::test]
async fn a_period_is_filed_once_whoever_asks() {
    let scene = Scene::connected().await;
    let (status, first) = scene.ask(0, "submit_vat_return", vat_return("18A3", "105.50")).await;
    assert_eq!(status, StatusCode::OK, "{first}");
    let (status, again) = scene.ask(0, "submit_vat_return", vat_return("18A3", "105.50")).await;
    assert_eq!((status, &again["type"]), (StatusCode::CONFLICT, &json!("/problems/already-submitted")));
    let receipt = first["receipt"]["Receipt-ID"].as_str().unwrap();
    assert!(again["detail"].as_str().unwrap().contains(receipt), "{again}");
    assert_eq!(scene.posts(), 1, "the second one was not sent");
    // Another connection does not know of it; HMRC does.
    let other = json!({"vat_due_sales": "105.60", "total_vat_due": "105.60", "net_vat_due": "100.10"});
    let mut different = vat_return("18A3", "105.60");
    different.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    let (status, refused) = scene.ask(1, "submit_vat_return", different).await;
    assert_eq!(
        (status, &refused["type"]),
        (StatusCode::CONFLICT, &json!("/problems/provider-duplicate")),
        "{refused}"
    );
    assert_eq!(scene.submissions(1).await[0]["status"], json!("rejected"));
    let (status, same) = scene.ask(1, "submit_vat_return", vat_return("18A3", "105.50")).await;
    assert_eq!(
        (status, &same["status"]),
        (StatusCode::OK, &json!("confirmed")),
        "what is there is what was sent: {same}"
    );
    assert_eq!(scene.there.returns().len(), 1);
    scene.close();
}

#[tokio::test]
async fn what_was_kept_before_the_answer_was_lost_is_found_and_filed_once() {
    for fault in [Fault::DropAfter, Fault::ErrorAfter, Fault::Truncated] {
        let scene = Scene::connected().await;
        scene.there.faults.force_write(fault, 1);
        let (status, filed) = scene.ask(0, "submit_vat_return", vat_return("18A3", "105.50")).await;
        assert_eq!((status, &filed["status"]), (StatusCode::OK, &json!("confirmed")), "{fault:?}: {filed}");
        let shown = scene.submissions(0).await;
        assert_eq!((scene.there.returns().len(), &shown[0]["attempts"]), (1, &json!(1)), "{fault:?}");
        scene.close();
    }
}

#[tokio::test]
async fn what_was_lost_on_the_way_is_sent_again_only_after_it_was_looked_for_twice() {
    for fault in [Fault::DropBefore, Fault::ServerError] {
        let scene = Scene::connected().await;
        scene.there.faults.force_write(fault, 1);
        let (status, answer) = scene.ask(0, "submit_vat_return", vat_return("18A3", "105.50")).await;
        assert!(status.is_success(), "{fault:?}: {answer}");
        for _ in 0..30 {
            scene.pass().await;
        }
        let shown = scene.submissions(0).await;
        assert_eq!(
            (&shown[0]["status"], &shown[0]["attempts"]),
            (&json!("confirmed"), &json!(2)),
            "{fault:?}: {shown:?}"
        );
        let all = scene.there.recorder.all();
        let looked =
            all.iter().filter(|one| one.method == "GET" && one.path.ends_with("/returns/18A3")).count();
        assert!(looked >= 2, "{fault:?}: looked for {looked} times");
        let last = all.iter().rposition(|one| one.path.contains("/returns")).unwrap();
        assert_eq!((all[last].method.as_str(), all[last].status), ("POST", 201), "{fault:?}");
        assert_eq!(scene.there.returns().len(), 1);
        scene.close();
    }
}

#[tokio::test]
async fn a_hub_that_died_while_a_return_was_under_way_finds_out_and_sends_no_second() {
    let scene = Scene::with(FaultPlan { slow_ms: 60_000, ..FaultPlan::default() }).await;
    scene.there.faults.force_write(Fault::Slow, 1);
    let path = scene.path(0, "operations/submit_vat_return");
    let body = json!({"parameters": vat_return("18A3", "105.50")});
    let asked = scene.hub.ask(Method::POST, &path, Some(&body));
    let filed = async {
        while scene.there.returns().is_empty() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let work = async {
        loop {
            scene.hub.run_until_idle().await.unwrap();
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        answer = asked => panic!("nobody knows yet: {answer:?}"),
        () = work => unreachable!("it works for ever"),
        () = filed => {}
    }
    let scene = scene.restarted().await;
    assert_eq!(scene.submissions(0).await[0]["status"], json!("begun"));
    let (status, refused) = scene.ask_at_once(0, "submit_vat_return", vat_return("18A3", "105.50")).await;
    assert_eq!((status, &refused["type"]), (StatusCode::CONFLICT, &json!("/problems/submission-under-way")));
    // Until the dead worker's lease is over.
    for _ in 0..12 {
        scene.there.advance_clock(30);
        scene.hub.advance(Duration::from_secs(30)).await.unwrap();
    }
    let shown = scene.submissions(0).await;
    assert_eq!((&shown[0]["status"], &shown[0]["attempts"]), (&json!("confirmed"), &json!(1)), "{shown:?}");
    assert_eq!((scene.there.returns().len(), scene.there.writes_per_key().len()), (1, 1));
    scene.close();
}

#[tokio::test]
async fn sums_that_do_not_fit_are_refused_before_anything_is_sent() {
    let scene = Scene::connected().await;
    let mut wrong = vat_return("18A3", "105.50");
    wrong["total_vat_due"] = json!("105.51");
    let (status, refused) = scene.ask(0, "submit_vat_return", wrong).await;
    assert_eq!(
        (status, &refused["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("parameters.total_vat_due")),
        "{refused}"
    );
    let mut undeclared = vat_return("18A3", "105.50");
    undeclared["finalised"] = json!(false);
    let (status, refused) = scene.ask(0, "submit_vat_return", undeclared).await;
    assert_eq!(
        (status, &refused["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("parameters.finalised"))
    );
    let mut pence = vat_return("18A3", "105.50");
    pence["total_sales"] = json!("528.10");
    let (status, refused) = scene.ask(0, "submit_vat_return", pence).await;
    assert_eq!(
        (status, &refused["field"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("parameters.total_sales"))
    );
    assert_eq!((scene.posts(), scene.submissions(0).await.len()), (0, 0));
    scene.close();
}

#[tokio::test]
async fn a_refusal_is_said_and_the_return_may_be_filed_later() {
    let scene = Scene::connected().await;
    let (status, refused) = scene.ask(0, "submit_vat_return", vat_return("18A9", "105.50")).await;
    assert_eq!(
        (status, &refused["type"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &json!("/problems/provider-refused")),
        "{refused}"
    );
    assert!(refused["detail"].as_str().unwrap().contains("TAX_PERIOD_NOT_ENDED"), "{refused}");
    let shown = scene.submissions(0).await;
    assert_eq!(
        (&shown[0]["status"], &shown[0]["code"]),
        (&json!("rejected"), &json!("TAX_PERIOD_NOT_ENDED"))
    );
    let (status, _) = scene.ask(0, "submit_vat_return", vat_return("18A9", "105.50")).await;
    assert_eq!((status, scene.posts()), (StatusCode::UNPROCESSABLE_ENTITY, 2));
    // Filed before Headwater was there; HMRC cannot show it.
    let (status, _) = scene.ask(0, "submit_vat_return", vat_return("18A1", "105.50")).await;
    assert!(matches!(status, StatusCode::CONFLICT | StatusCode::ACCEPTED), "{status}");
    for _ in 0..15 {
        scene.pass().await;
    }
    let shown = scene.submissions(0).await;
    let earlier = shown.iter().find(|one| one["natural_key"] == "18A1").unwrap();
    assert_eq!(
        (&earlier["status"], &earlier["class"]),
        (&json!("rejected"), &json!("duplicate")),
        "{earlier}"
    );
    assert!(scene.there.returns().is_empty());
    scene.close();
}

#[tokio::test]
async fn fraud_prevention_headers_go_with_every_call() {
    let scene = Scene::connected().await;
    scene.found("customer_information", json!({})).await;
    assert_eq!(
        scene.found("liabilities", json!({"from": "2026-01-01", "to": "2026-02-01"})).await,
        json!([])
    );
    let all = scene.there.recorder.all();
    let calls: Vec<_> = all.iter().filter(|one| one.path.starts_with("/organisations/")).collect();
    assert!(!calls.is_empty());
    for one in calls {
        let header = |name: &str| {
            let found = one.request_headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.clone()).unwrap_or_default()
        };
        assert_eq!(header("Gov-Client-Connection-Method"), "BATCH_PROCESS_DIRECT");
        assert_eq!(header("Gov-Client-Device-ID"), FACTS[0].1);
        assert_eq!(header("Gov-Client-Local-IPs-Timestamp").len(), 24);
    }
    let judged = scene.found("validate_fraud_headers", json!({})).await;
    assert_eq!(judged["code"], json!("VALID_HEADERS"), "{judged}");
    scene.close();
}
