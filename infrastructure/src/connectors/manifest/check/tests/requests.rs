use super::super::check;
use crate::connectors::manifest::Folder;

const WHOLE: &str = include_str!("whole.toml");

fn folder(manifest: &str) -> Folder {
    [("manifest.toml", manifest), ("cases/read.toml", "")]
        .map(|(file, text)| (file.to_owned(), text.to_owned()))
        .into()
}

#[test]
fn the_whole_language_is_clean() {
    let findings: Vec<String> = check(&folder(WHOLE)).iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "{}", findings.join("\n"));
}

/// A change, the line it is found at, and a part of the message.
const BROKEN: &[(&str, &str, &str, &str)] = &[
    ("[version]\ncurrent = \"2026-07\"\n", "", "", "there is no version"),
    ("path = \"/graphql/{version}\"", "", "list", "the request has no path"),
    ("{ ...Order } } } }\"", "{ ...Order } } }\"", "list", "braces do not match"),
    ("fragments = [\"Order\"]", "fragments = [\"Ordr\"]", "list", "there is no fragment `Ordr`"),
    ("variables = { n =", "variables = { m =", "list", "does not use the variable `m`"),
    ("limits = [\"search\"],", "limits = [\"find\"],", "request", "no named limit `find`"),
    ("{ parameter = \"q\",", "{ parameter = \"q\", member = \"q\",", "request", "goes to 2 places"),
    ("\"soql\"", "\"sql\"", "sql", "unknown variant"),
    ("{since:epoch}", "{since:unix}", "{since:unix}", "unknown format"),
    ("at > {since} or", "at > '{since}' or", "'{since}'", "quoted by itself"),
    (
        "{ method = \"POST\", path = \"/sync\"",
        "{ path = \"/sync\"",
        "request",
        "a request with GET carries a body",
    ),
    (", after = \"{cursor}\" }", " }", "pages", "token is not read or not sent"),
    (" and id > {last_id})", ")", "pages", "does not begin behind the last row"),
    ("size = 100, first_id", "size = 20000, first_id", "pages", "1 to 10,000"),
    ("first_id = \"0\" }", "last = \"pages\" }", "pages", "pages.last is not read"),
    ("{ page = \"{page}\" }", "{ page = \"1\" }", "pages", "every page would be the first"),
    ("{ field = \"kind\", equals = \"order\" }", "{ field = \"kind\" }", "only", "has 0 tests"),
    (
        "{ field = \"more\", equals = true }",
        "{ field = \"more\", equals = true, present = true }",
        "pages",
        "has 2 tests",
    ),
    (
        "event = { id = \"name\", at",
        "order = \"updated_at\"\nevent = { id = \"name\", at",
        "list",
        "no order of their own",
    ),
    (
        "currency = \"text\"\n",
        "currency = { type = \"text\", as = \"prefixed\" }\n",
        "currency",
        "stands before the text",
    ),
    ("members = [\"lines\"] }", "members = [] }", "update", "replaces names nothing"),
    ("updated_at = \"at\"\n", "", "changes", "when a record last changed"),
    ("[entities.Order.changes]", "[entities.Order.deltas]", "deltas", "unknown field"),
    ("removed = { items = \"removed\" }", "removed = {}", "delta", "told in 0 ways"),
    ("restart = [{ code = [\"MUTATION\"] }]", "restart = [{}]", "delta", "not told by status or code"),
    (
        "pages = { kind = \"cursor\", size = 500, next = \"next\",",
        "pages = { kind = \"whole\", size = 500,",
        "delta",
        "goes by tokens",
    ),
    (
        "read = { request = { path = \"/customers/{id}\" } }\n",
        "",
        "changes",
        "that events name cannot be read",
    ),
    (", origins = [\"https://files.whole.example\"]", "", "bulk", "no origin is named"),
    ("https://files.whole.example", "http://files.whole.example", "bulk", "is no origin"),
    ("/jobs/{job}", "/jobs", "bulk", "the job is not asked for"),
    ("every_s = 5", "every_s = 0", "bulk", "every 1 to 60 seconds"),
    ("upsert = true\n", "", "write_class", "carries no idempotency key"),
    ("\"/orders/{reference}\"", "\"/orders\"", "create", "would make a second record"),
    ("id = \"id\"\nread_back = true", "read_back = true", "create", "where the answer has the id"),
    ("id = \"id\"\nread_back = true\n", "id = \"id\"\n", "create", "no more than the id"),
    ("answers = \"id\"", "answers = \"nothing\"", "create", "would have no id"),
    ("version_token = \"at\"\n", "", "update", "a version that is never read"),
    ("item_id = \"trace\"\nanswers", "answers", "batch", "matched by their position"),
    ("max = 100\nitems", "max = 0\nitems", "max", "carry nothing"),
    ("as = \"minor_units\", currency = \"currency\" }", "as = \"minor_units\" }", "total", "which currency"),
    ("currency = \"currency\" }", "currency = \"code\" }", "total", "`code` is not described"),
    (
        "type = \"date_time\", as = \"epoch\"",
        "type = \"text\", as = \"epoch\"",
        "at = {",
        "never spelled like this",
    ),
    (
        "[operations.hand_in.look_up]\nrequest = { path = \"/returns/{param.period}\", empty_when = [{ status = [\"404\"] }] }\nsame = { due = \"due\" }\n",
        "",
        "hand_in",
        "find out whether it was done",
    ),
    ("same = { due = \"due\" }", "same = {}", "hand_in", "tell our submission from another"),
    ("same = { due = \"due\" }", "same = { due = \"sum\" }", "hand_in", "no parameter `sum`"),
    ("natural_key = [\"period\"]\n", "", "hand_in", "submitted once only"),
    ("{param.due}", "{param.dew}", "request", "{param.dew} has no value here"),
    ("^[A-Z0-9]{4}$", "^[A-Z0-9{4}$", "hand_in", "is no regular expression"),
    ("{ status = [\"404\"] }", "{}", "request", "every answer would mean"),
    ("options = \"shops\"", "options = \"stores\"", "options", "no list `stores`"),
    ("lookup = \"shops\"", "lookup = \"stores\"", "shops", "no lookup `stores`"),
    ("filter = \"record.status ==", "filter = \"status ==", "filter", "`status`"),
    ("code = [\"LIMIT\"]\nclass = \"rate_limited\"", "class = \"transient\"\neffect = \"none\"", "", ""),
    (
        "status = [\"403\"]\ncode = [\"LIMIT\"]\nclass = \"rate_limited\"",
        "status = [\"5xx\"]\nclass = \"transient\"\neffect = \"none\"",
        "effect",
        "would be sent again",
    ),
    ("{ header = \"X-Reset\", unit", "{ unit", "waits", "read at 0 places"),
    ("calls = 5, per_s = 1", "calls = 0, per_s = 1", "also", "lets nothing through"),
    (
        "origins = [\"https://api.whole.example\"]",
        "origins = [\"https://*.example\"]",
        "origins",
        "is no origin",
    ),
];

#[test]
fn every_mistake_of_a_request_is_found_where_it_stands_with_a_remedy() {
    let mut missed = Vec::new();
    for (from, to, line_has, message_has) in BROKEN {
        assert!(WHOLE.contains(from), "the manifest has no {from}");
        let text = WHOLE.replacen(from, to, 1);
        let findings = check(&folder(&text));
        let shown: Vec<String> = findings.iter().map(ToString::to_string).collect();
        let fits = findings.iter().any(|finding| {
            let line = text.lines().nth(finding.line - 1).unwrap_or_default();
            finding.message.contains(message_has) && line.contains(line_has) && !finding.hint.is_empty()
        });
        // A change without a message is allowed.
        if if message_has.is_empty() { !findings.is_empty() } else { !fits } {
            missed.push(format!(
                "{from} -> {to}: wanted `{message_has}` at `{line_has}`, found\n{}",
                shown.join("\n")
            ));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
}
