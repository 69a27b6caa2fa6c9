//! How calls are authenticated.

use super::super::auth::{Auth, AuthKind, Deadline, Legs, OAuth1, RealmFrom, Send, Session};
use super::super::provider::Manifest;
use super::super::request::Method;
use super::super::template::{Hole, Template};
use super::Problems;
use super::identity::inside;

mod hosted;
mod oauth2;
mod secrets;

/// A method of the manifest, and where it stands.
#[derive(Clone, Copy)]
struct At<'m> {
    manifest: &'m Manifest,
    auth: &'m Auth,
    place: &'m [&'m str],
}

impl At<'_> {
    /// Adds when `wrong`, at a place below the method's.
    fn when(
        &self,
        wrong: bool,
        below: &[&str],
        (message, hint): (impl Into<String>, impl Into<String>),
        problems: &mut Problems,
    ) {
        let place: Vec<&str> = self.place.iter().chain(below).copied().collect();
        problems.when(wrong, &place, message, hint);
    }
}

pub(super) fn check(manifest: &Manifest, problems: &mut Problems) {
    method(At { manifest, auth: &manifest.auth, place: &["auth"] }, problems);
    for (name, auth) in &manifest.auth.methods {
        let place = ["auth", "methods", name.as_str()];
        let at = At { manifest, auth, place: &place };
        let fits = name != "none" && !name.is_empty() && !name.contains('.');
        let named = (format!("`{name}` cannot be the name of a method"), "use a word such as private_app");
        at.when(!fits, &[], named, problems);
        let nested = ("a method has no methods of its own", "put them beside each other in [auth.methods]");
        at.when(!auth.methods.is_empty(), &["methods"], nested, problems);
        method(at, problems);
    }
}

fn method(at: At<'_>, problems: &mut Problems) {
    tables(at, problems);
    for (number, send) in at.auth.send.iter().flatten().enumerate() {
        self::send(at, (number, send), problems);
    }
    secrets::check(at, problems);
    if let (AuthKind::Oauth2, Some(oauth2)) = (at.auth.kind, &at.auth.oauth2) {
        oauth2::check(at, oauth2, problems);
    }
    if let Some(oauth1) = &at.auth.oauth1 {
        self::oauth1(at, oauth1, problems);
    }
    if let Some(session) = &at.auth.session {
        self::session(at, session, problems);
    }
    if let Some(page) = &at.auth.hosted {
        hosted::check(at, page, problems);
    }
    realm(at, problems);
    for (number, deadline) in at.auth.deadlines.iter().enumerate() {
        self::deadline(at, (number, deadline), problems);
    }
}

fn tables(at: At<'_>, problems: &mut Problems) {
    let auth = at.auth;
    let tables = [
        (AuthKind::Oauth2, auth.oauth2.is_some()),
        (AuthKind::Oauth1, auth.oauth1.is_some()),
        (AuthKind::BasicAuth, auth.basic_auth.is_some()),
        (AuthKind::Session, auth.session.is_some()),
        (AuthKind::Hosted, auth.hosted.is_some()),
    ];
    for (kind, given) in tables {
        let name = kind.as_str();
        let missing =
            (format!("[auth.{name}] is missing"), format!("describe it, as kind = \"{name}\" says"));
        at.when(kind == auth.kind && !given, &[], missing, problems);
        let unused = (
            format!("[auth.{name}] is not used by kind = \"{}\"", auth.kind.as_str()),
            "remove it, or change the kind",
        );
        at.when(kind != auth.kind && given, &[name], unused, problems);
    }
    let sends = auth.send.as_ref().is_some_and(|send| !send.is_empty());
    let nowhere =
        ("nothing says where the key goes", "add send = [{ secret = \"api_key\", header = \"…\" }]");
    at.when(auth.kind == AuthKind::ApiKey && !sends, &[], nowhere, problems);
}

fn send(at: At<'_>, (number, send): (usize, &Send), problems: &mut Problems) {
    let Send { header, query, body, user, prefix, .. } = send;
    let places = usize::from(header.is_some())
        + usize::from(query.is_some())
        + usize::from(body.is_some())
        + usize::from(*user);
    let place = format!("send#{number}");
    let told =
        (format!("the secret goes to {places} places"), "give exactly one of header, query, body and user");
    at.when(places != 1, &[&place], told, problems);
    let stray = ("a prefix stands before a header's value only", "remove it, or use header");
    at.when(!prefix.is_empty() && header.is_none(), &[&place], stray, problems);
}

fn oauth1(at: At<'_>, oauth1: &OAuth1, problems: &mut Problems) {
    let addresses = [
        ("request_url", &oauth1.request_url),
        ("authorize_url", &oauth1.authorize_url),
        ("access_url", &oauth1.access_url),
    ];
    let three = oauth1.legs == Legs::Three;
    for (name, address) in addresses {
        let missing =
            (format!("{name} is missing"), "three legs need request_url, authorize_url and access_url");
        at.when(three && address.is_none(), &["oauth1"], missing, problems);
        let unused = (format!("{name} is not used"), "remove it, or say legs = 3");
        at.when(!three && address.is_some(), &["oauth1", name], unused, problems);
        if let Some(address) = address.as_ref().filter(|_| name != "authorize_url") {
            let place: Vec<&str> = at.place.iter().chain(&["oauth1", name]).copied().collect();
            inside(at.manifest, address, &place, problems);
        }
    }
}

fn session(at: At<'_>, session: &Session, problems: &mut Problems) {
    let reads = session.login.method.unwrap_or_default() == Method::Get;
    let plain = ("a login would stand in the provider's access log", "use method = \"POST\"");
    at.when(reads, &["session", "login"], plain, problems);
    let nothing = session.token.is_none() && session.cookies.is_empty();
    let told =
        ("a login leaves nothing to send", "say which `token` or `cookies` of its answer are sent back");
    at.when(nothing, &["session"], told, problems);
    let place: Vec<&str> = at.place.iter().chain(&["session", "login"]).copied().collect();
    let holes = session.login.holes().filter(|hole| !is_named(hole, "secret."));
    super::request::holes(at.manifest, holes, &place, &[], problems);
}

fn realm(at: At<'_>, problems: &mut Problems) {
    if let Some(from) = &at.auth.realm {
        realm_from(at, from, problems);
    }
    let twice = ("the realm is named twice", "keep one of `realm` and `realms`");
    at.when(at.auth.realm.is_some() && at.auth.realms.is_some(), &["realms"], twice, problems);
    if let Some(realms) = &at.auth.realms {
        let asks = realms.request.path.iter().flat_map(Template::holes).any(|hole| *hole == Hole::Realm);
        let told = ("the realm is not known yet when companies are asked for", "use a path without {realm}");
        at.when(asks, &["realms", "request"], told, problems);
    }
}

fn realm_from(at: At<'_>, from: &RealmFrom, problems: &mut Problems) {
    let RealmFrom { callback, token, claim, setting, split, part, .. } = from;
    let sources = [callback.is_some(), token.is_some(), claim.is_some(), setting.is_some()];
    let count = sources.iter().filter(|given| **given).count();
    let told = (
        format!("the realm comes from {count} places"),
        "give exactly one of callback, token, claim and setting",
    );
    at.when(count != 1, &["realm"], told, problems);
    let browser = setting.is_none() && !at.auth.in_browser();
    let told = ("nobody is sent to a browser here", "use realm = { setting = \"…\" } or [auth.realms]");
    at.when(browser, &["realm"], told, problems);
    let lonely = ("`part` without `split`", "say what the text is split at");
    at.when(split.is_none() && *part > 0, &["realm"], lonely, problems);
    if let Some(setting) = setting {
        asked(at, setting, &["realm"], problems);
    }
}

fn deadline(at: At<'_>, (number, deadline): (usize, &Deadline), problems: &mut Problems) {
    let place = format!("deadlines#{number}");
    let days = usize::from(deadline.on.is_some()) + usize::from(deadline.setting.is_some());
    let told = (format!("the deadline has {days} days"), "give exactly one of `on` and `setting`");
    at.when(days != 1, &[&place], told, problems);
    if let Some(setting) = &deadline.setting {
        asked(at, setting, &[&place], problems);
    }
}

/// A setting that nobody is asked for.
fn asked(at: At<'_>, setting: &str, below: &[&str], problems: &mut Problems) {
    let known = at.manifest.setup.iter().any(|field| field.name == setting && !field.secret);
    let told = (
        format!("the setting `{setting}` is not asked for"),
        format!("add a [[setup]] field `{setting}` that is no secret"),
    );
    at.when(!known, below, told, problems);
}

/// Whether a hole's name begins with `prefix`.
pub(super) fn is_named(hole: &Hole, prefix: &str) -> bool {
    matches!(hole, Hole::Named(name) if name.starts_with(prefix))
}
