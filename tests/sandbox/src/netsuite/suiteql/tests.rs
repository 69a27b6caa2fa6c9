//! The language on its own.

use super::evaluate::like;
use super::formats::{Read, read, write};
use super::parser::parse;
use super::syntax::{Condition, Expression};
use crate::kit::clock::parse_rfc3339;

#[test]
fn queries_are_parsed_with_joins_and_precedence() {
    let text = "SELECT t.id, BUILTIN.DF(t.entity) AS name FROM transaction t JOIN customer c ON c.id = t.entity \
                WHERE a = 1 OR b = 'it''s' AND NOT c IS NULL ORDER BY t.id DESC";
    let query = parse(text).unwrap();
    assert_eq!((query.joins.len(), query.order[0].1), (1, true));
    let Some(Condition::Any(parts)) = query.filter else { panic!("OR binds weakest") };
    let Condition::All(parts) = &parts[1] else { panic!("AND binds stronger") };
    assert_eq!(
        parts[0],
        Condition::Compare(
            Expression::Column(String::new(), "b".into()),
            "=",
            Expression::Text("it's".into())
        )
    );
}

#[test]
fn what_is_not_modelled_says_so() {
    for (text, modelled) in [
        ("SELECT id FROM customer GROUP BY id", false),
        ("SELECT DISTINCT id FROM customer", false),
        ("SELECT id FROM customer WHERE id IN (SELECT id FROM vendor)", false),
        ("SELECT id FROM customer WHERE id + 1 = 2", false),
        ("SELECT id FROM", true),
        ("SELECT id FROM customer WHERE id", true),
        ("SELECT id FROM customer WHERE name = 'x", true),
    ] {
        let refusal = parse(text).unwrap_err();
        assert_eq!(refusal.is_not_modelled(), !modelled, "{text}");
    }
}

#[test]
fn formats_write_and_read_times() {
    let format = "YYYY-MM-DD\"T\"HH24:MI:SSTZR";
    let Read::Zoned(at) = read("2026-01-02T03:04:05Z", format).unwrap() else { panic!("a zone was given") };
    assert_eq!(Some(at.timestamp_millis()), parse_rfc3339("2026-01-02T03:04:05Z"));
    assert_eq!(write(at, "DD.MM.YYYY HH24:MI").unwrap(), "02.01.2026 03:04");
    assert!(matches!(read("2026-01-02", "YYYY-MM-DD"), Ok(Read::Local(_))));
    assert!(read("2026-13-02", "YYYY-MM-DD").is_err());
    assert!(write(at, "Q").is_err());
}

#[test]
fn patterns_match() {
    for (text, pattern, wanted) in
        [("Acme Ltd", "Acme%", true), ("Acme", "A_me", true), ("Acme", "%me", true), ("Acme", "acme", false)]
    {
        assert_eq!(like(text, pattern), wanted, "{text} {pattern}");
    }
}
