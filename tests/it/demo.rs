//! The demo, as a user starts it: nothing lost, nothing there twice, whatever goes wrong on the way.

use serde_json::Value;
use tests::program;

/// Keys that a demo always tells.
const KEYS: [&str; 10] = [
    "records_imported",
    "pushed",
    "pulled",
    "conflicts",
    "unknown_outcomes",
    "unknown_resolved",
    "duplicates_at_provider",
    "lost",
    "events",
    "duration_ms",
];

fn demo(seed: &str, request_id: &str) -> Value {
    let arguments = ["demo", "--no-serve", "--json", "--seed", seed, "--request-id", request_id];
    let said = program::headwater("cli::stands_in_for_the_program", &arguments).unwrap();
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    let numbers: Value = serde_json::from_str(said.last_line()).unwrap();
    for key in KEYS {
        assert!(numbers[key].is_u64(), "{key} is missing in {numbers}");
    }
    numbers
}

fn check(numbers: &Value) {
    let number = |key: &str| numbers[key].as_u64().unwrap();
    assert_eq!((number("duplicates_at_provider"), number("lost")), (0, 0), "{numbers}");
    assert_eq!(number("records_imported"), 55, "{numbers}");
    assert!(number("pushed") >= 55 && number("pulled") > 0, "{numbers}");
    assert!(number("conflicts") >= 4, "one per strategy: {numbers}");
    assert!(number("unknown_outcomes") >= 2, "two answers were dropped on purpose: {numbers}");
    assert_eq!(number("unknown_outcomes"), number("unknown_resolved"), "{numbers}");
    assert!(number("duration_ms") <= 45_000, "{numbers}");
    assert_eq!(numbers["came_to_rest"], Value::Bool(true), "{numbers}");
}

#[test]
fn a_company_that_honours_request_ids_ends_equal() {
    check(&demo("1", "honoured"));
}

#[test]
fn a_company_that_ignores_request_ids_ends_equal() {
    check(&demo("2", "ignored"));
}

#[test]
fn a_demo_that_runs_out_of_time_counts_what_is_there_and_says_so() {
    let arguments = ["demo", "--no-serve", "--json", "--patience", "1"];
    let said = program::headwater("cli::stands_in_for_the_program", &arguments).unwrap();
    assert_eq!(said.code, 1, "{}\n{}", said.out, said.err);
    let numbers: Value = serde_json::from_str(said.last_line()).unwrap();
    for key in KEYS {
        assert!(numbers[key].is_u64(), "{key} is missing in {numbers}");
    }
    assert_eq!(numbers["came_to_rest"], Value::Bool(false), "{numbers}");
    assert_eq!(numbers["duplicates_at_provider"], 0, "{numbers}");
    assert!(said.out.contains("time is up before the first synchronisation came to rest"), "{}", said.out);
    assert!(!said.out.contains("changed records on both sides"), "{}", said.out);
}
