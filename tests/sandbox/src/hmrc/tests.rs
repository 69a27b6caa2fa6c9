//! The tax account over real HTTP.

use serde_json::{Value, json};

use super::{HmrcConfig, HmrcSandbox, start};
use crate::faults::Fault;
use crate::test_client::client;

const BATCH: [(&str, &str); 11] = [
    ("Gov-Client-Connection-Method", "BATCH_PROCESS_DIRECT"),
    ("Gov-Client-Device-ID", "beec798b-b366-47fa-b1f8-92cede14a1ce"),
    ("Gov-Client-Local-IPs", "10.1.2.3"),
    ("Gov-Client-Local-IPs-Timestamp", "2026-01-01T00:00:00.000Z"),
    ("Gov-Client-MAC-Addresses", "ea%3A43%3A1a%3A5d%3A21%3A45"),
    ("Gov-Client-Timezone", "UTC+00:00"),
    ("Gov-Client-User-Agent", "os-family=Linux&os-version=6"),
    ("Gov-Client-User-IDs", "hub=1"),
    ("Gov-Vendor-License-IDs", "hub=8D79"),
    ("Gov-Vendor-Product-Name", "Headwater"),
    ("Gov-Vendor-Version", "headwater=1"),
];

struct Desk {
    account: HmrcSandbox,
    token: String,
}

async fn desk(config: HmrcConfig) -> Desk {
    let account = start(config).await.unwrap();
    let token = account.issue_tokens(&["read:vat", "write:vat"]).access_token;
    Desk { account, token }
}

impl Desk {
    async fn send(&self, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = format!("{}/organisations/vat/{path}", self.account.base_url);
        let request = body.map_or_else(|| client().get(&url), |body| client().post(&url).json(body));
        let mut request = request.bearer_auth(&self.token).header("accept", "application/vnd.hmrc.1.0+json");
        for (name, value) in BATCH {
            request = request.header(name, value);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap_or_default())
    }

    async fn code(&self, path: &str, body: Option<&Value>) -> (u16, String) {
        let (status, answer) = self.send(path, body).await;
        (status, answer["code"].as_str().unwrap_or_default().to_owned())
    }
}

fn filed(key: &str) -> Value {
    json!({
        "periodKey": key, "vatDueSales": 105.50, "vatDueAcquisitions": -100.45, "totalVatDue": 5.05,
        "vatReclaimedCurrPeriod": 105.15, "netVatDue": 100.10, "totalValueSalesExVAT": 300,
        "totalValuePurchasesExVAT": 300, "totalValueGoodsSuppliedExVAT": 3000, "totalAcquisitionsExVAT": 3000,
        "finalised": true
    })
}

#[tokio::test]
async fn a_return_is_filed_once_and_can_be_viewed() {
    let desk = desk(HmrcConfig::unlimited()).await;
    let (status, receipt) = desk.send("123456789/returns", Some(&filed("18A3"))).await;
    assert_eq!(status, 201, "{receipt}");
    assert!(receipt["formBundleNumber"].is_string());
    let again = desk.code("123456789/returns", Some(&filed("18A3"))).await;
    assert_eq!(again, (403, "DUPLICATE_SUBMISSION".to_owned()));
    let (_, seen) = desk.send("123456789/returns/18A3", None).await;
    assert_eq!((&seen["netVatDue"], seen.get("finalised")), (&json!(100.10), None));
    assert_eq!(desk.account.returns().len(), 1);
}

#[tokio::test]
async fn sums_must_add_up_and_pence_stay_out_of_whole_pounds() {
    let desk = desk(HmrcConfig::unlimited()).await;
    for (member, value, code) in [
        ("totalVatDue", json!(6.05), "VAT_TOTAL_VALUE"),
        ("netVatDue", json!(1.00), "VAT_NET_VALUE"),
        ("totalValueSalesExVAT", json!(300.50), "INVALID_MONETARY_AMOUNT"),
        ("vatDueSales", json!("105.50"), "INVALID_NUMERIC_VALUE"),
    ] {
        let mut wrong = filed("18A3");
        wrong[member] = value;
        let (status, answer) = desk.send("123456789/returns", Some(&wrong)).await;
        assert_eq!(status, 400);
        assert!(answer.to_string().contains(code), "{code} in {answer}");
    }
    let mut undeclared = filed("18A3");
    undeclared["finalised"] = json!(false);
    assert_eq!(desk.code("123456789/returns", Some(&undeclared)).await, (403, "NOT_FINALISED".to_owned()));
    let early = desk.code("123456789/returns", Some(&filed("18A9"))).await;
    assert_eq!(early, (403, "TAX_PERIOD_NOT_ENDED".to_owned()));
}

#[tokio::test]
async fn period_keys_may_hold_a_hash() {
    let desk = desk(HmrcConfig::unlimited()).await;
    assert_eq!(desk.send("123456789/returns", Some(&filed("#001"))).await.0, 201);
    assert_eq!(desk.send("123456789/returns/%23001", None).await.0, 200);
}

#[tokio::test]
async fn obligations_need_a_window_unless_open_ones_are_asked_for() {
    let desk = desk(HmrcConfig::unlimited()).await;
    let (status, open) = desk.send("123456789/obligations?status=O", None).await;
    assert_eq!((status, open["obligations"].as_array().unwrap().len()), (200, 3));
    let missing = desk.code("123456789/obligations?status=F", None).await;
    assert_eq!(missing, (400, "INVALID_DATE_FROM".to_owned()));
    let none = desk.code("123456789/obligations?from=2017-01-01&to=2017-12-31", None).await;
    assert_eq!(none, (404, "NOT_FOUND".to_owned()));
    let money = desk.code("123456789/payments?from=2016-01-01&to=2016-12-31", None).await;
    assert_eq!(money, (400, "DATE_FROM_INVALID".to_owned()));
}

#[tokio::test]
async fn a_call_names_its_version_its_trader_and_its_fraud_headers() {
    let desk = desk(HmrcConfig::unlimited()).await;
    let other = desk.code("987654321/obligations?status=O", None).await;
    assert_eq!(other, (403, "CLIENT_OR_AGENT_NOT_AUTHORISED".to_owned()));
    let url = format!("{}/organisations/vat/123456789/obligations?status=O", desk.account.base_url);
    let bare = client().get(&url).bearer_auth(&desk.token);
    assert_eq!(bare.try_clone().unwrap().send().await.unwrap().status(), 406);
    let without = bare.header("accept", "application/vnd.hmrc.1.0+json").send().await.unwrap();
    assert_eq!(without.status(), 400);
    assert_eq!(desk.account.stats()["fraud_headers_missing"], 1);
}

#[tokio::test]
async fn a_refresh_ends_the_token_before_and_its_own_refresh_token() {
    let desk = desk(HmrcConfig::unlimited()).await;
    let first = desk.account.issue_tokens(&["read:vat"]);
    let refresh = async |token: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", "hmrc-client"),
            ("client_secret", "hmrc-secret"),
        ];
        let url = format!("{}/oauth/token", desk.account.base_url);
        client().post(url).form(&form).send().await.unwrap().status().as_u16()
    };
    let token = first.refresh_token.unwrap();
    assert_eq!(refresh(&token).await, 200);
    assert_eq!(refresh(&token).await, 400);
    let spent = Desk { token: first.access_token, ..desk };
    assert_eq!(spent.code("123456789/obligations?status=O", None).await.0, 401);
}

#[tokio::test]
async fn three_calls_a_second_and_a_filing_that_was_kept_before_the_connection_dropped() {
    let desk = desk(HmrcConfig::default()).await;
    for _ in 0..3 {
        assert_eq!(desk.send("123456789/obligations?status=O", None).await.0, 200);
    }
    let over = desk.code("123456789/obligations?status=O", None).await;
    assert_eq!(over, (429, "MESSAGE_THROTTLED_OUT".to_owned()));
    desk.account.advance_clock(2);
    desk.account.faults.force_write(Fault::ErrorAfter, 1);
    assert_eq!(desk.send("123456789/returns", Some(&filed("18A3"))).await.0, 500);
    assert_eq!(desk.account.returns().len(), 1);
}
