//! Connecting in a browser, and giving a connection up, whichever kind of authentication it has.

use std::collections::BTreeMap;

use application::ports::connector::{Authorization, Authorized, CallError};
use application::ports::credentials::Secrets;
use domain::value::ErrorClass;
use secrecy::SecretString;

use super::call::refused;
use super::connection::ManifestConnection;
use super::oauth1::Step;
use super::{hosted, oauth, oauth1, session};
use crate::connectors::manifest::{Auth, AuthKind, Hosted, OAuth1, OAuth2};

/// How a connection is authorized in a browser.
enum Browser<'m> {
    Two(&'m OAuth2),
    One(&'m OAuth1),
    Page(&'m Hosted),
}

fn browser(connection: &ManifestConnection) -> Result<(&Auth, Browser<'_>), CallError> {
    let auth = connection.own_method()?;
    let found = match auth.kind {
        _ if !auth.in_browser() => None,
        AuthKind::Oauth2 => auth.oauth2.as_deref().map(Browser::Two),
        AuthKind::Oauth1 => auth.oauth1.as_deref().map(Browser::One),
        AuthKind::Hosted => auth.hosted.as_deref().map(Browser::Page),
        _ => None,
    };
    found.map(|found| (auth, found)).ok_or_else(|| {
        let name = &connection.manifest().name;
        let message = format!("{name} does not use OAuth here: give its credentials instead");
        refused(ErrorClass::Validation, message)
    })
}

fn at<'c>(connection: &'c ManifestConnection, oauth2: &'c OAuth2) -> oauth::At<'c> {
    oauth::At {
        connector: &connection.connector,
        oauth2,
        services: &connection.services,
        target: &connection.target,
    }
}

fn step<'c>(connection: &'c ManifestConnection, oauth1: &'c OAuth1) -> Step<'c> {
    Step {
        connector: &connection.connector,
        oauth1,
        services: &connection.services,
        values: connection.values(),
    }
}

/// Where to send the browser.
pub(in crate::connectors) async fn authorize(
    connection: &ManifestConnection,
    app: &Secrets,
    state: &str,
    redirect_uri: &str,
) -> Result<Authorization, CallError> {
    match browser(connection)?.1 {
        Browser::Two(oauth2) => oauth::authorize(&at(connection, oauth2), app, state, redirect_uri),
        Browser::One(oauth1) => oauth1::authorize(&step(connection, oauth1), app, state, redirect_uri).await,
        Browser::Page(page) => hosted::authorize((connection, page), app, state, redirect_uri).await,
    }
}

/// Exchanges what the callback brought.
pub(in crate::connectors) async fn exchange(
    connection: &ManifestConnection,
    app: &Secrets,
    callback: &BTreeMap<String, String>,
    (redirect_uri, verifier): (&str, Option<&SecretString>),
) -> Result<Authorized, CallError> {
    match browser(connection)? {
        (auth, Browser::Two(oauth2)) => {
            let from = (app, auth.realm.as_ref());
            oauth::exchange(&at(connection, oauth2), from, callback, (redirect_uri, verifier)).await
        }
        (_, Browser::One(oauth1)) => {
            oauth1::exchange(&step(connection, oauth1), app, callback, verifier).await
        }
        (auth, Browser::Page(page)) => {
            hosted::exchange((connection, page), (app, auth.realm.as_ref()), verifier).await
        }
    }
}

/// Gives a connection up: tokens are given back, a session is ended.
pub(in crate::connectors) async fn give_up(
    connection: &ManifestConnection,
    app: &Secrets,
    tokens: &Secrets,
) -> Result<(), CallError> {
    let auth = connection.own_method()?;
    if let (AuthKind::Hosted, Some(page)) = (auth.kind, &auth.hosted) {
        return hosted::remove(connection, page).await;
    }
    match (auth.kind, &auth.oauth2, &auth.session) {
        (AuthKind::Oauth2, Some(oauth2), _) => oauth::revoke(&at(connection, oauth2), app, tokens).await,
        (AuthKind::Session, _, Some(session)) => session::logout(connection, session).await,
        _ => Ok(()),
    }
}
