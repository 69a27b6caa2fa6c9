//! Who may ask, how often, and whether the same was asked before.

use std::sync::Arc;

use super::answering::{Wish, answer};
use super::call::Call;
use super::callers::Caller;
use super::config::{Access, IdempotencyKeys};
use super::endpoints::{Does, Endpoint, find};
use super::idempotency::{KeyId, Keys, Question, Seen};
use super::refusal::Refusal;
use super::routes::App;
use super::version::Version;
use crate::kit::answer::Answer;

/// What becomes of a request before anything is done.
pub(crate) enum Admitted {
    /// It is answered already: refused, or replayed.
    Done(Answer),
    /// It may run.
    Run(Box<Ticket>),
}

/// A request that may run. The key it began is in use until this is dropped.
pub(crate) struct Ticket {
    app: Arc<App>,
    caller: Caller,
    endpoint: &'static Endpoint,
    id: String,
    version: Version,
    key: Option<KeyId>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(key) = &self.key {
            self.app.world().keys.end(key);
        }
    }
}

/// Key, account, version, endpoint, permission, limits and idempotency key, in this order.
pub(crate) fn admit(app: &Arc<App>, call: &Call) -> Admitted {
    let now_ms = app.clock.now_ms();
    let caller = app.callers().check(&call.key, &call.account, now_ms);
    let livemode = caller.as_ref().is_ok_and(|caller| caller.livemode);
    let label = find(call.method.as_str(), &call.path).map(|(endpoint, _)| endpoint.path);
    app.tally.request(&format!("{} {}", call.method, label.unwrap_or(&call.path)));
    match caller.and_then(|caller| enter(app, call, caller, now_ms)) {
        Ok(admitted) => admitted,
        Err(refusal) => Admitted::Done(dressed(app.refusal(&refusal, call, livemode), call, None)),
    }
}

fn enter(app: &Arc<App>, call: &Call, caller: Caller, now_ms: i64) -> Result<Admitted, Refusal> {
    let account_version = app.world().account_version.clone();
    let version = call.version(&account_version)?;
    let Some((endpoint, id)) = find(call.method.as_str(), &call.path) else {
        return Err(Refusal::not_modelled(format!("{} {}", call.method, call.path), ""));
    };
    if let Some(kind) = endpoint.does.kind() {
        let access = if call.is_write() { Access::Write } else { Access::Read };
        caller.may(&call.key, kind, access)?;
    }
    let whose = (caller.account.as_str(), caller.livemode);
    app.world().limits.request(whose, &format!("{} {}", endpoint.method, endpoint.path), now_ms)?;
    Keys::check(&call.idempotency_key)?;
    let key = (call.method == "POST" && !call.idempotency_key.is_empty())
        .then(|| (caller.account.clone(), caller.livemode, call.idempotency_key.clone()))
        .filter(|_| app.config.idempotency == IdempotencyKeys::Honoured);
    if let Some(key) = &key {
        let endpoint = format!("{} {}", call.method, call.path);
        let question = Question { endpoint, params: call.params()?.canonical() };
        let seen = app.world().keys.begin(key, &question, now_ms);
        match seen {
            Seen::New => {}
            Seen::No(refusal) => return Err(refusal),
            Seen::Again(answer, first) => {
                app.tally.note("replays");
                return Ok(Admitted::Done(replayed(answer, call, &version, &first)));
            }
        }
    }
    let ticket = Ticket { app: Arc::clone(app), caller, endpoint, id, version, key };
    Ok(Admitted::Run(Box::new(ticket)))
}

/// The first answer again. Retrying a stored failure would be of no use, and the header says so.
fn replayed(answer: Answer, call: &Call, version: &Version, first: &str) -> Answer {
    let failed = !answer.is_success();
    let mut answer = dressed(answer, call, Some(version))
        .with("idempotent-replayed", "true")
        .with("original-request", first);
    if failed {
        answer = answer.with("stripe-should-retry", "false");
    }
    answer
}

/// The headers every answer has.
fn dressed(answer: Answer, call: &Call, version: Option<&Version>) -> Answer {
    let mut answer = answer.with("request-id", call.request_id.as_str());
    if let Some(version) = version {
        answer = answer.with("stripe-version", version.text());
    }
    if !call.account.is_empty() {
        answer = answer.with("stripe-account", call.account.as_str());
    }
    if !call.idempotency_key.is_empty() {
        answer = answer.with("idempotency-key", call.idempotency_key.as_str());
    }
    answer
}

/// Does what was admitted.
pub(crate) fn run(app: &App, call: &Call, admitted: &Admitted) -> Answer {
    let ticket = match admitted {
        Admitted::Done(answer) => return answer.clone(),
        Admitted::Run(ticket) => ticket,
    };
    let wish = Wish {
        call,
        caller: &ticket.caller,
        endpoint: ticket.endpoint,
        id: ticket.id.clone(),
        version: ticket.version.clone(),
    };
    let (answer, executed) = match answer(app, &wish) {
        Ok(body) => (Answer::json(200, &body), true),
        Err(refusal) => (app.refusal(&refusal, call, ticket.caller.livemode), refusal.executed),
    };
    if executed {
        keep(app, call, ticket, &answer);
    }
    dressed(answer, call, Some(&ticket.version))
}

fn keep(app: &App, call: &Call, ticket: &Ticket, answer: &Answer) {
    if let (Some(key), Does::Act(..)) = (&ticket.key, ticket.endpoint.does) {
        app.world().keys.keep(key, answer.clone(), &call.request_id);
    }
}

/// An injected 429 or 500. A 500 came while the endpoint ran, so it is kept for the key and replayed
/// (fact sheet, "Traps"); a 429 came before.
pub(crate) fn fault(app: &App, call: &Call, admitted: &Admitted, status: u16) -> Answer {
    let ticket = match admitted {
        Admitted::Run(ticket) => Some(ticket),
        Admitted::Done(_) => None,
    };
    let livemode = ticket.is_some_and(|ticket| ticket.caller.livemode);
    if status == 429 {
        let refusal = Refusal::rate("global-rate");
        // The tally has counted it as thrown already.
        let answer = Answer::json(429, &refusal.body(&call.request_id, livemode));
        let answer = answer.with("stripe-rate-limited-reason", refusal.limited);
        let answer = match app.faults.plan().retry_after_s {
            Some(seconds) => answer.with("retry-after", seconds.to_string()),
            None => answer,
        };
        return dressed(answer, call, None);
    }
    let answer = app.refusal(&Refusal::broken(), call, livemode);
    if let Some(ticket) = ticket {
        keep(app, call, ticket, &answer);
    }
    dressed(answer, call, None)
}
