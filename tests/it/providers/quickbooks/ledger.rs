//! The ledger: accounts, classes, terms, tax codes, the company itself, and journal entries.

use serde_json::{Value, json};

use super::super::stand::Stand as _;
use super::Books;
use super::desk::{all_ours, delete, digits, named, only, ours, put, reasons, with};

#[tokio::test]
async fn accounts_classes_terms_tax_codes_and_the_company_come_in() {
    let stage = with(&["accounts", "classes", "terms", "tax_codes", "company_info"]).await;
    let (north, below) = {
        let books = &stage.there.0;
        let north = books.create("Class", json!({"Name": "North"})).unwrap();
        let below = json!({"Name": "Harbour", "ParentRef": {"value": north["Id"]}});
        (north, books.create("Class", below).unwrap())
    };
    assert_ne!(north["Id"], below["Id"]);
    stage.pull("incremental").await;
    stage.pull("incremental").await;
    let bank = ours(&stage, "account", &named(&stage, "account", "Checking").await).await;
    assert_eq!((&bank["type"], &bank["classification"]), (&json!("Bank"), &json!("Asset")));
    let term = ours(&stage, "term", &named(&stage, "term", "Net 30").await).await;
    assert_eq!(digits(&term["due_days"]), "30");
    let harbour = ours(&stage, "class", &named(&stage, "class", "Harbour").await).await;
    assert_eq!(harbour["parent"], json!(named(&stage, "class", "North").await));
    assert_eq!(harbour["full_name"], json!("North:Harbour"));
    let codes = all_ours(&stage, "tax_code").await;
    let words: Vec<&Value> = codes.iter().map(|(_, code)| &code["code"]).collect();
    assert!(words.contains(&&json!("TAX")) && words.contains(&&json!("NON")), "{words:?}");
    let company = ours(&stage, "company", &named(&stage, "company", "Sandbox Company").await).await;
    assert_eq!((&company["country"], &company["address"]["city"]), (&json!("US"), &json!("Bayshore")));
    stage.close();
}

#[tokio::test]
async fn an_account_is_changed_and_made_inactive_whole() {
    let stage = with(&["accounts"]).await;
    let travel = json!({"name": "Travel", "type": "Expense", "subtype": "Travel", "code": "6100", "description": "trips"});
    put(&stage, "account", "A-1", travel).await;
    put(&stage, "account", "A-2", json!({"name": "Rail", "type": "Expense", "parent": "A-1"})).await;
    let of = |name: &str| {
        let all = stage.there.0.entities("Account");
        all.into_iter().find(|one| one["Name"] == json!(name)).unwrap_or_else(|| panic!("no {name}"))
    };
    assert_eq!(of("Rail")["FullyQualifiedName"], json!("Travel:Rail"));
    put(&stage, "account", "A-1", json!({"description": "all trips"})).await;
    let changed = of("Travel");
    assert_eq!((&changed["Description"], &changed["AcctNum"]), (&json!("all trips"), &json!("6100")));
    delete(&stage, "account", "A-2", "deactivate").await;
    let gone = of("Rail (deleted)");
    assert_eq!((&gone["Active"], &gone["ParentRef"]["value"]), (&json!(false), &changed["Id"]));
    assert_eq!(stage.status("A-2").await, "deleted");
    stage.close();
}

#[tokio::test]
async fn classes_and_terms_are_made_changed_and_made_inactive() {
    let stage = with(&["classes", "terms"]).await;
    put(&stage, "class", "K-1", json!({"name": "South"})).await;
    put(&stage, "term", "T-1", json!({"name": "Net 45", "due_days": 45})).await;
    put(&stage, "class", "K-1", json!({"name": "South Coast"})).await;
    put(&stage, "term", "T-1", json!({"due_days": 44})).await;
    assert_eq!(only(&stage, "Class")["Name"], json!("South Coast"));
    let term = || {
        let all = stage.there.0.entities("Term");
        all.into_iter().find(|one| one["Name"].as_str().unwrap().starts_with("Net 45")).unwrap()
    };
    assert_eq!(term()["DueDays"], json!(44));
    delete(&stage, "class", "K-1", "deactivate").await;
    delete(&stage, "term", "T-1", "deactivate").await;
    assert_eq!((&only(&stage, "Class")["Active"], &term()["Active"]), (&json!(false), &json!(false)));
    put(&stage, "term", "T-2", json!({"name": "net 30", "due_days": 30})).await;
    let refused = stage.pair("T-2").await;
    assert_ne!(refused["sync_status"], json!("synced"), "a name in use is refused: {refused}");
    stage.close();
}

fn entry(accounts: [&str; 2], credit: &str) -> Value {
    json!({
        "number": "J-1", "date": "2026-11-20", "memo": "accrual",
        "lines": [
            {"line_id": "1", "account": accounts[0], "description": "ads", "debit": "12.50"},
            {"line_id": "2", "account": accounts[1], "credit": credit},
        ],
    })
}

#[tokio::test]
async fn a_journal_entry_is_refused_when_its_debits_are_not_its_credits() {
    let stage = with(&["accounts", "journals"]).await;
    let (spent, bank) =
        (named(&stage, "account", "Advertising").await, named(&stage, "account", "Checking").await);
    let accounts = [spent.as_str(), bank.as_str()];
    let told = reasons(&stage, "journal", entry(accounts, "12.49")).await;
    assert_eq!(told, ["the debits of a journal entry equal its credits"]);
    assert_eq!(reasons(&stage, "journal", entry(accounts, "12.5")).await, Vec::<String>::new());
    put(&stage, "journal", "J-1", entry(accounts, "12.49")).await;
    assert!(stage.there.0.entities("JournalEntry").is_empty(), "QuickBooks refuses it, too");
    let refused = stage.pair("J-1").await;
    assert_eq!(refused["sync_status"], json!("error"), "{refused}");
    put(&stage, "journal", "J-1", entry(accounts, "12.50")).await;
    assert_eq!(stage.status("J-1").await, "synced", "{}", stage.pair("J-1").await);
    let made = only(&stage, "JournalEntry");
    let line = |at: usize| made["Line"][at]["JournalEntryLineDetail"].clone();
    assert_eq!(
        (line(0)["PostingType"].as_str(), line(1)["PostingType"].as_str()),
        (Some("Debit"), Some("Credit"))
    );
    assert_eq!(
        (line(0)["AccountRef"]["value"].as_str(), made["TotalAmt"].to_string()),
        (Some("7"), "12.5".into())
    );
    stage.close();
}

#[tokio::test]
async fn a_bookkeepers_entry_comes_in_as_debits_and_credits() {
    let stage = with(&["accounts", "journals"]).await;
    let posting = |side: &str, account: &str| {
        json!({"Amount": 7, "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account}}})
    };
    let body = json!({"DocNumber": "J-9", "Line": [posting("Debit", "7"), posting("Credit", "35")]});
    stage.there.0.create("JournalEntry", body).unwrap();
    stage.pull("incremental").await;
    let (id, made) = all_ours(&stage, "journal").await.remove(0);
    let line = |at: usize, side: &str| made["lines"][at][side].clone();
    assert_eq!((digits(&line(0, "debit")), digits(&line(1, "credit"))), ("7".into(), "7".into()), "{made}");
    assert!(line(0, "credit").is_null() && line(1, "debit").is_null(), "{made}");
    let there = only(&stage, "JournalEntry")["Id"].as_str().unwrap().to_owned();
    stage.there.0.advance_clock(5);
    let lines = json!([posting("Credit", "35"), posting("Debit", "13")]);
    stage.there.0.edit("JournalEntry", &there, json!({"PrivateNote": "checked", "Line": lines})).unwrap();
    stage.pull("incremental").await;
    let changed = ours(&stage, "journal", &id).await;
    let account = named(&stage, "account", "Meals and Entertainment").await;
    assert_eq!(changed["memo"], json!("checked"));
    let debited = changed["lines"].as_array().unwrap().iter().find(|line| !line["debit"].is_null()).unwrap();
    assert_eq!(
        (&debited["account"], digits(&debited["debit"]).as_str()),
        (&json!(account), "7"),
        "{changed}"
    );
    stage.close();
}

#[tokio::test]
async fn a_tax_code_goes_out_with_its_line_and_holds_nothing_up_on_its_way_in() {
    let stage = with(&["items", "tax_codes", "invoices"]).await;
    let codes = all_ours(&stage, "tax_code").await;
    let (taxable, _) = codes.iter().find(|(_, code)| code["code"] == json!("TAX")).unwrap();
    put(&stage, "customer", "C-1", json!({"name": "Ada"})).await;
    put(&stage, "product", "P-1", json!({"code": "MUG", "name": "Mug", "unit_price": "2.50"})).await;
    let line = |id: &str| json!({"line_id": id, "product": "P-1", "quantity": 1, "unit_price": "2.50", "amount": "2.50"});
    let mut lines = [line("1"), line("2")];
    lines[0]["tax_code"] = json!(taxable);
    let invoice = json!({"number": "1001", "customer": "C-1", "date": "2026-11-20", "lines": lines});
    put(&stage, "invoice", "I-1", invoice).await;
    assert_eq!(stage.status("I-1").await, "synced", "{}", stage.pair("I-1").await);
    let made = only(&stage, "Invoice");
    let code = |at: usize| made["Line"][at]["SalesItemLineDetail"]["TaxCodeRef"]["value"].clone();
    assert_eq!((code(0), code(1)), (json!("TAX"), json!("NON")));
    stage.there.recorder().take();
    stage.pull("full").await;
    let written = stage.there.recorder().take().into_iter().filter(Books::is_write).count();
    assert_eq!(written, 0, "writes fall quiet");
    stage.close();
}
