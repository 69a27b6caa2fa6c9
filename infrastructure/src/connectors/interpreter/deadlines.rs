//! Days on which a connection ends that nobody renews.

use application::ports::connector::{Deadline, Target};
use application::ports::credentials::Secrets;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use secrecy::ExposeSecret;

use super::tokens::Using;
use crate::connectors::manifest::{Auth, Manifest, OAuth2};

const AGAIN: &str = "connect again before";

/// The deadlines of a connection, the first one first.
pub(in crate::connectors) fn deadlines(
    manifest: &Manifest,
    target: &Target,
    secrets: &Secrets,
    scopes: &[String],
) -> Vec<Deadline> {
    let Some(auth) = Using::of(manifest, target, None).ok().and_then(|using| using.auth) else {
        return Vec::new();
    };
    let mut found = said(auth, target, secrets);
    if let Some(oauth2) = &auth.oauth2 {
        found.extend(of_scopes(oauth2, scopes));
        found.extend(of_tokens(oauth2, secrets));
    }
    found.sort();
    found
}

fn said(auth: &Auth, target: &Target, secrets: &Secrets) -> Vec<Deadline> {
    let day = |deadline: &crate::connectors::manifest::Deadline| {
        let typed = || target.settings.get(deadline.setting.as_ref()?)?.as_str()?.parse::<NaiveDate>().ok();
        deadline.on.or_else(typed)
    };
    let holds = |lacks: &Option<String>| lacks.as_ref().is_none_or(|name| secrets.get(name).is_none());
    auth.deadlines
        .iter()
        .filter(|deadline| holds(&deadline.lacks))
        .filter_map(|deadline| {
            let (what, next_step) = (deadline.what.clone(), deadline.next_step.clone());
            Some(Deadline { at: morning(day(deadline)?), what, next_step })
        })
        .collect()
}

fn of_scopes(oauth2: &OAuth2, granted: &[String]) -> Vec<Deadline> {
    let granted = |name: &str| granted.iter().any(|scope| scope == name);
    let ending = oauth2.scopes.iter().filter(|scope| granted(&scope.name));
    ending
        .filter_map(|scope| {
            let instead = scope.replacement.as_ref().map(|other| format!("; {other} takes its place"));
            let what = format!("the scope {} ends{}", scope.name, instead.unwrap_or_default());
            Some(Deadline { at: morning(scope.until?), what, next_step: AGAIN.to_owned() })
        })
        .collect()
}

fn of_tokens(oauth2: &OAuth2, secrets: &Secrets) -> Vec<Deadline> {
    let moment = |name: &str| {
        let text = secrets.get(name)?.expose_secret();
        Some(DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc))
    };
    let consent = || {
        let life = TimeDelta::try_seconds(i64::try_from(oauth2.consent_s?).ok()?)?;
        moment("authorized_at")?.checked_add_signed(life)
    };
    let refresh =
        moment("refresh_token_expires_at").map(|at| (at, "the refresh token ends unless it is used"));
    let consent = consent().map(|at| (at, "the consent ends"));
    [refresh, consent]
        .into_iter()
        .flatten()
        .map(|(at, what)| Deadline { at, what: what.to_owned(), next_step: AGAIN.to_owned() })
        .collect()
}

fn morning(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}
