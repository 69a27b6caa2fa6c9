//! Which request does what.

use serde_json::{Value, json};

use super::call::Call;
use super::config::IdempotencyKeys;
use super::dates::wire;
use super::kind::Kind;
use super::query::{Terms, list};
use super::refusal::Refusal;
use super::render::{WHOLE, shown};
use super::routes::App;
use super::rules::{add_option, allocate, remove_option, save_option, unallocate};
use super::schema::{ALLOCATION, OPTION, check};
use super::store::Book;
use super::write::{Way, elements, write};
use crate::kit::Answer;
use crate::kit::decimals::{Object, text_of};
use crate::kit::replays::Seen;

/// Longest idempotency key.
const KEY_LENGTH: usize = 128;

/// Answers a request that was let in.
pub(super) fn answer(app: &App, call: &Call) -> Answer {
    let Some(mut book) = app.book(call.tenant()) else { return app.refused(&Refusal::NotFound) };
    let now_ms = app.clock.now_ms();
    book.settings.keep_previous = app.lag_ms() > 0;
    let honoured = app.config.idempotency == IdempotencyKeys::Honoured;
    let key = call.key().map(str::to_owned);
    if key.as_ref().is_some_and(|key| key.chars().count() > KEY_LENGTH) {
        return app
            .refused(&Refusal::Key(format!("The Idempotency-Key is longer than {KEY_LENGTH} characters")));
    }
    let key = key.filter(|_| honoured);
    if let Some(key) = &key {
        match book.replays.look(key, call.question(), now_ms) {
            Seen::New => {}
            Seen::Same(answer) => {
                app.tally.note("replays");
                return answer;
            }
            Seen::Other(_) => {
                let why = "The Idempotency-Key was used with a different request";
                return app.refused(&Refusal::Key(why.into()));
            }
        }
    }
    let start = book.mark();
    let answer = match served(app, call, &mut book) {
        Ok(answer) => answer,
        Err(refusal) => {
            book.roll_back(start);
            app.refused(&refusal)
        }
    };
    app.publish(book.settle());
    if let Some(key) = key.filter(|_| answer.status < 500) {
        book.replays.keep(&key, call.question(), answer.clone(), now_ms);
    }
    answer
}

fn served(app: &App, call: &Call, book: &mut Book) -> Result<Answer, Refusal> {
    let kind = call.kind().ok_or_else(|| unknown(call))?;
    book.settings.unit_places = match call.params.get("unitdp") {
        "" | "2" => 2,
        "4" => 4,
        other => return Err(Refusal::BadQuery(format!("unitdp must be 2 or 4, not {other}"))),
    };
    let path: Vec<&str> = call.path.iter().skip(1).map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("GET", []) => listed(app, call, book, kind),
        ("GET", [id]) => found(app, call, book, (kind, id)),
        ("PUT" | "POST", []) => written(app, call, book, kind),
        ("POST", [id]) if kind != Kind::TaxRate => saved(app, call, book, (kind, id)),
        ("DELETE", [id]) => deleted(app, book, kind, id),
        (_, [id, part @ ("Allocations" | "Options"), rest @ ..]) => {
            inner(app, call, book, (kind, id, part, rest))
        }
        _ => Err(unknown(call)),
    }
}

fn unknown(call: &Call) -> Refusal {
    Refusal::not_modelled(format!("{} /{}", call.method, call.path.join("/")))
}

/// The envelope of every answer.
fn enveloped(app: &App, body: Object) -> Answer {
    let mut answer = json!({
        "Id": app.instance(), "Status": "OK", "ProviderName": "Sandbox",
        "DateTimeUTC": wire(app.clock.now_ms()).replace("+0000", "")
    });
    for (name, value) in body {
        answer[name] = value;
    }
    Answer::json(200, &answer)
}

fn listed(app: &App, call: &Call, book: &Book, kind: Kind) -> Result<Answer, Refusal> {
    let since_ms = call.since_ms()?.filter(|_| kind.is_dated());
    let terms = Terms {
        since_ms,
        now_ms: app.clock.now_ms(),
        lag_ms: app.lag_ms(),
        lines_without_page: app.config.lines_without_page,
    };
    Ok(enveloped(app, list(book, kind, &call.params, terms)?))
}

fn single(book: &Book, kind: Kind, id: &str) -> Object {
    let body = book.body(kind, id).cloned().unwrap_or_default();
    let mut answer = Object::new();
    answer.insert(kind.array().into(), json!([shown(book, kind, &body, WHOLE)]));
    answer
}

fn found(app: &App, call: &Call, book: &Book, (kind, key): (Kind, &str)) -> Result<Answer, Refusal> {
    only(call, &["unitdp"])?;
    if kind == Kind::Organisation {
        return Err(unknown(call));
    }
    let id = book.find(kind, key).ok_or(Refusal::NotFound)?;
    Ok(enveloped(app, single(book, kind, &id)))
}

fn only(call: &Call, known: &[&str]) -> Result<(), Refusal> {
    match call.params.names().find(|name| !known.contains(name)) {
        Some(other) => Err(Refusal::not_modelled(format!("the parameter {other} here"))),
        None => Ok(()),
    }
}

/// PUT and POST on a collection. Which the provider has differs (fact sheet, "Entities").
fn written(app: &App, call: &Call, book: &mut Book, kind: Kind) -> Result<Answer, Refusal> {
    only(call, &["unitdp", "summarizeErrors"])?;
    let creates = call.method == axum::http::Method::PUT;
    let offered = match kind {
        Kind::Organisation => false,
        Kind::Account | Kind::TrackingCategory => creates,
        _ => true,
    };
    if !offered {
        return Err(Refusal::NotOffered(format!("{} {} is not offered", call.method, kind.path())));
    }
    let elements = elements(kind.array(), &call.body)?;
    let single =
        matches!(kind, Kind::Account | Kind::TrackingCategory) || (kind == Kind::Payment && !creates);
    if single && elements.len() > 1 {
        return Err(Refusal::invalid(format!("{} {} takes one element", call.method, kind.path())));
    }
    if creates && kind == Kind::TaxRate && elements.iter().any(|own| !text_of(own, "TaxType").is_empty()) {
        return Err(Refusal::invalid("TaxType is given by the server"));
    }
    let way = if creates { Way::Create } else { Way::Save };
    stored(app, call, book, (kind, way, &elements))
}

fn saved(app: &App, call: &Call, book: &mut Book, (kind, id): (Kind, &str)) -> Result<Answer, Refusal> {
    only(call, &["unitdp", "summarizeErrors"])?;
    let elements = elements(kind.array(), &call.body)?;
    if elements.len() > 1 {
        return Err(Refusal::invalid("One element is expected"));
    }
    stored(app, call, book, (kind, Way::At(id), &elements))
}

fn stored(
    app: &App,
    call: &Call,
    book: &mut Book,
    (kind, way, elements): (Kind, Way<'_>, &[Object]),
) -> Result<Answer, Refusal> {
    let one_by_one = call.params.get("summarizeErrors").eq_ignore_ascii_case("false");
    let (body, answer, done) = write(book, kind, (way, elements), one_by_one)?;
    for written in &done {
        if written.created {
            let key = book.body(kind, &written.id).and_then(|body| app.business_key(kind, body));
            app.tally.create(key.as_deref());
        } else {
            app.tally.note("updates");
        }
    }
    if answer.status == 400 { Ok(answer) } else { Ok(enveloped(app, body)) }
}

/// Items vanish with 204; accounts and tracking categories are answered as deleted.
fn deleted(app: &App, book: &mut Book, kind: Kind, key: &str) -> Result<Answer, Refusal> {
    if !matches!(kind, Kind::Item | Kind::Account | Kind::TrackingCategory) {
        return Err(Refusal::NotOffered(format!("DELETE {} is not offered", kind.path())));
    }
    let id = book.find(kind, key).ok_or(Refusal::NotFound)?;
    let mut body = book.body(kind, &id).cloned().unwrap_or_default();
    if !text_of(&body, "SystemAccount").is_empty() {
        return Err(Refusal::invalid("System accounts cannot be deleted."));
    }
    if kind == Kind::Account && is_used(book, &id) {
        return Err(Refusal::invalid("Accounts with transactions cannot be deleted; archive them"));
    }
    book.remove(kind, &id);
    app.tally.note("deletes");
    if kind == Kind::Item {
        return Ok(Answer::empty(204));
    }
    body.insert("Status".into(), json!("DELETED"));
    let mut answer = Object::new();
    answer.insert(kind.array().into(), json!([body]));
    Ok(enveloped(app, answer))
}

fn is_used(book: &Book, account: &str) -> bool {
    let used = |body: &Object| {
        let lines = body.get("LineItems").and_then(Value::as_array);
        lines.is_some_and(|lines| lines.iter().any(|line| line["AccountID"] == account))
            || body.get("Account").is_some_and(|own| own["AccountID"] == account)
    };
    [Kind::Invoice, Kind::CreditNote, Kind::Payment]
        .iter()
        .any(|kind| book.rows(*kind).any(|(_, row)| used(&row.body)))
}

/// Allocations of credit notes, options of tracking categories.
fn inner(
    app: &App,
    call: &Call,
    book: &mut Book,
    (kind, key, part, rest): (Kind, &str, &str, &[&str]),
) -> Result<Answer, Refusal> {
    only(call, &["summarizeErrors"])?;
    let id = book.find(kind, key).ok_or(Refusal::NotFound)?;
    let method = call.method.as_str();
    let value = match (kind, part, method, rest) {
        (Kind::CreditNote, "Allocations", "PUT", []) => {
            let mut all = Vec::new();
            for sent in elements(part, &call.body)? {
                all.push(allocate(book, &id, &check(ALLOCATION, &sent)?)?);
            }
            Value::Array(all)
        }
        (Kind::CreditNote, "Allocations", "DELETE", [own]) => json!([unallocate(book, &id, own)?]),
        (Kind::TrackingCategory, "Options", "PUT", []) => {
            let mut all = Vec::new();
            for sent in elements(part, &call.body)? {
                all.push(add_option(book, &id, &check(OPTION, &sent)?)?);
            }
            Value::Array(all)
        }
        (Kind::TrackingCategory, "Options", "POST", [own]) => {
            let sent = elements(part, &call.body)?.remove(0);
            json!([save_option(book, (&id, own), &check(OPTION, &sent)?)?])
        }
        (Kind::TrackingCategory, "Options", "DELETE", [own]) => json!([remove_option(book, (&id, own))?]),
        _ => return Err(unknown(call)),
    };
    let mut answer = Object::new();
    answer.insert(part.to_owned(), value);
    Ok(enveloped(app, answer))
}
