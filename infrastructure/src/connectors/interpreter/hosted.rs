//! Connecting on a page of the provider: opening it, and what it ended with.

use std::collections::BTreeMap;

use application::ports::connector::{Authorization, Authorized, CallError};
use application::ports::credentials::Secrets;
use domain::value::ErrorClass;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::answer::{Refusal, any_meant};
use super::call::{call, refused};
use super::connection::ManifestConnection;
use super::oauth::{cut, said_place};
use super::pluck::value_at;
use crate::connectors::manifest::{Effect, Ending, Hosted, Opening, RealmFrom, Request, Values};

/// What the ticket of a new connection's page is kept with.
const NEW: &str = "new ";
/// The same for a connection that has its token.
const AGAIN: &str = "again ";

/// Opens the page. The state travels in our own address, as no parameter of the provider's carries it.
pub(super) async fn authorize(
    (connection, hosted): (&ManifestConnection, &Hosted),
    app: &Secrets,
    state: &str,
    redirect_uri: &str,
) -> Result<Authorization, CallError> {
    let mut back = Url::parse(redirect_uri)
        .map_err(|_| refused(ErrorClass::Validation, "the redirect address is no URL"))?;
    back.query_pairs_mut().append_pair("state", state);
    let known = hosted.again.as_ref().filter(|_| app.get("access_token").is_some());
    if let Some(again) = known {
        match open(connection, again, (&back, AGAIN)).await {
            Ok(page) => return Ok(page),
            Err(refusal) if is_gone(again, &refusal) => {
                tracing::info!("the provider no longer knows the token; a new connection begins");
            }
            Err(refusal) => return Err(refusal.error),
        }
    }
    open(connection, &hosted.begin, (&back, NEW)).await.map_err(|refusal| refusal.error)
}

fn is_gone(again: &Opening, refusal: &Refusal) -> bool {
    any_meant(&again.gone, (refusal.status, refusal.error.code.as_deref(), "{}"))
}

async fn open(
    connection: &ManifestConnection,
    opening: &Opening,
    (back, kind): (&Url, &str),
) -> Result<Authorization, Refusal> {
    let told = tell(connection, &opening.request, ("hosted.return", back.as_str())).await?;
    let lacking = |what: &str| {
        let message = format!("the answer has no {what} of the page");
        Refusal::harmless(refused(ErrorClass::Unreadable, message))
    };
    let url = said_place(&told, &opening.url).and_then(|url| Url::parse(&url).ok());
    let url = url.ok_or_else(|| lacking("address"))?;
    let ticket = said_place(&told, &opening.ticket).ok_or_else(|| lacking("ticket"))?;
    let url = connection.connector.placed(url);
    if connection.connector.owns(&url) || connection.services.http.policy().names(&url) {
        return Ok(Authorization { url: url.into(), verifier: Some(format!("{kind}{ticket}").into()) });
    }
    let message = format!("nobody is sent to {}", url.origin().ascii_serialization());
    Err(Refusal::harmless(refused(ErrorClass::Permission, message)))
}

/// Asks with one more thing to tell.
async fn tell(
    connection: &ManifestConnection,
    request: &Request,
    (name, value): (&str, &str),
) -> Result<Value, Refusal> {
    let named = connection.named(&BTreeMap::from([(name.to_owned(), value.to_owned())]));
    let values = Values { named: Some(&named), ..connection.values() };
    let call = call(connection.manifest(), request, &values).map_err(Refusal::harmless)?;
    let good = connection.exchange(&call, None).await?;
    Ok(serde_json::from_str(&good.text).unwrap_or_default())
}

/// Asks how the page ended, and exchanges what it ended with. Where the connection kept its token, nothing is exchanged.
pub(super) async fn exchange(
    (connection, hosted): (&ManifestConnection, &Hosted),
    (app, from): (&Secrets, Option<&RealmFrom>),
    kept: Option<&SecretString>,
) -> Result<Authorized, CallError> {
    let kept = kept.map_or("", ExposeSecret::expose_secret);
    let (ticket, again) = match (kept.strip_prefix(NEW), kept.strip_prefix(AGAIN)) {
        (Some(ticket), _) => (ticket, false),
        (None, Some(ticket)) => (ticket, true),
        (None, None) => return Err(refused(ErrorClass::Validation, "the page is not known: begin again")),
    };
    let told = tell(connection, &hosted.result.request, ("hosted.ticket", ticket)).await;
    let visits = visits(&hosted.result, told.map_err(|refusal| refusal.error)?);
    let code = visits.iter().rev().find_map(|visit| said_place(visit, &hosted.result.code));
    let (token, realm) = match (again, code, app.get("access_token")) {
        (true, _, Some(token)) if ended_well(&hosted.result, &visits) => (token.clone(), None),
        (false, Some(code), _) => redeem(connection, hosted, (&code, from)).await?,
        _ => return Err(left(connection)),
    };
    let mut secrets = Secrets::default();
    secrets.set("access_token", token);
    secrets.set("authorized_at", connection.services.clock.now().to_rfc3339().into());
    Ok(Authorized { secrets, realm, scopes: Vec::new() })
}

/// The visits to a page.
fn visits(ending: &Ending, whole: Value) -> Vec<Value> {
    match &ending.each {
        None => vec![whole],
        Some(each) => value_at(&whole, &each.0).and_then(Value::as_array).cloned().unwrap_or_default(),
    }
}

/// Whether one of the visits is over and was not given up.
fn ended_well(ending: &Ending, visits: &[Value]) -> bool {
    let given_up = |visit: &Value| {
        let place = ending.given_up.as_ref();
        place.and_then(|place| value_at(visit, &place.0)).is_some_and(|told| !told.is_null())
    };
    visits.iter().any(|visit| said_place(visit, &ending.finished).is_some() && !given_up(visit))
}

fn left(connection: &ManifestConnection) -> CallError {
    let message = format!("the page of {} was left before it was done", connection.manifest().name);
    let next_step = Some("start connecting again, and go through the page to its end".to_owned());
    CallError { next_step, ..refused(ErrorClass::Permission, message) }
}

/// The token and the company. An answer that is lost cannot be asked for again.
async fn redeem(
    connection: &ManifestConnection,
    hosted: &Hosted,
    (code, from): (&str, Option<&RealmFrom>),
) -> Result<(SecretString, Option<String>), CallError> {
    let told = tell(connection, &hosted.exchange.request, ("hosted.code", code)).await;
    let told = told.map_err(|refusal| {
        let lost = refusal.effect == Effect::Unknown;
        let next_step =
            "start connecting again; what this attempt left at the provider has to be removed there";
        let next_step = lost.then(|| next_step.to_owned()).or(refusal.error.next_step);
        CallError { next_step, ..refusal.error }
    })?;
    let token = said_place(&told, &hosted.exchange.token);
    let token = token.ok_or_else(|| refused(ErrorClass::Unreadable, "the exchange answered no token"))?;
    let realm = match from.and_then(|from| Some((from, from.token.as_ref()?))) {
        None => None,
        Some((from, place)) => {
            let realm = said_place(&told, place);
            let unnamed = || refused(ErrorClass::Unreadable, "the exchange does not name the company");
            Some(cut(from, realm.ok_or_else(unnamed)?)?)
        }
    };
    Ok((token.into(), realm))
}

/// Gives the token back. One that the provider no longer knows is what was wanted.
pub(super) async fn remove(connection: &ManifestConnection, hosted: &Hosted) -> Result<(), CallError> {
    let Some(request) = &hosted.remove else { return Ok(()) };
    let call = call(connection.manifest(), request, &connection.values())?;
    match connection.ask(&call).await {
        Ok(_) => Ok(()),
        Err(error) if matches!(error.class, ErrorClass::AuthExpired | ErrorClass::NotFound) => Ok(()),
        Err(error) => Err(error),
    }
}
