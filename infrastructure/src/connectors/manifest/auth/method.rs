//! A method of authentication, and the others a connection or a request may take in its place.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{AuthKind, Deadline, Grant, Hosted, Legs, OAuth1, OAuth2, RealmFrom, Realms, Session};
use crate::connectors::manifest::template::{Hole, Template};

/// How calls are authenticated. A secret is looked up among the connection's, then among those of the organization's
/// app registration with the provider.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// Its kind; the table of the same name describes it.
    pub kind: AuthKind,
    /// Its name for people, where there are several methods.
    pub label: Option<String>,
    /// Where secrets go in each call; absent means `Authorization: Bearer <access_token>` for OAuth 2.0 and for
    /// sessions with a token.
    pub send: Option<Vec<Send>>,
    /// OAuth 2.0.
    pub oauth2: Option<Box<OAuth2>>,
    /// OAuth 1.0a.
    pub oauth1: Option<Box<OAuth1>>,
    /// User name and password.
    pub basic_auth: Option<BasicAuth>,
    /// A session.
    pub session: Option<Box<Session>>,
    /// A page of the provider.
    pub hosted: Option<Box<Hosted>>,
    /// Where the remote company is named; absent where there is none, or where `realms` or `verify` tells it.
    pub realm: Option<RealmFrom>,
    /// A call that tells which companies a consent gives; several mean that a person chooses.
    pub realms: Option<Box<Realms>>,
    /// Days on which connections end that nobody renews.
    #[serde(default)]
    pub deadlines: Vec<Deadline>,
    /// Other methods by name: a connection takes one with the setting `auth`, a request with its `auth`.
    #[serde(default)]
    pub methods: BTreeMap<String, Self>,
}

/// Where a secret goes: exactly one of `header`, `query`, `body` and `user`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Send {
    /// Name of the secret.
    pub secret: String,
    /// The header that carries it.
    pub header: Option<String>,
    /// What stands before it in the header (`Bearer `).
    #[serde(default)]
    pub prefix: String,
    /// The query parameter that carries it.
    pub query: Option<String>,
    /// The member of a JSON body that carries it; added on the wire, so that it is in no stored request.
    pub body: Option<String>,
    /// Whether it is the user name of basic authentication, with an empty password.
    #[serde(default)]
    pub user: bool,
}

/// User name and password.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicAuth {
    /// Name of the secret that holds the user name.
    #[serde(default = "username")]
    pub username: String,
    /// Name of the secret that holds the password.
    #[serde(default = "password")]
    pub password: String,
}

fn username() -> String {
    "username".to_owned()
}

fn password() -> String {
    "password".to_owned()
}

impl Auth {
    /// The method of a name; this one without a name.
    pub fn method(&self, name: Option<&str>) -> Option<&Self> {
        match name {
            None => Some(self),
            Some(name) => self.methods.get(name),
        }
    }

    /// Whether a person authorizes it in a browser.
    pub fn in_browser(&self) -> bool {
        match self.kind {
            AuthKind::Oauth2 => {
                self.oauth2.as_ref().is_some_and(|oauth2| oauth2.grant == Grant::AuthorizationCode)
            }
            AuthKind::Oauth1 => self.oauth1.as_ref().is_some_and(|oauth1| oauth1.legs == Legs::Three),
            AuthKind::Hosted => true,
            _ => false,
        }
    }

    /// Where secrets go in each call.
    pub fn sends(&self) -> Vec<Send> {
        let bearer = || Send {
            secret: "access_token".to_owned(),
            header: Some("Authorization".to_owned()),
            prefix: "Bearer ".to_owned(),
            ..Send::default()
        };
        match (&self.send, self.kind, &self.session) {
            (Some(send), ..) => send.clone(),
            (None, AuthKind::Oauth2, _) => vec![bearer()],
            (None, AuthKind::Session, Some(session)) if session.token.is_some() => vec![bearer()],
            _ => Vec::new(),
        }
    }

    /// Names of the secrets that each call carries.
    pub fn sent(&self) -> Vec<String> {
        let mut names: Vec<String> = self.sends().into_iter().map(|send| send.secret).collect();
        if let Some(basic) = self.basic_auth.as_ref().filter(|_| self.kind == AuthKind::BasicAuth) {
            names.extend([basic.username.clone(), basic.password.clone()]);
        }
        if let Some(oauth1) = self.oauth1.as_ref().filter(|_| self.kind == AuthKind::Oauth1) {
            names.extend(oauth1.secrets());
        }
        names
    }

    /// Names of all its secrets, those that tokens are got with among them.
    pub fn secrets(&self) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.sent().into_iter().collect();
        if let Some(oauth2) = &self.oauth2 {
            names.extend(oauth2.secrets());
        }
        if let Some(session) = &self.session {
            names.remove("access_token");
            names.extend(session.login.holes().filter_map(secret_hole));
        }
        names
    }

    /// Names of the secrets that connecting obtains; nobody types them in.
    pub fn obtained(&self) -> &'static [&'static str] {
        match self.kind {
            AuthKind::Oauth2 | AuthKind::Hosted => &["access_token"],
            AuthKind::Oauth1 if self.in_browser() => &["token", "token_secret"],
            _ => &[],
        }
    }
}

/// The name in `{secret.<name>}`.
pub(in crate::connectors::manifest) fn secret_hole(hole: &Hole) -> Option<String> {
    match hole {
        Hole::Named(name) => name.strip_prefix("secret.").map(str::to_owned),
        _ => None,
    }
}

/// The secrets that templates name.
pub(super) fn named<'t, C: crate::connectors::manifest::Context + 't>(
    templates: impl Iterator<Item = &'t Template<C>>,
) -> BTreeSet<String> {
    templates.flat_map(Template::holes).filter_map(secret_hole).collect()
}
