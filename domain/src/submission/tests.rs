use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::digest::DigestKey;
use crate::ids::{CallId, DEFAULT_ORGANIZATION};
use crate::testing::given;
use crate::value::ErrorClass;

const SETTLE_MS: i64 = 5_000;

fn at(seconds: i64) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2026-01-02T12:00:00Z".parse().unwrap();
    noon + TimeDelta::seconds(seconds)
}

fn call(number: u128) -> CallId {
    CallId(Uuid::from_u128(number))
}

fn requested() -> SubmissionRequested {
    let key = DigestKey::new(&[7; 32]);
    SubmissionRequested {
        organization: DEFAULT_ORGANIZATION,
        provider: "hmrc".to_owned(),
        parameters_digest: key.digest(b"parameters"),
        body_digest: key.digest(b"body"),
        blob: "address".to_owned(),
        at: at(0),
    }
}

fn request() -> SubmissionCommand {
    SubmissionCommand::Request(Box::new(requested()))
}

fn begun(number: u32) -> SubmissionEvent {
    let (send_before, recover_after) = (at(10), at(20));
    SubmissionBegun { call: call(number.into()), attempt: number, send_before, recover_after }.into()
}

fn unknown(number: u32) -> SubmissionEvent {
    let reason = "the connection was dropped".to_owned();
    SubmissionOutcomeUnknown { call: call(number.into()), reason, duplicate: None, at: at(3) }.into()
}

fn resolve(found: Found, seconds: i64) -> SubmissionCommand {
    SubmissionCommand::Resolve { found, settle_ms: SETTLE_MS, at: at(seconds) }
}

fn refusal(class: ErrorClass) -> Refusal {
    Refusal { class, code: None, message: "no".to_owned() }
}

fn receipt() -> Receipt {
    Receipt { headers: [("Receipt-ID".to_owned(), "r-1".to_owned())].into(), blob: None }
}

#[test]
fn while_one_is_open_or_unknown_no_other_is_taken() {
    let under_way = SubmissionError::UnderWay;
    given::<Submission>([]).when(request()).then([requested().into()]);
    given::<Submission>([requested().into()]).when(request()).then_refused(&under_way);
    given::<Submission>([requested().into(), begun(1)]).when(request()).then_refused(&under_way);
    given::<Submission>([requested().into(), begun(1), unknown(1)]).when(request()).then_refused(&under_way);
}

#[test]
fn one_that_was_taken_refuses_another_and_shows_its_receipt() {
    let confirmed = SubmissionConfirmed { call: call(1), receipt: receipt(), at: at(2) };
    let refused = SubmissionError::AlreadySubmitted { receipt: receipt().headers };
    assert!(refused.to_string().contains("Receipt-ID r-1"));
    given::<Submission>([requested().into(), begun(1), confirmed.into()])
        .when(request())
        .then_refused(&refused);
}

#[test]
fn one_that_was_refused_may_be_asked_for_anew() {
    let refusal = refusal(ErrorClass::Validation);
    let rejected = SubmissionRejected { call: Some(call(1)), refusal, again: false, at: at(2) };
    given::<Submission>([requested().into(), begun(1), rejected.into()])
        .when(request())
        .then([requested().into()]);
}

#[test]
fn a_call_is_begun_once_for_each_request() {
    let begin = || {
        SubmissionCommand::Begin(BeginSubmission {
            call: call(1),
            send_before: at(10),
            recover_after: at(20),
        })
    };
    given::<Submission>([requested().into()]).when(begin()).then([begun(1)]);
    given::<Submission>([requested().into(), begun(1)]).when(begin()).then_refused(&SubmissionError::NotOpen);
}

#[test]
fn what_passes_is_sent_again_a_few_times() {
    let rejected = |number: u32, again| {
        let (call, refusal) = (Some(call(number.into())), refusal(ErrorClass::Transient));
        SubmissionEvent::from(SubmissionRejected { call, refusal, again, at: at(2) })
    };
    let reject = |passing| {
        let refusal = refusal(ErrorClass::Transient);
        SubmissionCommand::Reject { refusal, passing, at: at(2) }
    };
    given::<Submission>([requested().into(), begun(1)]).when(reject(true)).then([rejected(1, true)]);
    given::<Submission>([requested().into(), begun(1)]).when(reject(false)).then([rejected(1, false)]);
    given::<Submission>([requested().into(), begun(3)]).when(reject(true)).then([rejected(3, false)]);
    let again = given::<Submission>([requested().into(), begun(1), rejected(1, true)]).state();
    assert_eq!((again.status, again.attempts()), (SubmissionStatus::Requested, 1));
}

#[test]
fn being_told_to_wait_is_no_failed_try() {
    let (call, refusal) = (Some(call(3)), refusal(ErrorClass::RateLimited));
    let rejected = SubmissionRejected { call, refusal: refusal.clone(), again: true, at: at(2) };
    given::<Submission>([requested().into(), begun(3)])
        .when(SubmissionCommand::Reject { refusal, passing: true, at: at(2) })
        .then([rejected.into()]);
}

#[test]
fn nothing_found_counts_the_second_time_a_settle_time_later_and_once_the_call_is_over() {
    let looked = || SubmissionEvent::from(SubmissionLookedUp { call: call(1), at: at(20) });
    let open = || [requested().into(), begun(1), unknown(1)];
    given::<Submission>(open()).when(resolve(Found::Nothing, 19)).then_nothing();
    given::<Submission>(open()).when(resolve(Found::Nothing, 20)).then([looked()]);
    let [first, second, third] = open();
    given::<Submission>([first.clone(), second.clone(), third.clone(), looked()])
        .when(resolve(Found::Nothing, 24))
        .then_nothing();
    let resolved = SubmissionResolved { call: call(1), found: Found::Nothing, again: true, at: at(25) };
    given::<Submission>([first, second, third, looked()])
        .when(resolve(Found::Nothing, 25))
        .then([resolved.into()]);
}

#[test]
fn what_is_found_decides_at_once() {
    let ours = SubmissionResolved { call: call(1), found: Found::Ours(receipt()), again: false, at: at(4) };
    let open = || [requested().into(), begun(1), unknown(1)];
    given::<Submission>(open()).when(resolve(Found::Ours(receipt()), 4)).then([ours.into()]);
    let another = SubmissionEvent::from(SubmissionResolved {
        call: call(1),
        found: Found::Another,
        again: false,
        at: at(4),
    });
    given::<Submission>(open()).when(resolve(Found::Another, 4)).then([another.clone()]);
    let [first, second, third] = open();
    let state = given::<Submission>([first, second, third, another]).state();
    assert_eq!(state.status, SubmissionStatus::Rejected);
    assert_eq!(state.refusal.unwrap().class, ErrorClass::Duplicate);
}

#[test]
fn a_duplicate_of_which_nothing_is_found_stays_refused() {
    let duplicate = Some(refusal(ErrorClass::Duplicate));
    let reason = "one is there".to_owned();
    let unknown = SubmissionOutcomeUnknown { call: call(1), reason, duplicate: duplicate.clone(), at: at(3) };
    let looked = SubmissionLookedUp { call: call(1), at: at(20) };
    let rejected = SubmissionRejected {
        call: Some(call(1)),
        refusal: refusal(ErrorClass::Duplicate),
        again: false,
        at: at(25),
    };
    given::<Submission>([requested().into(), begun(1), unknown.into(), looked.into()])
        .when(resolve(Found::Nothing, 25))
        .then([rejected.into()]);
}
