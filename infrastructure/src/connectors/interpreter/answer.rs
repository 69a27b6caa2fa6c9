//! What an answer means: a body to read, or a refusal with its class and its effect.

use std::time::Duration;

use application::ports::connector::CallError;
use chrono::{DateTime, Utc};
use domain::value::ErrorClass;
use secrecy::SecretString;

use super::call::{Reading, refused};
use super::pluck::{items, one, pluck, scalar};
use super::records::moment;
use crate::connectors::manifest::{Effect, Inner, Manifest, Place};
use crate::http::{Answer, HeaderMap, redact};

pub(super) mod lines;
mod predicate;
pub(super) mod soundness;
mod wait;

use predicate::meant;
pub(super) use predicate::{any_meant, fits, holds, present};
use soundness::sound;

/// Most words of an error that are kept.
const WORDS: usize = 500;

/// A call that did not do its work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    /// What to say.
    pub(super) error: CallError,
    /// Whether a write had an effect.
    pub(super) effect: Effect,
    /// The HTTP status, if there was an answer.
    pub(super) status: Option<u16>,
}

impl Refusal {
    /// A refusal without any effect.
    pub(super) fn harmless(error: CallError) -> Self {
        Self { error, effect: Effect::None, status: None }
    }

    /// An answer that makes no sense; what was asked may have been done.
    pub(super) fn unreadable(why: impl std::fmt::Display) -> Self {
        let message = format!("the provider's answer makes no sense: {why}");
        Self { error: refused(ErrorClass::Unreadable, message), effect: Effect::Unknown, status: None }
    }
}

/// A good answer.
#[derive(Debug, Default)]
pub(super) struct Good {
    /// Its body; empty when it has none.
    pub(super) text: String,
    /// Whether it says that there is nothing (204, 304, `empty_when`).
    pub(super) bare: bool,
    /// The provider's clock.
    pub(super) time: Option<DateTime<Utc>>,
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// How long the realm pauses, because little is left.
    pub(super) pause: Option<Duration>,
}

/// A good answer, or what the refusal means.
pub(super) fn judge(
    manifest: &Manifest,
    answer: Answer,
    (reading, secrets): (&Reading, &[&SecretString]),
) -> Result<Good, Refusal> {
    let Answer { status, headers, body } = answer;
    let date = wait::date(&headers).filter(|_| manifest.answers.time.is_none());
    if status == 304 {
        return Ok(Good { bare: true, time: date, headers, ..Good::default() });
    }
    if !(200..300).contains(&status) {
        let text = sound(body).map(wrapped).unwrap_or_default();
        let mut refusal = refusal(manifest, Some(status), &text, secrets);
        if any_meant(&reading.empty_when, (Some(status), refusal.error.code.as_deref(), &text)) {
            return Ok(Good { bare: true, time: date, headers, ..Good::default() });
        }
        refusal.error.retry_after = wait::asked(manifest, &headers, &text).or(refusal.error.retry_after);
        return Err(refusal);
    }
    if body.is_empty() {
        return Ok(Good { bare: status == 204, time: date, headers, ..Good::default() });
    }
    let text = match reading.lines {
        Some(format) => lines::items(format, body).map_err(Refusal::unreadable)?,
        None => sound(body).map(wrapped).map_err(Refusal::unreadable)?,
    };
    good(manifest, text, (status, headers, date), (reading, secrets))
}

/// A body under a good status, unless it says that it is an error all the same.
fn good(
    manifest: &Manifest,
    text: String,
    (status, headers, date): (u16, HeaderMap, Option<DateTime<Utc>>),
    (reading, secrets): (&Reading, &[&SecretString]),
) -> Result<Good, Refusal> {
    let answers = &manifest.answers;
    let mut failed = answers.failed.as_ref().is_some_and(|is| holds(is, &text));
    for place in &answers.error.0 {
        failed |= present(one(&text, place).map_err(Refusal::unreadable)?);
    }
    if failed {
        let mut refusal = refusal(manifest, None, &text, secrets);
        if any_meant(&reading.empty_when, (Some(status), refusal.error.code.as_deref(), &text)) {
            return Ok(Good { bare: true, time: date, headers, ..Good::default() });
        }
        refusal.error.retry_after = wait::asked(manifest, &headers, &text).or(refusal.error.retry_after);
        return Err(refusal);
    }
    if let Some(inner) = &reading.inner
        && let Some(refusal) = refused_inside(manifest, inner, &text, secrets)
    {
        return Err(refusal);
    }
    let time = match &answers.time {
        Some(place) => one(&text, place).map_err(Refusal::unreadable)?.and_then(moment),
        None => date,
    };
    let pause = wait::spare(manifest, &headers, &text);
    let bare = any_meant(&reading.empty_when, (Some(status), None, &text));
    Ok(Good { text, bare, time, headers, pause })
}

/// An answer that is an array is read as `{ "items": [...] }`.
pub(super) fn wrapped(text: String) -> String {
    if text.trim_start_matches('\u{feff}').trim_start().starts_with('[') {
        return format!("{{\"items\":{}}}", text.trim_start_matches('\u{feff}'));
    }
    text
}

/// What an error body means. `status` is absent for an error inside a good answer or a batch.
pub(super) fn refusal(
    manifest: &Manifest,
    status: Option<u16>,
    text: &str,
    secrets: &[&SecretString],
) -> Refusal {
    let code = manifest.answers.code.0.iter().find_map(|place| text_at(text, place));
    let mut words = manifest.answers.message.0.iter().find_map(|place| text_at(text, place));
    if let Some(details) = details(manifest, text) {
        words = Some(words.map_or_else(|| details.clone(), |words| format!("{words}: {details}")));
    }
    told(manifest, (status, code, words), text, secrets)
}

/// A refusal of this status, code and words.
pub(super) fn told(
    manifest: &Manifest,
    (status, code, words): (Option<u16>, Option<String>, Option<String>),
    text: &str,
    secrets: &[&SecretString],
) -> Refusal {
    let rule = manifest
        .errors
        .iter()
        .find(|rule| meant((&rule.status, &rule.code, rule.when.as_ref()), (status, code.as_deref(), text)));
    let class = rule.map_or_else(|| usual(status), |rule| rule.class);
    let message = match (words, status) {
        (Some(words), _) => redact(&words.chars().take(WORDS).collect::<String>(), secrets),
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
    Refusal { error, effect, status }
}

/// A refusal that stands inside a good answer of one request.
fn refused_inside(
    manifest: &Manifest,
    inner: &Inner,
    text: &str,
    secrets: &[&SecretString],
) -> Option<Refusal> {
    let raw = one(text, &inner.at).ok().flatten()?;
    if !present(Some(raw)) {
        return None;
    }
    let elements: Vec<&serde_json::value::RawValue> = match serde_json::from_str(raw.get()) {
        Ok(elements) => elements,
        Err(_) => vec![raw],
    };
    let first = elements.first()?.get();
    let code = inner.code.as_ref().and_then(|place| text_at(first, place));
    let sentence = |element: &&serde_json::value::RawValue| {
        let words = inner.message.as_ref().and_then(|place| text_at(element.get(), place))?;
        let field = inner.field.as_ref().and_then(|place| named_field(element.get(), place));
        Some(field.map_or_else(|| words.clone(), |field| format!("{field}: {words}")))
    };
    let words: Vec<String> = elements.iter().filter_map(sentence).collect();
    let words = (!words.is_empty()).then(|| words.join("; "));
    Some(told(manifest, (None, code, words), text, secrets))
}

/// The name of a field in an error: a text, or an array of the parts of its path.
fn named_field(text: &str, place: &Place) -> Option<String> {
    let raw = one(text, place).ok().flatten()?;
    match serde_json::from_str::<Vec<String>>(raw.get()) {
        Ok(parts) => Some(parts.join(".")),
        Err(_) => scalar(raw).map(std::borrow::Cow::into_owned),
    }
}

/// Every one of the further words of an error.
fn details(manifest: &Manifest, text: &str) -> Option<String> {
    let details = manifest.answers.details.as_ref()?;
    let words = items(text, &details.items).ok()?;
    let words: Vec<String> = words
        .into_iter()
        .filter_map(|raw| {
            let words = text_at(raw.get(), &details.message)?;
            let field = details.field.as_ref().and_then(|place| named_field(raw.get(), place));
            Some(field.map_or_else(|| words.clone(), |field| format!("{field}: {words}")))
        })
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

pub(super) fn text_at(text: &str, place: &Place) -> Option<String> {
    let [found] = pluck(text, [Some(place)]).ok()?;
    found.and_then(scalar).map(std::borrow::Cow::into_owned)
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
