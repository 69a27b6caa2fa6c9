//! The language on its own.

use super::evaluate::like;
use super::parser::parse;
use super::syntax::{Condition, Literal, Operator};
use crate::kit::clock::parse_rfc3339;

#[test]
fn queries_are_parsed_with_parentheses_and_literals() {
    let text = "SELECT Id, Name FROM Account WHERE (Name LIKE 'Acme%' OR Name = 'It\\'s') AND NOT IsDeleted = true \
                AND SystemModstamp > 2026-01-31T10:20:30Z AND AnnualRevenue >= -1.5 ORDER BY SystemModstamp ASC, Id DESC \
                NULLS LAST LIMIT 10 OFFSET 5";
    let query = parse(text).unwrap();
    assert_eq!(
        (query.selected.len(), query.object.as_str(), query.limit, query.offset),
        (2, "Account", Some(10), 5)
    );
    assert_eq!(
        (query.order[0].descending, query.order[1].descending, query.order[1].nulls_last),
        (false, true, true)
    );
    let Some(Condition::All(parts)) = query.filter else { panic!("AND joins four parts") };
    let Condition::Any(names) = &parts[0] else { panic!("the parentheses are one part") };
    assert_eq!(names[1], Condition::Test("Name".into(), Operator::Equal, vec![Literal::Text("It's".into())]));
    let at = parse_rfc3339("2026-01-31T10:20:30Z").unwrap();
    let after = Condition::Test("SystemModstamp".into(), Operator::Greater, vec![Literal::Instant(at)]);
    assert_eq!((parts.len(), &parts[2]), (4, &after));
}

#[test]
fn what_cannot_be_read_and_what_is_not_modelled_are_told_apart() {
    for (text, modelled) in [
        ("SELECT Id FROM Account GROUP BY Name", false),
        ("SELECT Account.Name FROM Contact", false),
        ("SELECT FIELDS(ALL) FROM Account", false),
        ("SELECT Id FROM Account WHERE Id IN (SELECT AccountId FROM Contact)", false),
        ("SELECT Id FROM Account WHERE CreatedDate > LAST_N_DAYS:3", false),
        ("SELECT Id FROM Account WHERE CreatedDate = TODAY", false),
        ("SELECT * FROM Account", true),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Name = 'b' OR Name = 'c'", true),
        ("SELECT Id FROM Account WHERE SystemModstamp > 2026-01-31T10:20:30", true),
        ("SELECT Id FROM Account WHERE Name = 'x", true),
        ("SELECT Id FROM", true),
        ("SELECT Id FROM Account;", true),
    ] {
        let refusal = parse(text).unwrap_err();
        assert_eq!(refusal.is_not_modelled(), !modelled, "{text}");
    }
}

#[test]
fn patterns_match() {
    for (text, pattern, wanted) in [
        ("Acme Ltd", "Acme%", true),
        ("Acme", "A_me", true),
        ("Acme", "%me", true),
        ("10%", "10\\%", true),
        ("100", "10\\%", false),
        ("Acme", "Acm", false),
    ] {
        assert_eq!(like(text, pattern), wanted, "{text} {pattern}");
    }
}
