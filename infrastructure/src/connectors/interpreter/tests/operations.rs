use application::ports::connector::{Asked, Connectors as _, SubmitOutcome, Target};
use chrono::TimeDelta;
use domain::value::ErrorClass;
use serde_json::json;

use super::rig::{Rig, json as answer};
use crate::connectors::memory::start;
use crate::http::canned::Play;

const OPERATIONS: &str = r#"
[headers]
Gov-Client-Public-IP = "{context.public_ip}"
[answers]
code = "code"
[[errors]]
code = ["DUPLICATE_SUBMISSION"]
class = "duplicate"
[operations.profile]
kind = "lookup"
label = "Company profile"
parameters = [{ name = "number", label = "Company number", example = "06500244", pattern = "^[A-Z0-9]{8}$", pad = 8 }]
request = { path = "/company/{param.number}", empty_when = [{ status = ["404"] }] }
cache_s = 60
[operations.officers]
kind = "lookup"
label = "Officers"
parameters = [{ name = "number" }]
request = { path = "/company/{param.number}/officers", query = { items_per_page = "{limit}", start_index = "{offset}" } }
items = "items"
pages = { kind = "rows", size = 2, total = "total_results" }
max_rows = 4
[operations.rates]
kind = "lookup"
label = "Tax rates"
request = { path = "/rates" }
items = "rates"
[operations.submit]
kind = "submit"
label = "VAT return"
natural_key = ["period_key"]
parameters = [
  { name = "period_key", pattern = "^[A-Z0-9#]{4}$" },
  { name = "due", type = "decimal", digits = 2 },
  { name = "total", type = "decimal", digits = 2 },
  { name = "finalised", type = "boolean" },
]
rules = [{ check = "dec.cmp(string(record.total), string(record.due)) >= 0", field = "total", message = "the total is at least what is due" }]
request = { method = "POST", path = "/vat/{realm}/returns", body = { periodKey = "{param.period_key}", vatDue = "{param.due}", totalVatDue = "{param.total}", finalised = "{param.finalised}" } }
receipt = ["Receipt-ID"]
[operations.submit.look_up]
request = { path = "/vat/{realm}/returns/{param.period_key}", empty_when = [{ status = ["404"] }] }
same = { vatDue = "due", totalVatDue = "total" }
[reference.rates]
label = "Tax rates"
lookup = "rates"
value = "type"
text = "name"
[reference.sic]
label = "SIC codes"
values = { "01110" = "Growing of cereals" }
"#;

fn asked(operation: &str, parameters: impl Into<serde_json::Value>) -> Asked {
    Asked {
        operation: operation.to_owned(),
        parameters: parameters.into().as_object().unwrap().clone(),
        ..Asked::default()
    }
}

#[tokio::test]
async fn a_lookup_checks_its_parameters_and_remembers_its_result_for_a_while() {
    let found = r#"{"company_name":"ACME"}"#;
    let rig = Rig::new(OPERATIONS, vec![answer(found), answer(found), Play::json(404, "{}")]).await;
    let first = rig.connection.look_up(&asked("profile", json!({ "number": "6500244" }))).await.unwrap();
    assert_eq!((first.result["company_name"].as_str(), first.known), (Some("ACME"), false));
    assert_eq!(rig.server.lines(), ["GET /api/company/06500244"], "numbers are filled up");
    let again = rig.connection.look_up(&asked("profile", json!({ "number": "06500244" }))).await.unwrap();
    assert!(again.known && again.result == first.result);
    rig.bench.clock.advance(TimeDelta::seconds(61));
    assert!(!rig.connection.look_up(&asked("profile", json!({ "number": "06500244" }))).await.unwrap().known);
    let none = rig.connection.look_up(&asked("profile", json!({ "number": "00000000" }))).await.unwrap();
    assert!(none.result.is_null());
    for (parameters, why) in [
        (json!({}), "`number` is missing: give Company number"),
        (json!({ "number": "x/y" }), "`number`: it must look like 06500244"),
        (json!({ "number": "1", "b": 1 }), "there is no parameter `b`: remove it"),
        (json!({ "number": [] }), "`number`: a text is wanted"),
    ] {
        let error = rig.connection.look_up(&asked("profile", parameters)).await.unwrap_err();
        assert_eq!((error.class, error.message.as_str()), (ErrorClass::Validation, why));
    }
    let error = rig.connection.look_up(&asked("submit", json!({}))).await.unwrap_err();
    assert!(error.message.contains("use one of officers, profile, rates"), "{}", error.message);
    assert_eq!(rig.server.lines().len(), 3);
}

#[tokio::test]
async fn a_list_is_read_to_its_end_but_not_beyond_its_limit() {
    let page = |from: u32, total: u32| {
        answer(&format!(r#"{{"items":[{{"n":{from}}},{{"n":{}}}],"total_results":{total}}}"#, from + 1))
    };
    let rig = Rig::new(OPERATIONS, vec![page(1, 4), page(3, 4)]).await;
    let found = rig.connection.look_up(&asked("officers", json!({ "number": "1" }))).await.unwrap();
    assert_eq!(found.result.as_array().unwrap().len(), 4);
    let rig = Rig::new(OPERATIONS, vec![page(1, 9), page(3, 9), page(5, 9)]).await;
    let error = rig.connection.look_up(&asked("officers", json!({ "number": "1" }))).await.unwrap_err();
    assert_eq!(error.message, "the read was stopped: the list has more than 4 rows");
}

#[tokio::test]
async fn reference_data_is_fixed_or_looked_up_once_a_day() {
    let one = r#"{"rates":[{"type":"OUTPUT2","name":"20%"}]}"#;
    let two = r#"{"rates":[{"type":"OUTPUT2","name":"21%"}]}"#;
    let rig = Rig::new(OPERATIONS, vec![answer(one), answer(two)]).await;
    let codes = rig.connection.reference("sic", true).await.unwrap();
    assert_eq!(codes, [("01110".to_owned(), "Growing of cereals".to_owned())]);
    for (fresh, meaning) in [(false, "20%"), (false, "20%"), (true, "21%"), (false, "21%")] {
        let codes = rig.connection.reference("rates", fresh).await.unwrap();
        assert_eq!(codes, [("OUTPUT2".to_owned(), meaning.to_owned())]);
    }
    assert_eq!(rig.server.lines().len(), 2);
    assert!(rig.connection.reference("colours", false).await.is_err());
}

#[tokio::test]
async fn what_one_company_is_told_is_not_told_to_another() {
    let limits = "[limits]\ncalls = 10\nper_s = 1\nconcurrency = 2\nscope = \"app\"\n";
    let manifest = format!("{limits}{OPERATIONS}");
    let plays = vec![answer(r#"{"company_name":"ONE"}"#), answer(r#"{"company_name":"TWO"}"#)];
    let rig = Rig::new(&manifest, plays).await;
    let asked = asked("profile", json!({ "number": "06500244" }));
    let mine = rig.connection.look_up(&asked).await.unwrap();
    let target = Target { realm: "r2".to_owned(), ..rig.target.clone() };
    let theirs = rig.registry.open(&target).unwrap().look_up(&asked).await.unwrap();
    assert_eq!((theirs.known, &theirs.result["company_name"]), (false, &json!("TWO")));
    assert!(rig.connection.look_up(&asked).await.unwrap().known);
    assert_eq!(mine.result["company_name"], json!("ONE"));
}

#[tokio::test]
async fn a_submission_says_what_is_filed() {
    let given = json!({ "period_key": "18A#", "due": 105.5, "total": "105.50", "finalised": true });
    let mut asked = asked("submit", given);
    asked.context.insert("public_ip".to_owned(), "198.51.100.1".to_owned());
    let rig = Rig::new(OPERATIONS, vec![]).await;
    let prepared = rig.connection.prepare_submission(&asked).unwrap();
    assert_eq!((prepared.natural_key.as_str(), prepared.call.items.len()), ("18A#", 1));
    let sent: serde_json::Value = serde_json::from_str(&prepared.call.body).unwrap();
    assert_eq!((&sent["periodKey"], &sent["finalised"]), (&json!("18A#"), &json!(true)));
    let amounts = ["vatDue", "totalVatDue"].map(|name| sent[name].to_string());
    assert_eq!(amounts, ["105.50", "105.50"]);
    assert!(prepared.call.headers.contains(&("Gov-Client-Public-IP".to_owned(), "198.51.100.1".to_owned())));
}

#[tokio::test]
async fn a_submission_is_sent_once_and_looked_up_when_nobody_knows() {
    let given = json!({ "period_key": "18A#", "due": 105.5, "total": "105.50", "finalised": true });
    let asked = asked("submit", given);
    let kept = r#"{"periodKey":"18A#","vatDue":105.5,"totalVatDue":105.50}"#;
    let plays = vec![
        Play::with(201, "Receipt-ID: r-9\r\n", r#"{"formBundleNumber":"256660290587"}"#),
        Play::Drop,
        answer(kept),
        Play::json(403, r#"{"code":"DUPLICATE_SUBMISSION"}"#),
        Play::json(404, "{}"),
        answer(r#"{"vatDue":1,"totalVatDue":105.50}"#),
    ];
    let rig = Rig::new(OPERATIONS, plays).await;
    let prepared = rig.connection.prepare_submission(&asked).unwrap();
    let before = start() + TimeDelta::hours(1);
    let SubmitOutcome::Confirmed(done) = rig.connection.submit(&prepared, before).await else { panic!() };
    assert_eq!(
        (done.result["formBundleNumber"].as_str(), done.receipt["Receipt-ID"].as_str()),
        (Some("256660290587"), "r-9")
    );
    let lost = rig.connection.submit(&prepared, before).await;
    assert!(matches!(lost, SubmitOutcome::Unknown { .. }), "{lost:?}");
    assert!(rig.connection.submitted(&asked).await.unwrap().unwrap().same);
    assert_eq!(rig.server.lines()[2], "GET /api/vat/r1/returns/18A%23");
    let twice = rig.connection.submit(&prepared, before).await;
    assert!(
        matches!(&twice, SubmitOutcome::Rejected(error) if error.class == ErrorClass::Duplicate),
        "{twice:?}"
    );
    assert!(rig.connection.submitted(&asked).await.unwrap().is_none());
    assert!(!rig.connection.submitted(&asked).await.unwrap().unwrap().same);
    let late = rig.connection.submit(&prepared, start() - TimeDelta::seconds(1)).await;
    assert!(
        matches!(&late, SubmitOutcome::Rejected(error) if error.message.contains("too late")),
        "{late:?}"
    );
}

#[tokio::test]
async fn a_submission_that_breaks_a_rule_is_refused_before_it_is_sent() {
    let rig = Rig::new(OPERATIONS, vec![]).await;
    let refused = |due: &str| {
        let given = json!({ "period_key": "18A#", "due": due, "total": "105.50", "finalised": true });
        rig.connection.prepare_submission(&asked("submit", given)).unwrap_err().message
    };
    assert_eq!(refused("105.505"), "`due`: it has more than 2 decimal places: round it first");
    assert_eq!(refused("200"), "`total`: the total is at least what is due");
}

#[tokio::test]
async fn the_fields_of_a_connection_are_found_out() {
    let manifest = r#"
[entities.contacts]
local_entity = "customer"
id = "id"
write_class = "d"
fields = { "properties.email" = "text" }
[entities.contacts.discover]
request = { path = "/properties" }
items = "results"
name = "name"
label = "label"
type = "type"
types = { number = "decimal", string = "text" }
only = { field = "hubspotDefined", equals = false }
prefix = "properties."
"#;
    let found = r#"{"results":[{"name":"tier","label":"Tier","type":"number","hubspotDefined":false},{"name":"x","type":"string","hubspotDefined":true},{"name":"email","hubspotDefined":false},{"name":"odd","type":"blob","hubspotDefined":false}]}"#;
    let rig = Rig::new(manifest, vec![answer(found)]).await;
    let fields = rig.connection.discover("contacts").await.unwrap();
    let shown: Vec<_> =
        fields.iter().map(|field| format!("{} {} {}", field.path, field.title, field.kind)).collect();
    assert_eq!(shown, ["properties.tier Tier decimal", "properties.odd Odd any"]);
}
