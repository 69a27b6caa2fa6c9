//! The grammar, and what queries find.

use serde_json::{Value, json};

use super::parser::{Operator, Wanted, parse};
use super::run;
use crate::quickbooks::clock::Clock;
use crate::quickbooks::config::QuickBooksConfig;
use crate::quickbooks::kind::Kind;
use crate::quickbooks::stats::Tally;
use crate::quickbooks::store::{Company, View};
use crate::quickbooks::write::{Manner, Verb, perform};

#[test]
fn the_whole_grammar_is_read() {
    let query = parse(
        "SELECT Id, DocNumber FROM Invoice WHERE TotalAmt >= '10.5' AND DocNumber IN ('a','b\\'c') \
         ORDERBY MetaData.LastUpdatedTime DESC, Id STARTPOSITION 11 MAXRESULTS 1000",
    )
    .unwrap();
    assert_eq!(query.wanted, Wanted::Fields(vec!["Id".into(), "DocNumber".into()]));
    assert_eq!(query.entity, "Invoice");
    assert_eq!(query.conditions[0].operator, Operator::AtLeast);
    assert_eq!(query.conditions[1].values, ["a", "b'c"]);
    assert_eq!(query.order, [("MetaData.LastUpdatedTime".to_owned(), true), ("Id".to_owned(), false)]);
    assert_eq!((query.start, query.max), (11, 1000));
    let plain = parse("select count(*) from Customer").unwrap();
    assert_eq!((plain.wanted, plain.start, plain.max), (Wanted::Count, 1, 100));
}

#[test]
fn everything_else_is_refused() {
    for (text, code) in [
        ("", "4000"),
        ("select", "4000"),
        ("select * from", "4000"),
        ("select * from Customer, Invoice", "4000"),
        ("select * from Customer where", "4000"),
        ("select * from Customer where Id = '1' or Id = '2'", "4000"),
        ("select * from Customer where DisplayName = 'O'Hara'", "4000"),
        ("select * from Customer where DisplayName = 'open", "4000"),
        ("select * from Customer where DisplayName != 'x'", "4000"),
        ("select * from Customer where Id in '1'", "4000"),
        ("select * from Customer maxresults 10 startposition 1", "4000"),
        ("select * from Customer maxresults ten", "4000"),
        ("select * from Customer group by Id", "4000"),
        ("delete from Customer", "4000"),
        ("select * from Customer startposition 0", "4001"),
        ("select * from Customer maxresults 1001", "4001"),
    ] {
        assert_eq!(parse(text).unwrap_err().code, code, "{text}");
    }
}

fn company() -> Company {
    let clock = Clock::default();
    let mut company = Company::new(&QuickBooksConfig::default(), clock, Tally::default());
    for (name, given, active) in
        [("O'Hara", "Ann", true), ("acme", "Bob", true), ("Zed", "Cy", true), ("Old", "Di", false)]
    {
        let body = json!({"DisplayName": name, "GivenName": given, "PrimaryEmailAddr": {"Address": "a@b.c"}});
        put(&mut company, Kind::Customer, body);
        company.clock.advance(60);
        if !active {
            let id = company.table(Kind::Customer).with_key(name).next().unwrap();
            put(&mut company, Kind::Customer, json!({"Id": id.to_string(), "sparse": true, "Active": false}));
        }
    }
    company
}

fn put(company: &mut Company, kind: Kind, body: Value) {
    let Value::Object(body) = body else { panic!("a body is an object") };
    let manner = Manner { any_doc_number: false, by_hand: true };
    perform(company, (Verb::Save, kind), &body, manner).unwrap();
}

fn names(company: &Company, text: &str) -> Vec<String> {
    let view = View { now_ms: company.clock.now_ms(), lag_ms: 0 };
    let found = run(company, text, view).unwrap();
    let rows = found["Customer"].as_array().cloned().unwrap_or_default();
    rows.iter().map(|row| row["DisplayName"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn conditions_find_what_they_say() {
    let company = company();
    for (condition, wanted) in [
        ("DisplayName = 'O\\'Hara'", vec!["O'Hara"]),
        ("DisplayName = 'ACME'", vec!["acme"]),
        ("DisplayName LIKE '%e%'", vec!["acme", "Zed"]),
        ("DisplayName LIKE 'a%e'", vec!["acme"]),
        ("DisplayName LIKE 'acme%acme'", vec![]),
        ("GivenName > 'Ann' and GivenName <= 'Cy'", vec!["acme", "Zed"]),
        ("Id in ('1', '3', '9')", vec!["O'Hara", "Zed"]),
        ("Id > '2'", vec!["Zed"]),
        ("Active = false", vec!["Old (deleted)"]),
        ("Active in (true, false) and Id >= '3'", vec!["Zed", "Old (deleted)"]),
        ("PrimaryEmailAddr = 'A@B.C' and Balance = '0' and Id < '2'", vec!["O'Hara"]),
    ] {
        assert_eq!(
            names(&company, &format!("select * from Customer where {condition}")),
            wanted,
            "{condition}"
        );
    }
}

#[test]
fn change_times_bound_and_order() {
    let company = company();
    let row = company.row(Kind::Customer, 2).unwrap();
    let at = row.body["MetaData"]["LastUpdatedTime"].as_str().unwrap();
    let ask = |sign: &str| {
        let text = format!(
            "select * from Customer where MetaData.LastUpdatedTime {sign} '{at}' orderby MetaData.LastUpdatedTime desc"
        );
        names(&company, &text)
    };
    assert_eq!(ask(">="), ["Zed", "acme"]);
    assert_eq!(ask(">"), ["Zed"]);
    assert_eq!(ask("<"), ["O'Hara"]);
}

#[test]
fn pages_counts_and_projections() {
    let company = company();
    let view = View { now_ms: company.clock.now_ms(), lag_ms: 0 };
    let page =
        run(&company, "select Id from Customer orderby DisplayName startposition 2 maxresults 1", view);
    let page = page.unwrap();
    assert_eq!(
        page,
        json!({
            "Customer": [{"Id": "1", "domain": "QBO", "sparse": true}], "startPosition": 2, "maxResults": 1
        })
    );
    let past = run(&company, "select * from Customer startposition 4", view).unwrap();
    assert_eq!(past, json!({}));
    assert_eq!(run(&company, "select count(*) from Customer", view).unwrap(), json!({"totalCount": 3}));
    for text in [
        "select * from Customer where Nickname = 'x'",
        "select * from Customer where BillAddr = 'x'",
        "select * from Customer orderby Nickname",
        "select Nickname from Customer",
        "select * from customer",
    ] {
        assert_eq!(run(&company, text, view).unwrap_err().code, "4001", "{text}");
    }
}

#[test]
fn notes_can_be_closed_to_conditions() {
    let config = QuickBooksConfig { notes_filterable: false, ..QuickBooksConfig::default() };
    let company = Company::new(&config, Clock::default(), Tally::default());
    let view = View { now_ms: company.clock.now_ms(), lag_ms: 0 };
    let text = "select * from Invoice where PrivateNote like '%x%'";
    assert_eq!(run(&company, text, view).unwrap_err().code, "4001");
}
