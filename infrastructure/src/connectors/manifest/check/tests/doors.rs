use super::super::check;
use crate::connectors::manifest::Folder;

const WHOLE: &str = include_str!("doors.toml");

fn found(manifest: &str) -> Vec<(usize, String)> {
    let files: Folder = [("manifest.toml", manifest), ("cases/a.toml", "")]
        .map(|(file, text)| (file.to_owned(), text.to_owned()))
        .into();
    check(&files)
        .into_iter()
        .map(|finding| (finding.line, format!("{} ({})", finding.message, finding.hint)))
        .collect()
}

#[test]
fn every_way_to_prove_oneself_is_clean() {
    assert_eq!(found(WHOLE), []);
}

/// A change, and a part of the message.
const BROKEN: &[(&str, &str, &str)] = &[
    ("kind = \"oauth2\"\nrealm", "kind = \"api_key\"\nrealm", "is not used by kind"),
    ("header = \"X-Token\"", "header = \"X-Token\", query = \"t\"", "goes to 2 places"),
    ("header = \"X-Token\"", "query = \"t\", prefix = \"Bearer \"", "before a header's value only"),
    (
        "secret = \"api_key\", header",
        "secret = \"apikey\", header",
        "nobody is asked for the secret `apikey`",
    ),
    (
        "token_url = \"https://{setting.shop}.door.example",
        "token_url = \"https://{setting.shop}.dear.example",
        "not among the origins",
    ),
    (
        "{setting.shop}.door.example/authorize",
        "{setting.shp}.door.example/authorize",
        "`shp` is not asked for",
    ),
    (
        "https://{setting.shop}.door.example/authorize",
        "http://{setting.shop}.door.example/authorize",
        "a plain address",
    ),
    ("authorize_url = \"https://{setting.shop}.door.example/authorize\"\n", "", "authorize_url is missing"),
    ("access_token_s = 3600", "access_token_s = 300", "refreshed at once"),
    ("tolerance_s = 90", "", "belong together"),
    ("until = \"2027-09-01\", replacement", "replacement", "neither asked for nor does it end"),
    (
        "realm = { callback = \"shop\" }",
        "realm = { callback = \"shop\", setting = \"shop\" }",
        "comes from 2 places",
    ),
    (
        "realm = { callback = \"shop\" }",
        "realm = { callback = \"shop\", part = 1 }",
        "`part` without `split`",
    ),
    ("on = \"2027-01-01\"", "on = \"2027-01-01\", setting = \"shop\"", "has 2 days"),
    ("[auth.methods.token]", "[auth.methods.none]", "cannot be the name of a method"),
    ("client_auth = \"assertion\"", "client_auth = \"body\"", "the assertion is not used"),
    ("claims = { iss", "claims = { exp = \"1\", iss", "exp is added by itself"),
    ("lifetime_s = 180", "lifetime_s = 0", "holds for a moment"),
    (
        "grant = \"client_credentials\"",
        "grant = \"client_credentials\"\npkce = true",
        "pkce is not used without a browser",
    ),
    ("method = \"POST\", path = \"/login\"", "path = \"/login\"", "access log"),
    ("cookies = [\"S\"]\n", "", "leaves nothing to send"),
    ("request_url = \"https://api.door.example/request\"\n", "", "request_url is missing"),
    ("legs = 3", "legs = 2", "is not used"),
    ("legs = 3", "legs = 4", "use 1, 2 or 3"),
    ("encoding = \"hex\", pairs", "pairs", "`encoding` is missing"),
    ("over = \"{timestamp}.{body}\"", "over = \"{timestamp}.x\"", "the body is not signed"),
    ("over = \"{timestamp}.{body}\"", "over = \"{body}\"", "the timestamp is not signed"),
    ("over = \"{timestamp}.{body}\"", "over = \"{timestmp}\"", "is unknown"),
    ("tolerance_s = 300", "", "could be sent again"),
    ("tolerance_s = 300", "tolerance_s = 300000", "more than a day"),
    ("tolerance_s = 300", "tolerance_s = 300, algorithm = \"ES256\"", "means nothing for this kind"),
    (
        "encoding = \"hex\", pairs",
        "encoding = \"hex\", kind = \"shared\", pairs",
        "means nothing for this kind",
    ),
    (
        "echo = { query = \"validationToken\" }",
        "echo = { query = \"v\", header = \"h\" }",
        "gives back 2 things",
    ),
    ("echo = { query = \"validationToken\" }", "json = \"v\"", "0 ways to fit"),
    ("entity = { at = \"type\" }", "entity = { at = \"type\", value = \"x\" }", "comes from 2 places"),
    ("ended = [\"app.uninstalled\"]", "ended = [\"uninstalled\"]", "is no event type"),
    ("body = { url = \"{webhook.url}\", s", "body = { s", "not told where to send"),
    ("{webhook.secret}", "{webhook.sekret}", "{webhook.sekret} is unknown"),
    ("makes_secret = true\n", "", "{webhook.secret} has no value"),
    ("lifetime_s = 3600\n", "", "{webhook.expires} has no value"),
    ("renew_before_s = 600", "renew_before_s = 3600", "renewed all the time"),
    ("secret = \"integration\"", "secret = \"app\"", "verified with the app's"),
    ("id = \"id\", expires", "expires", "{webhook.id} has no value"),
    (
        "body = { back = \"{hosted.return}\" } }, url = \"url\", ticket = \"id\" }\nagain",
        "body = {} }, url = \"url\", ticket = \"id\" }\nagain",
        "send the browser back",
    ),
    ("{hosted.ticket}", "{hosted.code}", "{hosted.code} has no value here"),
    ("code = \"{hosted.code}\"", "code = \"c\"", "nothing is exchanged"),
    (
        "method = \"POST\", path = \"/tokens\", auth = \"token\", body",
        "path = \"/tokens\", auth = \"token\", query",
        "access log",
    ),
    ("gone = [{ code = [\"GONE\"] }]", "gone = [{}]", "not told by status or code"),
    ("realm = { token = \"item_id\" }", "realm = { callback = \"item_id\" }", "names no company there"),
    ("kind = \"hosted\"", "kind = \"none\"", "is not used by kind"),
    ("origins = [", "origins = [\"https://*.com\", ", "is no origin"),
];

#[test]
fn every_mistake_of_a_door_is_found_with_a_remedy() {
    let mut wrong = Vec::new();
    for (before, after, wanted) in BROKEN {
        assert!(WHOLE.contains(before), "`{before}` is not in the manifest");
        let found = found(&WHOLE.replacen(before, after, 1));
        let told = found.iter().any(|(line, words)| words.contains(wanted) && *line > 0);
        if !told {
            wrong.push(format!("{before} -> {after}: wanted `{wanted}`, found {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_case_that_makes_no_sense_is_found_where_it_stands() {
    let cases = "[[case]]\nname = \"one\"\ndoes = \"verify\"\nexpect = {}\n\n[[case]]\nname = \"one\"\ndoes = \"reed\"\n\n[[case]]\ndoes = \"read\"\nentity = \"Thing\"\nexpect = {}\n";
    let files: Folder = [("manifest.toml", WHOLE), ("cases/a.toml", cases), ("cases/b.toml", "[[case]\n")]
        .map(|(file, text)| (file.to_owned(), text.to_owned()))
        .into();
    let told: Vec<String> = check(&files)
        .into_iter()
        .map(|found| format!("{}:{}: {}", found.file, found.line, found.message))
        .collect();
    let has = |start: &str| told.iter().any(|words| words.starts_with(start));
    assert!(has("cases/a.toml:6: the case expects nothing"), "{told:#?}");
    assert!(
        has("cases/a.toml:6: `reed` is nothing") && has("cases/a.toml:6: another case is called `one`"),
        "{told:#?}"
    );
    assert!(
        has("cases/a.toml:10: the case has no name") && has("cases/a.toml:10: there is no entity `Thing`"),
        "{told:#?}"
    );
    assert!(has("cases/b.toml:1:"), "{told:#?}");
}
