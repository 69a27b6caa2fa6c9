//! A login call that opens a session, and one that ends it.

use application::ports::connector::CallError;
use application::ports::credentials::Secrets;
use chrono::TimeDelta;
use domain::value::ErrorClass;

use super::call::{call, refused};
use super::connection::ManifestConnection;
use super::oauth::said_place;
use super::tokens::{Grant, holes};
use crate::connectors::manifest::{Session, Values};

/// Opens a session.
pub(super) async fn login(
    connection: &ManifestConnection,
    session: &Session,
    secrets: &Secrets,
) -> Result<Secrets, CallError> {
    let named = connection.named(&holes(secrets));
    let values = Values { named: Some(&named), ..connection.values() };
    let call = call(connection.manifest(), &session.login, &values)?;
    // Only so that what the provider repeats of them is not shown.
    let grant = Grant { secrets: secrets.clone(), version: 0 };
    let good = connection.openly(&call, &grant).await.map_err(|mut error| {
        if error.class == ErrorClass::AuthExpired {
            let usual = || "check user name and password, then give them again".to_owned();
            error.next_step.get_or_insert_with(usual);
        }
        error
    })?;
    let mut fresh = Secrets::default();
    if let Some(place) = &session.token {
        let whole: serde_json::Value = serde_json::from_str(&good.text).unwrap_or_default();
        let token = said_place(&whole, place);
        let token = token.ok_or_else(|| refused(ErrorClass::Unreadable, "the login answered no token"))?;
        fresh.set("access_token", token.into());
    }
    if !session.cookies.is_empty() {
        let set = good.headers.get_all("set-cookie").iter();
        let kept = cookies(session, set.filter_map(|value| value.to_str().ok()));
        if kept.is_empty() {
            return Err(refused(ErrorClass::Unreadable, "the login set none of its cookies"));
        }
        fresh.set("cookies", kept.into());
    }
    let life = session.lifetime_s.and_then(|life| i64::try_from(life).ok()).and_then(TimeDelta::try_seconds);
    fresh.expires_at = life.map(|life| connection.services.clock.now() + life);
    Ok(fresh)
}

/// The cookies to send back, from `Set-Cookie` headers (RFC 6265, 5.4).
fn cookies<'h>(session: &Session, set: impl Iterator<Item = &'h str>) -> String {
    let pairs = set.map(|value| value.split(';').next().unwrap_or_default().trim());
    let wanted = |pair: &&str| {
        let name = pair.split_once('=').map(|(name, _)| name);
        name.is_some_and(|name| session.cookies.iter().any(|known| known == name))
    };
    pairs.filter(wanted).collect::<Vec<_>>().join("; ")
}

/// Ends a session. One that is over was what was wanted.
pub(super) async fn logout(connection: &ManifestConnection, session: &Session) -> Result<(), CallError> {
    let Some(request) = &session.logout else { return Ok(()) };
    let call = call(connection.manifest(), request, &connection.values())?;
    match connection.ask(&call).await {
        Ok(_) => Ok(()),
        Err(error) if error.class == ErrorClass::AuthExpired => Ok(()),
        Err(error) => Err(error),
    }
}
