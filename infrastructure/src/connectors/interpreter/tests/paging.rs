use application::ports::connector::ReadMode;

use super::rig::{Rig, json};
use crate::http::canned::Play;

/// A list with these pages.
fn list(request: &str, pages: &str) -> String {
    format!(
        "[entities.rows]\nlocal_entity = \"order\"\nid = \"id\"\nupdated_at = \"at\"\nwrite_class = \"d\"\n\
         [entities.rows.list]\nrequest = {request}\nitems = \"rows\"\npages = {pages}\n"
    )
}

async fn read(manifest: &str, plays: Vec<Play>) -> (Result<Vec<String>, String>, Vec<String>) {
    let rig = Rig::new(manifest, plays).await;
    (rig.all("rows").await, rig.server.lines())
}

#[tokio::test]
async fn pages_are_numbered_until_the_last_one() {
    let manifest = list(
        r#"{ path = "/x", query = { page = "{page}" } }"#,
        r#"{ kind = "page", size = 2, last = "pagination.pageCount" }"#,
    );
    let page = |id: u32| json(&format!(r#"{{"rows":[{{"id":{id}}}],"pagination":{{"pageCount":3}}}}"#));
    let (ids, lines) = read(&manifest, vec![page(1), page(2), page(3)]).await;
    assert_eq!(ids.unwrap(), ["1", "2", "3"]);
    assert_eq!(lines, ["GET /api/x?page=1", "GET /api/x?page=2", "GET /api/x?page=3"]);
}

#[tokio::test]
async fn without_a_last_number_a_short_page_is_the_end_and_a_repeated_one_where_the_provider_repeats() {
    let request = r#"{ path = "/x", query = { page = "{page}" } }"#;
    let full = r#"{"rows":[{"id":1},{"id":2}]}"#;
    let manifest = list(request, r#"{ kind = "page", size = 2 }"#);
    let (ids, _) = read(&manifest, vec![json(full), json(r#"{"rows":[{"id":3}]}"#)]).await;
    assert_eq!(ids.unwrap(), ["1", "2", "3"]);
    let (ids, _) = read(&manifest, vec![json(full), json(full)]).await;
    assert_eq!(ids.unwrap_err(), "the read was stopped: the provider gave the same page twice");
    let manifest = list(request, r#"{ kind = "page", size = 2, repeats_last = true }"#);
    let (ids, _) = read(&manifest, vec![json(full), json(full)]).await;
    assert_eq!(ids.unwrap(), ["1", "2"]);
}

#[tokio::test]
async fn the_last_row_can_be_the_cursor_while_there_is_more() {
    let manifest = list(
        r#"{ path = "/x", query = { starting_after = "{cursor}" } }"#,
        r#"{ kind = "cursor", size = 2, next_item = "id", more = { field = "has_more", equals = true } }"#,
    );
    let plays = vec![
        json(r#"{"rows":[{"id":"a"},{"id":"b"}],"has_more":true}"#),
        json(r#"{"rows":[{"id":"c"}],"has_more":false}"#),
    ];
    let (ids, lines) = read(&manifest, plays).await;
    assert_eq!(ids.unwrap(), ["a", "b", "c"]);
    assert_eq!(lines, ["GET /api/x", "GET /api/x?starting_after=b"]);
}

#[tokio::test]
async fn rows_end_with_their_total_and_an_answer_without_content_has_none() {
    let manifest = list(
        r#"{ path = "/x", query = { start_index = "{offset}", n = "{limit}" } }"#,
        r#"{ kind = "rows", size = 50, total = "total" }"#,
    );
    let plays =
        vec![json(r#"{"rows":[{"id":1},{"id":2}],"total":3}"#), json(r#"{"rows":[{"id":3}],"total":3}"#)];
    let (ids, lines) = read(&manifest, plays).await;
    assert_eq!(ids.unwrap(), ["1", "2", "3"]);
    assert_eq!(lines[1], "GET /api/x?n=50&start_index=2");
    let (ids, _) = read(&manifest, vec![Play::with(204, "", "")]).await;
    assert_eq!(ids.unwrap(), [""; 0]);
}

#[tokio::test]
async fn a_link_header_leads_on_within_the_same_origin() {
    let manifest = list(r#"{ path = "/x" }"#, r#"{ kind = "link", size = 2 }"#);
    let next = "Content-Type: application/json\r\n\
                Link: </api/x?after=0>; rel=\"self\", </api/x?after=2>; rel=\"next\"\r\n";
    let plays = vec![Play::with(200, next, r#"{"rows":[{"id":1}]}"#), json(r#"{"rows":[{"id":2}]}"#)];
    let (ids, lines) = read(&manifest, plays).await;
    assert_eq!(
        (ids.unwrap(), lines[1].as_str()),
        (vec!["1".to_owned(), "2".to_owned()], "GET /api/x?after=2")
    );
    let evil = "Content-Type: application/json\r\nLink: <https://evil.example/api/x>; rel=next\r\n";
    let (ids, lines) = read(&manifest, vec![Play::with(200, evil, r#"{"rows":[]}"#)]).await;
    assert_eq!(ids.unwrap_err(), "the read was stopped: the next page is at another address");
    assert_eq!(lines.len(), 1);
}

#[tokio::test]
async fn keys_lead_on_through_rows_of_one_moment() {
    let manifest = list(
        r#"{ path = "/q", statement = { language = "soql", parameter = "q", text = "SELECT Id FROM A WHERE At > {since} OR (At = {since} AND Id > {last_id}) LIMIT {limit}" } }"#,
        r#"{ kind = "keyset", size = 2, first_id = "0" }"#,
    );
    let at = "2026-01-01T00:00:00.000+0000";
    let plays = vec![
        json(&format!(r#"{{"rows":[{{"id":"a","at":"{at}"}},{{"id":"b'","at":"{at}"}}]}}"#)),
        json(&format!(r#"{{"rows":[{{"id":"c","at":"{at}"}}]}}"#)),
    ];
    let rig = Rig::new(&manifest, plays).await;
    assert_eq!(rig.all("rows").await.unwrap(), ["a", "b'", "c"]);
    let lines = rig.server.lines();
    assert!(lines[0].contains("1970-01-01T00%3A00%3A00Z%20AND%20Id%20%3E%20%270%27"), "{}", lines[0]);
    assert!(lines[1].contains("2026-01-01T00%3A00%3A00Z%20AND%20Id%20%3E%20%27b%5C%27%27"), "{}", lines[1]);
}

#[tokio::test]
async fn a_read_that_goes_round_in_a_circle_or_for_ever_is_stopped() {
    let request = r#"{ path = "/x", query = { c = "{cursor}" } }"#;
    let manifest = list(request, r#"{ kind = "cursor", size = 1, next = "next" }"#);
    let page = |id: u32, next: &str| json(&format!(r#"{{"rows":[{{"id":{id}}}],"next":"{next}"}}"#));
    let circle: Vec<Play> = (0..40).map(|n| page(n, ["a", "b", "c"][n as usize % 3])).collect();
    let (ids, lines) = read(&manifest, circle).await;
    assert_eq!(ids.unwrap_err(), "the read was stopped: its pages go round in a circle");
    assert!(lines.len() < 12, "{}", lines.len());
    let manifest = list(request, r#"{ kind = "cursor", size = 1, next = "next", max_pages = 3 }"#);
    let endless: Vec<Play> = (0..9).map(|n| page(n, &n.to_string())).collect();
    let (ids, lines) = read(&manifest, endless).await;
    assert_eq!(ids.unwrap_err(), "the read was stopped: it has more than 3 pages");
    assert_eq!(lines.len(), 3);
}

#[tokio::test]
async fn tokens_of_the_end_and_headers_are_known() {
    let manifest = list(
        r#"{ path = "/x", query = { locator = "{cursor}" } }"#,
        r#"{ kind = "cursor", size = 1, next_header = "Locator", end = ["null"] }"#,
    );
    let page = |locator: &str, id: u32| {
        let headers = format!("Content-Type: application/json\r\nLocator: {locator}\r\n");
        Play::with(200, &headers, &format!(r#"{{"rows":[{{"id":{id}}}]}}"#))
    };
    let (ids, lines) = read(&manifest, vec![page("m1", 1), page("null", 2)]).await;
    assert_eq!(
        (ids.unwrap(), lines[1].as_str()),
        (vec!["1".to_owned(), "2".to_owned()], "GET /api/x?locator=m1")
    );
}

#[tokio::test]
async fn graphql_connections_and_arrays_at_the_root_are_lists_too() {
    let manifest = r#"
[graphql]
path = "/graphql.json"
[graphql.fragments]
Order = "fragment Order on Order { id updatedAt }"
[entities.rows]
local_entity = "order"
id = "id"
write_class = "d"
[entities.rows.list]
items = "data.orders.edges"
record = "node"
pages = { kind = "cursor", size = 2, next = "data.orders.pageInfo.endCursor", more = { field = "data.orders.pageInfo.hasNextPage", equals = true } }
[entities.rows.list.request.graphql]
query = "query($n: Int!, $after: String) { orders(first: $n, after: $after) { edges { node { ...Order } } pageInfo { hasNextPage endCursor } } }"
fragments = ["Order"]
variables = { n = "{limit}", after = "{cursor}" }

[entities.plain]
local_entity = "order"
id = "id"
write_class = "d"
list = { request = { path = "/plain" }, items = "items", pages = { kind = "whole", size = 1 } }
"#;
    let page = |id: u32, more: bool| {
        json(&format!(
            r#"{{"data":{{"orders":{{"edges":[{{"node":{{"id":"{id}"}}}}],"pageInfo":{{"hasNextPage":{more},"endCursor":"c{id}"}}}}}}}}"#
        ))
    };
    let rig = Rig::new(manifest, vec![page(1, true), page(2, false), json(r#"[{"id":9}]"#)]).await;
    assert_eq!(rig.all("rows").await.unwrap(), ["1", "2"]);
    assert_eq!(rig.all("plain").await.unwrap(), ["9"]);
    assert_eq!(rig.server.lines()[0], "POST /api/graphql.json");
    assert_eq!(rig.body(0)["variables"], serde_json::json!({ "n": 2 }));
    assert_eq!(rig.body(1)["variables"], serde_json::json!({ "n": 2, "after": "c1" }));
    assert!(rig.body(0)["query"].as_str().unwrap().ends_with("fragment Order on Order { id updatedAt }"));
}

#[tokio::test]
async fn records_that_are_not_meant_are_left_out_but_move_the_reader() {
    let manifest = r#"
[entities.Invoice]
local_entity = "invoice"
id = "id"
updated_at = "at"
write_class = "d"
only = { field = "Type", equals = "ACCREC" }
read = { request = { path = "/i/{id}" }, record = "Invoices[0]" }
list = { request = { path = "/i" }, items = "Invoices", pages = { kind = "whole", size = 1 } }
[entities.Bill]
like = "Invoice"
local_entity = "bill"
only = { field = "Type", equals = "ACCPAY" }
"#;
    let both = r#"{"Invoices":[{"id":"1","Type":"ACCREC"},{"id":"2","Type":"ACCPAY"}]}"#;
    let one = r#"{"Invoices":[{"id":"2","Type":"ACCPAY"}]}"#;
    let rig =
        Rig::new(manifest, vec![json(both), json(both), json(one), json(one), json(r#"{"Invoices":[]}"#)])
            .await;
    let (bills, _) = rig.read("Bill", ReadMode::Full, None).await.unwrap();
    let (invoices, _) = rig.read("Invoice", ReadMode::Full, None).await.unwrap();
    assert_eq!((invoices, bills), (vec!["1".to_owned()], vec!["2".to_owned()]));
    assert!(rig.connection.read("Invoice", "2").await.unwrap().is_none());
    assert!(rig.connection.read("Bill", "2").await.unwrap().is_some());
    assert!(rig.connection.read("Bill", "3").await.unwrap().is_none());
}
