//! Orders, payments, refunds, fulfilments, drafts.

use serde_json::{Value, json};

use super::desk::{Desk, money};

const CREATE: &str = "mutation($order: OrderCreateOrderInput!) { orderCreate(order: $order) {
    order { id name displayFinancialStatus totalPriceSet { shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }
        totalTaxSet { shopMoney { amount } } lineItems(first: 5) { nodes { id title quantity } } }
    userErrors { field code message } } }";

const REFUND: &str = "mutation($input: RefundInput!) { refundCreate(input: $input) @idempotent(key: \"r-1\") {
    refund { id totalRefundedSet { shopMoney { amount } } refundLineItems(first: 5) { nodes { quantity lineItem { refundableQuantity } } } }
    order { displayFinancialStatus netPaymentSet { shopMoney { amount } } } userErrors { field message } } }";

#[tokio::test]
async fn an_order_adds_up_in_both_currencies() {
    let desk = Desk::open().await;
    let order = json!({
        "currency": "USD", "presentmentCurrency": "EUR", "sourceIdentifier": "SO-1",
        "lineItems": [{"title": "Lamp", "quantity": 3, "priceSet": money("10.50", "9.00", "EUR"),
            "taxLines": [{"title": "VAT", "rate": "0.2"}]}],
        "shippingLines": [{"title": "Post", "priceSet": money("5", "4", "EUR")}],
    });
    let made = desk.data(CREATE, json!({"order": order})).await["orderCreate"]["order"].take();
    let total = &made["totalPriceSet"];
    assert_eq!(total["shopMoney"], json!({"amount": "42.8", "currencyCode": "USD"}));
    assert_eq!(total["presentmentMoney"], json!({"amount": "36.4", "currencyCode": "EUR"}));
    assert_eq!(made["totalTaxSet"]["shopMoney"]["amount"], "6.3");
    assert_eq!((&made["name"], &made["displayFinancialStatus"]), (&json!("#1001"), &json!("PENDING")));
    assert_eq!(desk.sandbox.writes_per_key()["Order:SO-1"], 1);
    desk.data(CREATE, json!({"order": order})).await;
    assert_eq!(desk.sandbox.duplicates(), 1, "nothing stops a second one");
    let find = "{ orders(first: 5, query: \"source_identifier:SO-1 status:open\") { nodes { name } } }";
    assert_eq!(desk.data(find, json!({})).await["orders"]["nodes"].as_array().unwrap().len(), 2);
    let empty = desk.data(CREATE, json!({"order": {"lineItems": []}})).await;
    assert_eq!(empty["orderCreate"]["userErrors"][0]["code"], "INVALID");
}

#[tokio::test]
async fn few_fields_of_an_order_can_be_changed() {
    let desk = Desk::open().await;
    let order = desk.order("SO-1");
    let query =
        "mutation($i: OrderInput!) { orderUpdate(input: $i) { order { note tags } userErrors { message } } }";
    let data = desk.data(query, json!({"i": {"id": order["id"], "note": "n", "tags": ["x"]}})).await;
    assert_eq!(data["orderUpdate"]["order"], json!({"note": "n", "tags": ["x"]}));
    let body = desk.ask(query, json!({"i": {"id": order["id"], "lineItems": []}})).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], "INVALID_VARIABLE");
}

#[tokio::test]
async fn refunds_give_back_once_and_never_too_much() {
    let desk = Desk::open().await;
    let order = desk.order("SO-1");
    let line = &order["lineItems"][0];
    let refund = |quantity: i64, amount: &str| {
        json!({"input": {
            "orderId": order["id"], "note": "broken",
            "refundLineItems": [{"lineItemId": line, "quantity": quantity}],
            "transactions": [{"orderId": order["id"], "kind": "REFUND", "gateway": "manual", "amount": amount}],
        }})
    };
    let plain = REFUND.replace("@idempotent(key: \"r-1\")", "");
    assert_eq!(desk.code(&plain, refund(1, "10.50")).await, "BAD_REQUEST", "the directive is required");
    let first = desk.data(REFUND, refund(1, "10.50")).await["refundCreate"].take();
    assert_eq!(first["refund"]["totalRefundedSet"]["shopMoney"]["amount"], "10.5");
    assert_eq!(first["order"]["displayFinancialStatus"], "PARTIALLY_REFUNDED");
    assert_eq!(first["refund"]["refundLineItems"]["nodes"][0]["lineItem"]["refundableQuantity"], 1);
    let again = desk.data(REFUND, refund(1, "10.50")).await["refundCreate"].take();
    assert_eq!(again["refund"]["id"], first["refund"]["id"]);
    assert_eq!(desk.sandbox.count("Refund"), 1, "paid back once");
    let other = REFUND.replace("r-1", "r-2");
    let data = desk.data(&other, refund(2, "10.50")).await;
    assert_eq!(data["refundCreate"]["userErrors"][0]["field"], json!(["refundLineItems", "0", "quantity"]));
    let data = desk.data(&other, refund(1, "99")).await;
    assert_eq!(data["refundCreate"]["userErrors"][0]["field"], json!(["transactions", "0", "amount"]));
    let data = desk.data(&other, refund(1, "10.50")).await;
    assert_eq!(data["refundCreate"]["order"]["displayFinancialStatus"], "REFUNDED");
    let query = "query($id: ID!) { order(id: $id) { refunds(first: 1) { id note } transactions { kind } } }";
    let data = desk.data(query, json!({"id": order["id"]})).await["order"].take();
    assert_eq!(data["refunds"].as_array().unwrap().len(), 1, "the first one");
    assert_eq!(data["transactions"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn paying_and_cancelling() {
    let desk = Desk::open().await;
    let order = desk
        .sandbox
        .create(
            "Order",
            json!({"lineItems": [{"title": "x", "quantity": 1, "priceSet": money("4", "4", "USD")}]}),
        )
        .unwrap();
    let id = json!({"id": order["id"]});
    let pay = "mutation($id: ID!) { orderMarkAsPaid(input: {id: $id}) { order { fullyPaid displayFinancialStatus } userErrors { message } } }";
    let data = desk.data(pay, id.clone()).await["orderMarkAsPaid"].take();
    assert_eq!(data["order"], json!({"fullyPaid": true, "displayFinancialStatus": "PAID"}));
    assert_eq!(
        desk.data(pay, id.clone()).await["orderMarkAsPaid"]["userErrors"].as_array().unwrap().len(),
        1
    );
    let cancel = "mutation($id: ID!) { orderCancel(orderId: $id, reason: OTHER, refund: true, restock: false) { job { done } orderCancelUserErrors { code } userErrors { message } } }";
    assert_eq!(desk.data(cancel, id.clone()).await["orderCancel"]["job"]["done"], true);
    let stored = desk.sandbox.get("Order", order["id"].as_str().unwrap()).unwrap();
    assert_eq!((&stored["displayFinancialStatus"], &stored["closed"]), (&json!("REFUNDED"), &json!(true)));
    assert_eq!(desk.data(cancel, id).await["orderCancel"]["orderCancelUserErrors"][0]["code"], "INVALID");
}

#[tokio::test]
async fn goods_are_sent_in_parts() {
    let desk = Desk::open().await;
    let order = desk.order("SO-1");
    let query = "query($id: ID!) { order(id: $id) { displayFulfillmentStatus fulfillmentOrders(first: 5) { nodes { id status lineItems(first: 5) { nodes { id remainingQuantity } } } } } }";
    let open =
        desk.data(query, json!({"id": order["id"]})).await["order"]["fulfillmentOrders"]["nodes"][0].take();
    let send = "mutation($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { fulfillment { id name totalQuantity trackingInfo { number } } userErrors { message } } }";
    let part = |quantity: i64| {
        json!({"f": {"trackingInfo": {"number": "T-1"}, "lineItemsByFulfillmentOrder": [{
            "fulfillmentOrderId": open["id"], "fulfillmentOrderLineItems": [{"id": open["lineItems"]["nodes"][0]["id"], "quantity": quantity}],
        }]}})
    };
    let first = desk.data(send, part(1)).await["fulfillmentCreate"]["fulfillment"].take();
    assert_eq!((&first["totalQuantity"], &first["trackingInfo"][0]["number"]), (&json!(1), &json!("T-1")));
    let after = desk.data(query, json!({"id": order["id"]})).await["order"].take();
    assert_eq!(after["displayFulfillmentStatus"], "PARTIALLY_FULFILLED");
    assert_eq!(desk.data(send, part(2)).await["fulfillmentCreate"]["fulfillment"], Value::Null);
    desk.data(send, part(1)).await;
    let after = desk.data(query, json!({"id": order["id"]})).await["order"].take();
    assert_eq!(
        (&after["displayFulfillmentStatus"], &after["fulfillmentOrders"]["nodes"][0]["status"]),
        (&json!("FULFILLED"), &json!("CLOSED"))
    );
    let cancel =
        "mutation($id: ID!) { fulfillmentCancel(id: $id) { fulfillment { status } userErrors { message } } }";
    desk.data(cancel, json!({"id": first["id"]})).await;
    let after = desk.data(query, json!({"id": order["id"]})).await["order"].take();
    assert_eq!(after["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["remainingQuantity"], 1);
}

#[tokio::test]
async fn a_draft_becomes_an_order() {
    let desk = Desk::open().await;
    let customer = desk.customer("ann@example.com");
    let create = "mutation($i: DraftOrderInput!) { draftOrderCreate(input: $i) { draftOrder { id name status totalPriceSet { shopMoney { amount } } } userErrors { message } } }";
    let price = json!({"amount": "3.25", "currencyCode": "USD"});
    let input = json!({"purchasingEntity": {"customerId": customer}, "lineItems": [{"title": "x", "quantity": 2, "originalUnitPriceWithCurrency": price}]});
    let draft = desk.data(create, json!({"i": input})).await["draftOrderCreate"]["draftOrder"].take();
    assert_eq!(draft["totalPriceSet"]["shopMoney"]["amount"], "6.5");
    let complete = "mutation($id: ID!) { draftOrderComplete(id: $id) { draftOrder { status order { fullyPaid customer { email } } } userErrors { message } } }";
    let done =
        desk.data(complete, json!({"id": draft["id"]})).await["draftOrderComplete"]["draftOrder"].take();
    assert_eq!(
        done,
        json!({"status": "COMPLETED", "order": {"fullyPaid": true, "customer": {"email": "ann@example.com"}}})
    );
    let again = desk.data(complete, json!({"id": draft["id"]})).await;
    assert_eq!(again["draftOrderComplete"]["userErrors"].as_array().unwrap().len(), 1);
    assert_eq!(
        desk.data(create, json!({"i": {"lineItems": []}})).await["draftOrderCreate"]["draftOrder"],
        Value::Null
    );
}
