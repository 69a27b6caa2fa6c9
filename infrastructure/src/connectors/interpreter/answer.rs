//! What an answer means: a body to read, or a refusal with its class and its effect.

use std::time::Duration;

use application::ports::connector::CallError;
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use secrecy::SecretString;

use super::call::refused;
use super::pluck::{one, pluck, scalar};
use super::records::{equals, moment};
use super::soundness::sound;
use crate::connectors::manifest::{Effect, ErrorRule, Manifest};
use crate::http::{Answer, redact};

/// A call that did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What to say.
    pub(super) error: CallError,
    /// Whether a write had an effect.
    pub(super) effect: Effect,
}

impl Refusal {
    /// A refusal without any effect.
    pub(super) fn harmless(error: CallError) -> Self {
        Self { error, effect: Effect::None }
    }

    /// An answer that makes no sense; what was asked may have been done.
    pub(super) fn unreadable(why: impl std::fmt::Display) -> Self {
        let message = format!("the provider's answer makes no sense: {why}");
        Self { error: refused(ErrorClass::Unreadable, message), effect: Effect::Unknown }
    }
}

/// A good answer.
#[derive(Debug)]
pub(super) struct Good {
    /// Its body; empty when it has none.
    pub(super) text: String,
    /// Whether it says by its status that it has none (204).
    pub(super) bare: bool,
    /// The provider's clock.
    pub(super) time: Option<DateTime<Utc>>,
}

/// A good answer, or what the refusal means.
pub(super) fn judge(manifest: &Manifest, answer: Answer, secrets: &[&SecretString]) -> Result<Good, Refusal> {
    let (status, wait, date) = (answer.status, retry_after(&answer), answer.date());
    let date = if manifest.answers.time.is_some() { None } else { date };
    if (200..300).contains(&status) {
        if answer.body.is_empty() {
            return Ok(Good { text: String::new(), bare: status == 204, time: date });
        }
        let text = sound(answer.body).map_err(Refusal::unreadable)?;
        let (failed, time) = inner(manifest, &text)?;
        if failed {
            return Err(refusal(manifest, None, &text, secrets));
        }
        return Ok(Good { text, bare: false, time: time.or(date) });
    }
    let text = sound(answer.body).unwrap_or_default();
    let mut refusal = refusal(manifest, Some(status), &text, secrets);
    refusal.error.retry_after = wait.or(refusal.error.retry_after);
    Err(refusal)
}

/// Whether a body under a good status is an error all the same, and the provider's clock in it.
fn inner(manifest: &Manifest, text: &str) -> Result<(bool, Option<DateTime<Utc>>), Refusal> {
    let places = [manifest.answers.error.as_ref(), manifest.answers.time.as_ref()];
    if places == [None, None] {
        return Ok((false, None));
    }
    let [error, time] = pluck(text, places).map_err(Refusal::unreadable)?;
    let failed = error.is_some_and(|raw| !matches!(raw.get(), "null" | "false" | "[]" | "{}" | "\"\""));
    Ok((failed, time.and_then(moment)))
}

/// What an error body means. `status` is absent for an error inside a good answer or a batch.
pub(super) fn refusal(
    manifest: &Manifest,
    status: Option<u16>,
    text: &str,
    secrets: &[&SecretString],
) -> Refusal {
    let code = manifest.answers.code.as_ref().and_then(|place| text_at(text, place));
    let words = manifest.answers.message.iter().find_map(|place| text_at(text, place));
    let rule = manifest.errors.iter().find(|rule| fits(rule, status, code.as_deref(), text));
    let class = rule.map_or_else(|| usual(status), |rule| rule.class);
    let message = match (words, status) {
        (Some(words), _) => redact(&words, secrets),
        (None, Some(status)) => format!("the provider answered HTTP {status}"),
        (None, None) => "the provider answered with an error".to_owned(),
    };
    let effect = rule.and_then(|rule| rule.effect).unwrap_or_else(|| usual_effect(class, status));
    let error = CallError {
        class,
        code: code.or_else(|| status.map(|status| status.to_string())),
        message,
        next_step: rule.and_then(|rule| rule.next_step.clone()),
        retry_after: rule.and_then(|rule| rule.wait_s).map(Duration::from_secs),
    };
    Refusal { error, effect }
}

fn text_at(text: &str, place: &crate::connectors::manifest::Place) -> Option<String> {
    let [found] = pluck(text, [Some(place)]).ok()?;
    found.and_then(scalar).map(std::borrow::Cow::into_owned)
}

fn fits(rule: &ErrorRule, status: Option<u16>, code: Option<&str>, text: &str) -> bool {
    let status_fits =
        rule.status.is_empty() || status.is_some_and(|status| rule.status.iter().any(|s| s.fits(status)));
    let code_fits = rule.code.is_empty() || code.is_some_and(|code| rule.code.iter().any(|c| c == code));
    let body_fits = || match &rule.when {
        None => true,
        Some(is) => one(text, &is.field).ok().flatten().is_some_and(|raw| equals(&is.equals.0, raw)),
    };
    status_fits && code_fits && body_fits()
}

/// The class of an HTTP status where the manifest has no line for it (RFC 9110, 15).
fn usual(status: Option<u16>) -> ErrorClass {
    match status {
        Some(401) => ErrorClass::AuthExpired,
        Some(403) => ErrorClass::Permission,
        Some(404 | 410) => ErrorClass::NotFound,
        Some(412 | 428) => ErrorClass::StaleVersion,
        Some(429) => ErrorClass::RateLimited,
        Some(408 | 425 | 500..=599) => ErrorClass::Transient,
        None | Some(400..=499) => ErrorClass::Validation,
        Some(_) => ErrorClass::Unreadable,
    }
}

fn usual_effect(class: ErrorClass, status: Option<u16>) -> Effect {
    let surely_none = match status {
        None => !matches!(class, ErrorClass::Transient | ErrorClass::Unreadable),
        Some(408) => false,
        Some(status) => (400..500).contains(&status),
    };
    if surely_none { Effect::None } else { Effect::Unknown }
}

/// `Retry-After`, as seconds or as a date measured against the answer's own `Date` (RFC 9110, 10.2.3).
fn retry_after(answer: &Answer) -> Option<Duration> {
    let text = answer.header("retry-after")?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until: DateTime<Utc> = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
    (until - answer.date()?).to_std().ok()
}
