//! Lists: pages, filters, order, what has changed.

use reqwest::Method;
use serde_json::json;

use super::desk::{Desk, parts, text};
use crate::faults::FaultPlan;

async fn contacts(desk: &Desk, names: &[&str]) {
    for name in names {
        desk.contact(name).await;
    }
}

#[tokio::test]
async fn pages_say_how_many_there_are() {
    let desk = Desk::open().await;
    contacts(&desk, &["A", "B", "C"]).await;
    let (_, body) = desk.get("/Contacts?page=2&pageSize=2&order=Name%20DESC").await;
    assert_eq!(body["pagination"], json!({"page": 2, "pageSize": 2, "pageCount": 2, "itemCount": 3}));
    assert_eq!(body["Contacts"][0]["Name"], "A");
    assert_eq!(desk.get("/Contacts?page=3&pageSize=2").await.1["Contacts"], json!([]));
    let (_, all) = desk.get("/Contacts").await;
    assert_eq!((all.get("pagination"), all["Contacts"].as_array().unwrap().len()), (None, 3));
    for bad in ["page=0", "pageSize=1001", "page=x"] {
        assert_eq!(desk.get(&format!("/Contacts?{bad}")).await.0, 400);
    }
}

#[tokio::test]
async fn lists_without_a_page_leave_lines_out() {
    let desk = Desk::open().await;
    desk.invoice(json!({})).await;
    assert_eq!(desk.list("Invoices", &[]).await[0]["LineItems"], json!([]));
    assert_eq!(desk.list("Invoices", &[("page", "1")]).await[0]["LineItems"][0]["Description"], "Widget");
    let light = desk.list("Invoices", &[("page", "1"), ("summaryOnly", "true")]).await;
    assert_eq!(light[0].get("LineItems"), None);
}

#[tokio::test]
async fn if_modified_since_shows_what_changed_later() {
    let desk = Desk::open().await;
    contacts(&desk, &["A", "B"]).await;
    desk.sandbox.advance_clock(100);
    let a = desk.list("Contacts", &[]).await[0].clone();
    let changed =
        desk.saved(&format!("/Contacts/{}", text(&a, "ContactID")), json!({"FirstName": "x"})).await;
    let ms: i64 = text(&changed, "UpdatedDateUTC")[6..19].parse().unwrap();
    let since = crate::kit::clock::utc(ms).format("%Y-%m-%dT%H:%M:%S").to_string();
    let ask = async |since: &str| {
        let request = desk.ask(Method::GET, "/Contacts").header("if-modified-since", since);
        parts(request.send().await.unwrap()).await
    };
    let (_, body) = ask(&since).await;
    assert_eq!(body["Contacts"].as_array().unwrap().len(), 1);
    let later = crate::kit::clock::utc(ms + 1000).format("%Y-%m-%dT%H:%M:%S").to_string();
    assert_eq!(ask(&later).await.1["Contacts"], json!([]));
    assert_eq!(ask("yesterday").await.0, 412);
}

#[tokio::test]
async fn where_takes_comparisons_joined_by_and() {
    let desk = Desk::open().await;
    desk.invoice(json!({"InvoiceNumber": "A-1", "Status": "AUTHORISED"})).await;
    desk.invoice(json!({"InvoiceNumber": "A-2", "Date": "2026-03-01"})).await;
    let id = desk.list("Contacts", &[]).await[0]["ContactID"].as_str().unwrap().to_owned();
    for (filter, wanted) in [
        ("Status==\"AUTHORISED\"", 1),
        ("Type==\"ACCREC\" AND Total>=25.2", 2),
        ("Date>=DateTime(2026,02,01)", 1),
        ("InvoiceNumber.StartsWith(\"A-\") && Status!=\"DRAFT\"", 1),
        ("Contact.Name.Contains(\"cm\")", 2),
        (format!("Contact.ContactID==Guid(\"{id}\")").as_str(), 2),
        ("AmountDue==0", 0),
    ] {
        assert_eq!(desk.list("Invoices", &[("where", filter)]).await.len(), wanted, "{filter}");
    }
    for (filter, wanted) in [
        ("Colour==\"red\"", 400),
        ("Status=\"AUTHORISED\"", 400),
        ("Status>\"A\"", 400),
        ("Total==", 400),
        ("Status==\"DRAFT\" OR Status==\"PAID\"", 501),
        ("(Total==1)", 501),
    ] {
        let request = desk.ask(Method::GET, "/Invoices").query(&[("where", filter)]);
        assert_eq!(request.send().await.unwrap().status(), wanted, "{filter}");
    }
}

#[tokio::test]
async fn parameters_choose_by_id_number_status_and_term() {
    let desk = Desk::open().await;
    let first = desk.invoice(json!({"InvoiceNumber": "A-1", "Status": "AUTHORISED"})).await;
    desk.invoice(json!({"InvoiceNumber": "A-2", "Reference": "order 7"})).await;
    let id = text(&first, "InvoiceID");
    let contact = first["Contact"]["ContactID"].as_str().unwrap();
    for (name, value, wanted) in [
        ("IDs", id, 1),
        ("InvoiceNumbers", "A-1,A-2,A-3", 2),
        ("Statuses", "DRAFT,PAID", 1),
        ("ContactIDs", contact, 2),
        ("searchTerm", "ORDER", 1),
    ] {
        assert_eq!(desk.list("Invoices", &[(name, value)]).await.len(), wanted, "{name}");
    }
    assert_eq!(desk.get("/Invoices/A-2").await.1["Invoices"][0]["Reference"], "order 7");
}

#[tokio::test]
async fn lists_may_lag_behind_single_reads() {
    let desk = Desk::open().await;
    desk.sandbox.faults.set(FaultPlan { search_lag_ms: 5000, ..FaultPlan::default() });
    let made = desk.contact("A").await;
    assert!(desk.list("Contacts", &[]).await.is_empty());
    assert_eq!(desk.get(&format!("/Contacts/{}", text(&made, "ContactID"))).await.0, 200);
    desk.sandbox.advance_clock(5);
    assert_eq!(desk.list("Contacts", &[]).await.len(), 1);
}
