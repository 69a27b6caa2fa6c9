//! The company over real HTTP.

use reqwest::Method;
use serde_json::{Value, json};

use super::{SapB1Config, SapB1Sandbox, start};
use crate::faults::Fault;
use crate::test_client::client;

struct Client {
    company: SapB1Sandbox,
    cookies: String,
}

struct Said {
    status: u16,
    etag: String,
    body: Value,
}

impl Said {
    fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    fn codes(&self, key: &str) -> Vec<&str> {
        self.body["value"].as_array().unwrap().iter().filter_map(|one| one[key].as_str()).collect()
    }
}

fn login() -> Value {
    json!({"CompanyDB": "SBODEMOGB", "UserName": "headwater", "Password": "b1-password"})
}

async fn ask(url: String, method: Method, headers: &[(&str, &str)], body: Value) -> reqwest::Response {
    let mut request = client().request(method, url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !body.is_null() {
        request = request.header("Content-Type", "application/json").body(body.to_string());
    }
    request.send().await.unwrap()
}

fn cookies(answer: &reqwest::Response) -> String {
    let lines = answer.headers().get_all("set-cookie").into_iter().map(|line| line.to_str().unwrap());
    lines.map(|line| line.split(';').next().unwrap()).collect::<Vec<_>>().join("; ")
}

impl Client {
    async fn new(config: SapB1Config) -> Self {
        let company = start(config).await.unwrap();
        let mut client = Self { company, cookies: String::new() };
        client.sign_in().await;
        client
    }

    async fn sign_in(&mut self) {
        let url = format!("{}/b1s/v2/Login", self.company.base_url);
        let answer = ask(url, Method::POST, &[], login()).await;
        assert_eq!(answer.status().as_u16(), 200);
        self.cookies = cookies(&answer);
    }

    async fn call(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Said {
        let url = format!("{}/b1s/v2/{path}", self.company.base_url);
        let mut all = vec![("Cookie", self.cookies.as_str())];
        all.extend(headers);
        let answer = ask(url, method.parse().unwrap(), &all, body).await;
        let etag = answer.headers().get("etag").map(|etag| etag.to_str().unwrap().to_owned());
        Said {
            status: answer.status().as_u16(),
            etag: etag.unwrap_or_default(),
            body: serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default(),
        }
    }

    async fn get(&self, path: &str) -> Said {
        self.call("GET", path, &[], Value::Null).await
    }

    async fn post(&self, path: &str, body: Value) -> Said {
        self.call("POST", path, &[], body).await
    }

    /// One customer, one item and so many orders of it.
    async fn with_orders(config: SapB1Config, orders: usize) -> Self {
        let client = Self::new(config).await;
        assert_eq!(
            client.post("BusinessPartners", json!({"CardCode": "C1", "CardName": "Ada"})).await.status,
            201
        );
        assert_eq!(client.post("Items", json!({"ItemCode": "I1", "ItemName": "Lamp"})).await.status, 201);
        for number in 0..orders {
            assert_eq!(client.post("Orders", order(&format!("PO-{number}"))).await.status, 201);
        }
        client
    }
}

fn order(reference: &str) -> Value {
    json!({
        "CardCode": "C1", "DocDueDate": "2026-12-01", "NumAtCard": reference,
        "DocumentLines": [{"ItemCode": "I1", "Quantity": 3, "UnitPrice": 2.55}],
    })
}

#[tokio::test]
async fn a_session_is_two_cookies_and_ends_after_its_time() {
    let mut client = Client::new(SapB1Config::default()).await;
    assert_eq!(client.get("Items").await.status, 200);
    let whole = client.cookies.clone();
    client.cookies = whole.split(';').next().unwrap().to_owned();
    let alone = [client.get("Items").await.status, client.get("Items").await.status];
    assert!(alone.contains(&401), "without ROUTEID the other node is asked sooner or later");
    client.cookies = whole;
    client.company.advance_clock(29 * 60);
    assert_eq!(client.get("Items").await.status, 200, "use keeps a session");
    client.company.advance_clock(29 * 60);
    assert_eq!(client.get("Items").await.status, 200);
    client.company.advance_clock(30 * 60);
    let ended = client.get("Items").await;
    assert_eq!((ended.status, ended.code()), (401, "301"));
}

#[tokio::test]
async fn sessions_are_few_and_a_logout_gives_one_back() {
    let mut client = Client::new(SapB1Config { max_sessions: 2, ..SapB1Config::default() }).await;
    client.sign_in().await;
    let url = format!("{}/b1s/v2/Login", client.company.base_url);
    assert_eq!(ask(url.clone(), Method::POST, &[], login()).await.status().as_u16(), 401);
    assert_eq!(client.post("Logout", Value::Null).await.status, 204);
    assert_eq!(client.get("Items").await.status, 401);
    assert_eq!(ask(url.clone(), Method::POST, &[], login()).await.status().as_u16(), 200);
    client.company.revoke();
    assert_eq!(
        (ask(url.clone(), Method::POST, &[], login()).await.status().as_u16(), client.company.sessions()),
        (401, 0)
    );
    client.company.restore();
    assert_eq!(ask(url, Method::POST, &[], login()).await.status().as_u16(), 200);
}

#[tokio::test]
async fn the_path_minds_its_case_and_the_version() {
    let client = Client::new(SapB1Config::default()).await;
    let url = format!("{}/b1s/v2/login", client.company.base_url);
    let answer = ask(url, Method::POST, &[], login()).await;
    assert_eq!(answer.status().as_u16(), 401, "/login is no login");
    assert_eq!(client.get("items").await.status, 501);
    let old = format!("{}/b1s/v1/Items", client.company.base_url);
    assert_eq!(
        ask(old, Method::GET, &[("Cookie", &client.cookies)], Value::Null).await.status().as_u16(),
        501
    );
}

#[tokio::test]
async fn lists_are_filtered_ordered_and_paged_by_links() {
    let client = Client::with_orders(SapB1Config::default(), 45).await;
    let first = client.get("Orders?$orderby=DocEntry desc&$filter=CardCode eq 'C1'").await;
    assert_eq!((first.codes("NumAtCard").len(), first.codes("NumAtCard")[0]), (20, "PO-44"));
    let link = first.body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(
        link.starts_with("Orders?$filter=CardCode%20eq%20'C1'&$orderby=DocEntry%20desc&$skip=20"),
        "{link}"
    );
    let second = client.get(&link).await;
    let last = client.get(second.body["@odata.nextLink"].as_str().unwrap()).await;
    assert_eq!((last.codes("NumAtCard").len(), last.body.get("@odata.nextLink")), (5, None));
    let sized =
        client.call("GET", "Orders?$count=true", &[("Prefer", "odata.maxpagesize=30")], Value::Null).await;
    assert_eq!((sized.codes("NumAtCard").len(), &sized.body["@odata.count"]), (30, &json!(45)));
    let all = client.call("GET", "Orders?$select=NumAtCard", &[("B1S-PageSize", "0")], Value::Null).await;
    assert_eq!((all.codes("NumAtCard").len(), all.body["value"][0].get("CardCode")), (45, None));
    let some = client.get("Orders?$top=25&$skip=30").await;
    assert_eq!((some.codes("NumAtCard").len(), some.body.get("@odata.nextLink")), (15, None));
    assert_eq!(client.get("Orders/$count?$filter=DocEntry gt 40").await.body, json!(5));
}

#[tokio::test]
async fn filters_know_texts_numbers_choices_dates_and_brackets() {
    let client = Client::with_orders(SapB1Config::default(), 3).await;
    let day = client.company.entities("Items")[0]["UpdateDate"].as_str().unwrap()[..10].to_owned();
    for (filter, wanted) in [
        ("DocEntry ge 2".to_owned(), 2),
        ("NumAtCard eq 'PO-1' or (NumAtCard eq 'PO-2' and DocTotal gt 9)".to_owned(), 2),
        ("startswith(NumAtCard,'PO') and DocumentStatus eq 'bost_Open' and Cancelled eq 'N'".to_owned(), 3),
        ("contains(NumAtCard,'po')".to_owned(), 0),
        (format!("UpdateDate ge '{day}' and UpdateTime ge '00:00:00'"), 3),
        (format!("UpdateDate gt '{day}'"), 0),
        ("Comments eq null and NumAtCard ne null".to_owned(), 3),
    ] {
        let found = client.get(&format!("Orders?$filter={filter}")).await;
        assert_eq!(found.body["value"].as_array().map(Vec::len), Some(wanted), "{filter}: {}", found.body);
    }
    let caseless = [("B1S-CaseInsensitive", "true")];
    let found = client.call("GET", "Orders?$filter=contains(NumAtCard,'po')", &caseless, Value::Null).await;
    assert_eq!(found.codes("NumAtCard").len(), 3);
    for wrong in [
        "not (DocEntry eq 1)",
        "DocEntry add 1 eq 2",
        "Nothing eq 1",
        "DocEntry eq 'x'",
        "DocumentLines eq 1",
    ] {
        let refused = client.get(&format!("Orders?$filter={wrong}")).await;
        assert_eq!((refused.status, refused.code()), (400, "-1000"), "{wrong}");
    }
    assert_eq!(client.get("Orders?$expand=BusinessPartner").await.status, 501);
}

#[tokio::test]
async fn a_version_that_is_not_the_latest_is_refused() {
    let client = Client::with_orders(SapB1Config::default(), 0).await;
    let first = client.get("BusinessPartners('C1')").await;
    assert_eq!(first.body["@odata.etag"], json!(first.etag));
    let patch = |name: &str| json!({ "CardName": name });
    let guarded = [("If-Match", first.etag.as_str())];
    assert_eq!(client.call("PATCH", "BusinessPartners('C1')", &guarded, patch("Ada L")).await.status, 204);
    let stale = client.call("PATCH", "BusinessPartners('C1')", &guarded, patch("Ada M")).await;
    assert_eq!((stale.status, stale.code()), (412, "-2039"));
    assert_eq!(client.call("PATCH", "BusinessPartners('C1')", &[], patch("Ada N")).await.status, 204);
    assert_eq!(client.call("DELETE", "BusinessPartners('C1')", &guarded, Value::Null).await.status, 412);
    assert_eq!(client.call("PATCH", "BusinessPartners('C9')", &[], patch("X")).await.code(), "-2028");
}

#[tokio::test]
async fn what_is_there_cannot_be_created_again() {
    let client = Client::with_orders(SapB1Config::default(), 1).await;
    let partner = client.post("BusinessPartners", json!({"CardCode": "C1", "CardName": "Bob"})).await;
    assert_eq!((partner.status, partner.code()), (400, "-10"));
    assert!(partner.body["error"]["message"].as_str().unwrap().starts_with("1320000140"));
    assert_eq!(client.post("Items", json!({"ItemCode": "I1"})).await.code(), "-2035");
    assert_eq!(client.post("BusinessPartners", json!({"CardName": "No code"})).await.code(), "-10");
    assert_eq!(
        client.post("BusinessPartners", json!({"CardCode": "C2", "Nonsense": 1})).await.code(),
        "-1000"
    );
    assert_eq!(
        client.post("BusinessPartners", json!({"CardCode": "0123456789ABCDEF"})).await.code(),
        "-1000"
    );
    client.post("Orders", order("PO-0")).await;
    assert_eq!(client.company.duplicates(), 1, "documents have no such guard");
}

#[tokio::test]
async fn lines_are_merged_unless_the_patch_replaces_them() {
    let client = Client::with_orders(SapB1Config::default(), 1).await;
    let lines = |body: &Value| body["DocumentLines"].as_array().unwrap().len();
    let more = json!({"DocumentLines": [{"ItemCode": "I1", "Quantity": 1, "UnitPrice": 1}]});
    client.call("PATCH", "Orders(1)", &[], more).await;
    let merged = client.get("Orders(1)").await.body;
    assert_eq!((lines(&merged), &merged["DocTotal"]), (2, &json!(10.38)));
    let one = json!({"DocumentLines": [{"LineNum": 1, "Quantity": 2}]});
    client.call("PATCH", "Orders(1)", &[("B1S-ReplaceCollectionsOnPatch", "true")], one).await;
    let replaced = client.get("Orders(1)").await.body;
    assert_eq!((lines(&replaced), &replaced["DocTotal"], &replaced["VatSum"]), (1, &json!(2.4), &json!(0.4)));
}

#[tokio::test]
async fn posted_documents_stay_as_they_are() {
    let client =
        Client::with_orders(SapB1Config { stamped_on_create: false, ..SapB1Config::default() }, 1).await;
    assert_eq!(client.post("Invoices", order("INV-1")).await.body["UpdateDate"], Value::Null);
    assert_eq!(client.call("PATCH", "Invoices(1)", &[], json!({"CardName": "Else"})).await.code(), "-10");
    assert_eq!(client.call("PATCH", "Invoices(1)", &[], json!({"Comments": "thanks"})).await.status, 204);
    assert_eq!(client.call("DELETE", "Invoices(1)", &[], Value::Null).await.code(), "-5006");
    assert_eq!(client.call("DELETE", "BusinessPartners('C1')", &[], Value::Null).await.code(), "-10");
    assert_eq!(client.post("Invoices(1)/Cancel", Value::Null).await.status, 204);
    assert_eq!(client.post("Invoices(1)/Cancel", Value::Null).await.code(), "-5002");
    let states = |set: &str| -> Vec<Value> {
        client.company.entities(set).into_iter().map(|one| one["CancelStatus"].clone()).collect()
    };
    assert_eq!(states("Invoices"), [json!("csYes"), json!("csCancellation")]);
    assert_eq!(client.post("Orders(1)/Close", Value::Null).await.status, 204);
    let line = json!({"DocumentLines": [{"LineNum": 0, "Quantity": 9}]});
    assert_eq!(client.call("PATCH", "Orders(1)", &[], line).await.code(), "-10");
    assert_eq!(client.post("Orders(1)/Cancel", Value::Null).await.code(), "-5002");
}

#[tokio::test]
async fn stamps_are_the_servers_own_time() {
    let client = Client::with_orders(SapB1Config { utc_offset_hours: 14, ..SapB1Config::default() }, 0).await;
    let item = client.get("Items('I1')").await.body;
    let local = client.company.entities("Items")[0]["UpdateTime"].clone();
    assert_eq!(item["UpdateTime"], local);
    assert!(item["UpdateDate"].as_str().unwrap().ends_with("T00:00:00Z"));
}

#[tokio::test]
async fn a_dropped_create_is_there_and_a_busy_server_says_so() {
    let client = Client::with_orders(SapB1Config::default(), 0).await;
    client.company.faults.force_write(Fault::ErrorAfter, 1);
    assert_eq!(client.post("Orders", order("PO-1")).await.code(), "-1");
    assert_eq!(client.get("Orders?$filter=NumAtCard eq 'PO-1'").await.codes("NumAtCard"), ["PO-1"]);
    assert_eq!(client.company.writes_per_key()["Orders:C1:PO-1"], 1);
    client.company.faults.force(Fault::TooManyRequests, 1);
    assert_eq!(client.get("Orders").await.status, 503);
}
