//! What a request with a session does to the company.

use axum::http::{HeaderMap, Method};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::book::{Book, Key, Row, merge};
use super::kinds::{Kind, kind};
use super::{documents, listing, masters, refusal};
use crate::kit::consent::header_text;
use crate::kit::decimals::{Object, text_of};
use crate::kit::{Answer, Tally};

/// A request inside the service.
pub(super) struct Call<'a> {
    pub(super) method: &'a Method,
    /// Below `/b1s/v2/`.
    pub(super) path: &'a str,
    pub(super) query: &'a str,
    pub(super) headers: &'a HeaderMap,
    pub(super) body: &'a [u8],
    pub(super) now_ms: i64,
}

/// What a path names.
enum Target {
    Set(&'static Kind),
    Count(&'static Kind),
    One(&'static Kind, Key),
    Action(&'static Kind, Key, String),
}

/// Answers a request.
pub(super) fn answer(book: &mut Book, tally: &Tally, call: &Call<'_>) -> Result<Answer, Answer> {
    if call.path.starts_with("CompanyService_") && *call.method == Method::POST {
        return company(call.path);
    }
    let not_modelled = || Err(refusal::not_modelled(&format!("{} {}", call.method, call.path)));
    let Some(target) = target(call.path) else { return not_modelled() };
    match (call.method.as_str(), target) {
        ("GET", Target::Set(kind)) => listing::list(book, kind, call.query, call.headers),
        ("GET", Target::Count(kind)) => listing::count(book, kind, call.query, call.headers),
        ("GET", Target::One(kind, key)) => {
            let row = book.get(kind, &key).ok_or_else(refusal::not_found)?;
            listing::one(book, kind, row, call.query)
        }
        (_, _) if !call.query.is_empty() => not_modelled(),
        ("POST", Target::Set(kind)) => created(book, tally, kind, call),
        ("PATCH" | "PUT", Target::One(kind, key)) => changed(book, tally, (kind, &key), call),
        ("DELETE", Target::One(kind, key)) => removed(book, tally, (kind, &key), call),
        ("POST", Target::Action(kind, key, action)) => acted(book, tally, (kind, &key), &action, call),
        _ => not_modelled(),
    }
}

fn company(path: &str) -> Result<Answer, Answer> {
    match path {
        "CompanyService_GetCompanyInfo" => Ok(Answer::json(
            200,
            &json!({
                "@odata.context": "$metadata#SAPB1.CompanyInfo", "Version": 1_000_240,
                "EnableExpensesManagement": "tNO", "MaxRecordsInChooseFromList": 100,
            }),
        )),
        "CompanyService_GetAdminInfo" => Ok(Answer::json(
            200,
            &json!({
                "@odata.context": "$metadata#SAPB1.AdminInfo", "Code": 1, "CompanyName": "OEC Computers UK",
                "Country": "GB", "LocalCurrency": "GBP", "SystemCurrency": "GBP",
            }),
        )),
        _ => Err(refusal::not_modelled(path)),
    }
}

fn target(path: &str) -> Option<Target> {
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if let Some(found) = kind(&path) {
        return Some(Target::Set(found));
    }
    if let Some(set) = path.strip_suffix("/$count") {
        return kind(set).map(Target::Count);
    }
    let (set, rest) = path.split_once('(')?;
    let (key, action) = rest.rsplit_once(')')?;
    let found = kind(set)?;
    let key = if found.numbered { Key::Number(key.parse().ok()?) } else { Key::Text(unquoted(key)?) };
    match action.strip_prefix('/') {
        Some(action) => Some(Target::Action(found, key, action.to_owned())),
        None => action.is_empty().then_some(Target::One(found, key)),
    }
}

/// The text between quotes; a quote inside is doubled.
fn unquoted(text: &str) -> Option<String> {
    let inside = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let plain = inside.replace("''", "");
    (!plain.contains('\'')).then(|| inside.replace("''", "'"))
}

fn sent(book: &Book, kind: &Kind, body: &[u8]) -> Result<Object, Answer> {
    let body: Value = serde_json::from_slice(body).map_err(|said| refusal::bad_request(&said.to_string()))?;
    let body = body.as_object().ok_or_else(|| refusal::bad_request("an entity is an object"))?;
    book.taken(kind, body)
}

/// The entity of a request, at the version it names, if it names one.
fn expected(book: &Book, (kind, key): (&Kind, &Key), headers: &HeaderMap) -> Result<Row, Answer> {
    let row = book.get(kind, key).ok_or_else(refusal::not_found)?;
    let named = header_text(headers, "if-match");
    if named.is_empty() || named == "*" || named == row.etag() {
        Ok(row.clone())
    } else {
        Err(refusal::stale())
    }
}

fn created(book: &mut Book, tally: &Tally, kind: &'static Kind, call: &Call<'_>) -> Result<Answer, Answer> {
    let sent = sent(book, kind, call.body)?;
    let row = create(book, kind, sent, call.now_ms)?;
    tally.create(Some(&format!("{}:{}", kind.set, business_key(kind, &row))));
    let place = format!("/b1s/v2/{}({})", kind.set, row.key.quoted());
    if header_text(call.headers, "prefer").contains("return-no-content") {
        return Ok(Answer::empty(204).with("Location", place).with("ETag", row.etag()));
    }
    Ok(listing::entity(201, kind, &row, None).with("Location", place))
}

/// By what a person would know two of them to be the same.
pub(super) fn business_key(kind: &Kind, row: &Row) -> String {
    let parts: &[&str] =
        if kind.numbered { &["CardCode", "NumAtCard"] } else { &["CardType", "CardName", "ItemName"] };
    parts
        .iter()
        .map(|name| text_of(&row.fields, name))
        .filter(|text| !text.is_empty())
        .collect::<Vec<_>>()
        .join(":")
}

/// Creates an entity. Errors: a rule that it breaks.
pub(super) fn create(book: &mut Book, kind: &'static Kind, sent: Object, now_ms: i64) -> Result<Row, Answer> {
    let mut fields = book.blank(kind);
    if kind.numbered {
        merge(kind, &mut fields, sent, false);
        documents::defaults(book, &mut fields, now_ms);
        // A refused document leaves a hole in the numbers, as it does there.
        let entry = book.next(kind.set);
        fields.insert("DocEntry".into(), json!(entry));
        fields.insert("DocNum".into(), json!(entry));
        documents::settle(book, kind, &Key::Number(entry), &mut fields)?;
        return Ok(book.keep(kind, &Key::Number(entry), fields, now_ms));
    }
    let key = masters::key_of(book, kind, &sent)?;
    merge(kind, &mut fields, sent, false);
    masters::defaults(kind, &mut fields);
    masters::settle_lines(book, &key, &mut fields);
    Ok(book.keep(kind, &key, fields, now_ms))
}

fn changed(
    book: &mut Book,
    tally: &Tally,
    (kind, key): (&'static Kind, &Key),
    call: &Call<'_>,
) -> Result<Answer, Answer> {
    let row = expected(book, (kind, key), call.headers)?;
    let sent = sent(book, kind, call.body)?;
    let whole = *call.method == Method::PUT;
    let replace = header_text(call.headers, "b1s-replacecollectionsonpatch") == "true" || whole;
    change(book, kind, &row, Patch { sent, replace, whole }, call.now_ms)?;
    tally.note("updates");
    Ok(Answer::empty(204))
}

/// A change of an entity.
pub(super) struct Patch {
    sent: Object,
    /// Lines that are not sent go.
    replace: bool,
    /// What is not sent is reset.
    whole: bool,
}

impl Patch {
    /// A change that keeps what it does not name.
    pub(super) fn of(sent: Object) -> Self {
        Self { sent, replace: false, whole: false }
    }
}

/// Changes an entity. Errors: a rule that it breaks.
pub(super) fn change(
    book: &mut Book,
    kind: &'static Kind,
    row: &Row,
    patch: Patch,
    now_ms: i64,
) -> Result<Row, Answer> {
    let fields = if kind.numbered {
        changed_document(book, kind, row, patch)?
    } else {
        changed_master(book, kind, row, patch)?
    };
    Ok(book.keep(kind, &row.key, fields, now_ms))
}

fn changed_document(book: &Book, kind: &Kind, row: &Row, patch: Patch) -> Result<Object, Answer> {
    if patch.whole {
        return Err(refusal::not_modelled("PUT of a document"));
    }
    documents::check_change(kind, row, &patch.sent)?;
    let mut fields = row.fields.clone();
    merge(kind, &mut fields, patch.sent, patch.replace);
    if row.fields.get("DocumentLines") != fields.get("DocumentLines") {
        documents::settle(book, kind, &row.key, &mut fields)?;
    }
    Ok(fields)
}

fn changed_master(book: &mut Book, kind: &Kind, row: &Row, patch: Patch) -> Result<Object, Answer> {
    if patch.sent.get(kind.key).is_some_and(|code| *code != row.key.value()) {
        return Err(refusal::business(&format!("{} cannot be changed", kind.key)));
    }
    let mut fields = row.fields.clone();
    if patch.whole {
        fields = book.blank(kind);
        let kept = kind.properties.iter().filter(|property| property.read_only || property.name == kind.key);
        for property in kept {
            let value = row.fields.get(property.name).cloned().unwrap_or_default();
            fields.insert(property.name.to_owned(), value);
        }
        masters::defaults(kind, &mut fields);
    }
    merge(kind, &mut fields, patch.sent, patch.replace);
    masters::settle_lines(book, &row.key, &mut fields);
    Ok(fields)
}

fn removed(
    book: &mut Book,
    tally: &Tally,
    (kind, key): (&'static Kind, &Key),
    call: &Call<'_>,
) -> Result<Answer, Answer> {
    expected(book, (kind, key), call.headers)?;
    remove(book, kind, key)?;
    tally.note("deletes");
    Ok(Answer::empty(204))
}

/// Removes an entity. Errors: documents stay for ever, and so does what one of them names.
pub(super) fn remove(book: &mut Book, kind: &Kind, key: &Key) -> Result<(), Answer> {
    if kind.numbered {
        return Err(refusal::no_action());
    }
    masters::check_unused(book, kind, key)?;
    book.remove(kind, key);
    Ok(())
}

fn acted(
    book: &mut Book,
    tally: &Tally,
    (kind, key): (&'static Kind, &Key),
    action: &str,
    call: &Call<'_>,
) -> Result<Answer, Answer> {
    if !kind.numbered {
        return Err(refusal::no_action());
    }
    let row = expected(book, (kind, key), call.headers)?;
    act(book, kind, &row, action, call.now_ms)?;
    tally.note("updates");
    Ok(Answer::empty(204))
}

/// Cancels or closes a document. Errors: it is too late for that.
pub(super) fn act(
    book: &mut Book,
    kind: &'static Kind,
    row: &Row,
    action: &str,
    now_ms: i64,
) -> Result<(), Answer> {
    let fields = documents::acted(kind, row, action)?;
    if kind.set == "Invoices" {
        let entry = book.next(kind.set);
        let mut taken_back = documents::cancellation(&fields);
        taken_back.insert("DocEntry".into(), json!(entry));
        taken_back.insert("DocNum".into(), json!(entry));
        book.keep(kind, &Key::Number(entry), taken_back, now_ms);
    }
    book.keep(kind, &row.key, fields, now_ms);
    Ok(())
}
