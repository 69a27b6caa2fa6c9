//! Reading: lists, filters, searches, expansions, deletions.

use serde_json::json;

use super::desk::{Desk, ids, text};
use crate::stripe::StripeConfig;

async fn three(desk: &Desk) -> [String; 3] {
    [
        desk.customer("a@example.com").await,
        desk.customer("b@example.com").await,
        desk.customer("c@example.com").await,
    ]
}

#[tokio::test]
async fn lists_are_newest_first_and_paged_by_id() {
    let desk = Desk::open().await;
    let [a, b, c] = three(&desk).await;
    let page = desk.read("/v1/customers?limit=2").await;
    assert_eq!(
        (ids(&page), &page["has_more"], &page["url"]),
        (vec![c.clone(), b.clone()], &json!(true), &json!("/v1/customers"))
    );
    let page = desk.read(&format!("/v1/customers?limit=2&starting_after={b}")).await;
    assert_eq!((ids(&page), &page["has_more"]), (vec![a.clone()], &json!(false)));
    let page = desk.read(&format!("/v1/customers?limit=1&ending_before={a}")).await;
    assert_eq!((ids(&page), &page["has_more"]), (vec![b.clone()], &json!(true)), "the nearest newer one");
    for query in ["limit=0", "limit=101", "starting_after=cus_none", "starting_after=x&ending_before=y"] {
        assert_eq!(desk.get(&format!("/v1/customers?{query}")).await.0, 400, "{query}");
    }
}

#[tokio::test]
async fn a_page_is_ten_long_unless_asked() {
    let desk = Desk::open().await;
    for number in 0..11 {
        desk.sandbox.create("product", json!({"name": number.to_string()})).unwrap();
    }
    let page = desk.read("/v1/products").await;
    assert_eq!((ids(&page).len(), &page["has_more"]), (10, &json!(true)));
}

#[tokio::test]
async fn lists_filter_by_creation_and_by_their_own_fields() {
    let desk = Desk::open().await;
    let [a, ..] = three(&desk).await;
    let created = desk.read(&format!("/v1/customers/{a}")).await["created"].as_i64().unwrap();
    desk.sandbox.advance_clock(100);
    let late = desk.customer("late@example.com").await;
    let since = created + 50;
    assert_eq!(
        ids(&desk.read(&format!("/v1/customers?created[gte]={since}")).await),
        std::slice::from_ref(&late)
    );
    assert_eq!(ids(&desk.read(&format!("/v1/customers?created[lt]={since}")).await).len(), 3);
    assert_eq!(ids(&desk.read("/v1/customers?email=late@example.com").await), [late]);
    assert!(ids(&desk.read("/v1/customers?email=LATE@example.com").await).is_empty());
}

#[tokio::test]
async fn a_deleted_customer_is_still_answered_and_listed_nowhere() {
    let desk = Desk::open().await;
    let id = desk.customer("a@example.com").await;
    let path = format!("/v1/customers/{id}");
    let gone = json!({"id": id, "object": "customer", "deleted": true});
    assert_eq!(desk.delete(&path).await, (200, gone.clone()));
    assert_eq!(desk.get(&path).await, (200, gone));
    assert!(ids(&desk.read("/v1/customers").await).is_empty());
    assert_eq!(desk.post(&path, &[("name", "A")]).await.0, 404);
    assert_eq!(
        desk.refused("/v1/invoices", &[("customer", &id)]).await,
        ("resource_missing".into(), "customer".into())
    );
    assert_eq!(desk.events().await, ["customer.created", "customer.deleted"]);
}

#[tokio::test]
async fn searches_come_after_the_writes_and_lists_do_not() {
    let desk = Desk::with(StripeConfig { search_lag_ms: 60_000, ..StripeConfig::unlimited() }).await;
    let fields = [("email", "a@example.com"), ("metadata[hw]", "c-1")];
    let id = text(&desk.write("/v1/customers", &fields).await["id"]);
    let find = "/v1/customers/search?query=metadata['hw']:'c-1'";
    assert!(ids(&desk.read(find).await).is_empty());
    assert_eq!(ids(&desk.read("/v1/customers").await), std::slice::from_ref(&id));
    desk.sandbox.advance_clock(61);
    assert_eq!(ids(&desk.read(find).await), std::slice::from_ref(&id));
    desk.write(&format!("/v1/customers/{id}"), &[("metadata[hw]", "c-2")]).await;
    assert_eq!(ids(&desk.read(find).await), std::slice::from_ref(&id), "the state before");
    desk.sandbox.delete("customer", &id).unwrap();
    desk.sandbox.advance_clock(61);
    assert!(ids(&desk.read(find).await).is_empty());
}

#[tokio::test]
async fn the_query_language_is_strict() {
    let desk = Desk::open().await;
    for (name, email) in [("Anna Able", "anna@example.com"), ("Bert", "bert@example.com")] {
        desk.write("/v1/customers", &[("name", name), ("email", email)]).await;
    }
    for (query, count) in [
        ("name:'anna able'", 1),
        ("name~'able'", 1),
        ("-name:'Bert'", 1),
        ("email:\"bert@example.com\" OR name~\"anna\"", 2),
        ("created>1000 AND -metadata['k']:'x'", 2),
        ("name:'Bert' email:'anna@example.com'", 0),
        ("phone:null", 2),
    ] {
        let path = url::form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>();
        let page = desk.read(&format!("/v1/customers/search?query={path}")).await;
        assert_eq!((page["object"].as_str().unwrap(), ids(&page).len()), ("search_result", count), "{query}");
    }
    for query in [
        "name",
        "name~'ab'",
        "name:Bert",
        "balance:1",
        "name>'A'",
        "name:'a' AND name:'b' OR name:'c'",
        "name:'a",
    ] {
        let path = url::form_urlencoded::byte_serialize(query.as_bytes()).collect::<String>();
        assert_eq!(desk.get(&format!("/v1/customers/search?query={path}")).await.0, 400, "{query}");
    }
    assert_eq!(desk.get("/v1/customers/search").await.0, 400);
}

#[tokio::test]
async fn searches_are_paged_by_a_token() {
    let desk = Desk::open().await;
    three(&desk).await;
    let find = "/v1/customers/search?limit=2&query=email~'example'";
    let first = desk.read(find).await;
    assert_eq!((ids(&first).len(), &first["has_more"]), (2, &json!(true)));
    let second = desk.read(&format!("{find}&page={}", text(&first["next_page"]))).await;
    assert_eq!(
        (ids(&second).len(), &second["has_more"], &second["next_page"]),
        (1, &json!(false), &json!(null))
    );
    assert_eq!(desk.get(&format!("{find}&page=nonsense")).await.0, 400);
}

#[tokio::test]
async fn ids_are_expanded_where_they_can_be() {
    let desk = Desk::open().await;
    let invoice = desk.open_invoice().await;
    let path = format!("/v1/invoices/{invoice}");
    let shown =
        desk.read(&format!("{path}?expand[]=customer&expand[]=payments.data.payment.payment_intent")).await;
    assert_eq!(shown["customer"]["email"], "acme@example.com");
    let payment = &shown["payments"]["data"][0];
    assert_eq!(
        (&payment["status"], &payment["payment"]["payment_intent"]["amount"]),
        (&json!("open"), &json!(2100))
    );
    assert!(desk.read(&path).await.get("payments").is_none());
    let page = desk.read("/v1/invoices?expand[]=data.customer").await;
    assert_eq!(page["data"][0]["customer"]["object"], "customer");
    for wrong in ["?expand[]=customer", "?expand[]=data.total", "?expand[]=data.customer.default_source.x"] {
        assert_eq!(desk.get(&format!("/v1/invoices{wrong}")).await.0, 400, "{wrong}");
    }
    assert_eq!(desk.get(&format!("{path}?expand[]=payment_intent")).await.0, 400, "gone since basil");
    let old = desk.old(&format!("{path}?expand[]=payment_intent")).await;
    assert_eq!(old["payment_intent"]["object"], "payment_intent");
}

#[tokio::test]
async fn a_wrong_expansion_is_refused_before_anything_is_written() {
    let desk = Desk::open().await;
    assert_eq!(desk.post("/v1/customers", &[("expand[]", "nothing")]).await.0, 400);
    assert_eq!(desk.sandbox.count("customer"), 0);
}

#[tokio::test]
async fn nested_lists_show_a_first_slice() {
    let desk = Desk::open().await;
    let customer = desk.customer("a@example.com").await;
    let invoice = desk.draft(&customer, "1", "usd").await;
    for amount in 2..=12 {
        let item = json!({"customer": customer, "invoice": invoice, "amount": amount, "currency": "usd"});
        desk.sandbox.create("invoiceitem", item).unwrap();
    }
    let shown = desk.read(&format!("/v1/invoices/{invoice}")).await;
    let lines = &shown["lines"];
    assert_eq!((ids(lines).len(), &lines["has_more"], &shown["total"]), (10, &json!(true), &json!(78)));
    let last = ids(lines).pop().unwrap();
    let rest = desk.read(&format!("{}?starting_after={last}", text(&lines["url"]))).await;
    assert_eq!((ids(&rest).len(), &rest["has_more"]), (2, &json!(false)));
}

#[tokio::test]
async fn events_go_thirty_days_back() {
    let desk = Desk::open().await;
    let id = desk.customer("a@example.com").await;
    desk.write(&format!("/v1/customers/{id}"), &[("name", "A")]).await;
    desk.sandbox.create("product", json!({"name": "P"})).unwrap();
    let page = desk.read("/v1/events?type=customer.updated").await;
    let event = &page["data"][0];
    assert_eq!(event["data"]["previous_attributes"], json!({"name": null}));
    assert_eq!(event["data"]["object"]["name"], "A");
    assert_eq!(event["api_version"], "2025-09-30.clover");
    assert!(text(&event["request"]["id"]).starts_with("req_"));
    assert_eq!(ids(&desk.read("/v1/events?type=customer.*").await).len(), 2);
    assert_eq!(ids(&desk.read("/v1/events?types[]=product.created&types[]=customer.created").await).len(), 2);
    let by_hand = desk.read("/v1/events?type=product.created").await;
    assert_eq!(by_hand["data"][0]["request"]["id"], json!(null));
    desk.sandbox.advance_clock(30 * 24 * 3600 + 5);
    assert!(desk.events().await.is_empty(), "a month offline: everything must be listed again");
    assert_eq!(ids(&desk.read("/v1/customers").await), [id]);
}
