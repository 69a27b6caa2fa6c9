//! Appending: whole or not at all, in one order, durable.

use application::ports::event_log::{EventLog, Refused, Unit};
use chrono::TimeDelta;
use domain::stream::StreamId;

use super::event_log::{Fixture, append, commanded, logs, put, record, unit, unit_of, with_snapshot};
use serde_json::json;

fn stale(stream: StreamId, head: u64) -> Refused {
    Refused::StaleStream { stream, head }
}

#[tokio::test]
async fn positions_and_sequences_count_up_and_answers_come_in_the_order_asked() {
    for log in logs().await {
        let units = vec![unit_of(vec![append("a", 0, 2), append("b", 0, 1)]), unit("c", 0)];
        let answers = log.log.append(units).await.unwrap();
        let (first, second) = (answers[0].clone().unwrap(), answers[1].clone().unwrap());
        assert_eq!((first.first, first.last, second.first, second.last), (1, 3, 4, 4), "{}", log.name);
        let all = log.log.read_all(0, 10).await.unwrap();
        let places: Vec<_> =
            all.iter().map(|event| (event.position, event.stream.clone(), event.sequence)).collect();
        let expected = [(1, record("a"), 1), (2, record("a"), 2), (3, record("b"), 1), (4, record("c"), 1)];
        assert_eq!(places, expected, "{}", log.name);
    }
}

#[tokio::test]
async fn an_expected_sequence_below_or_above_the_head_is_refused_with_the_head() {
    for log in logs().await {
        log.must(unit_of(vec![append("a", 0, 3)])).await;
        for expected in [0, 2, 4, 9] {
            assert_eq!(
                log.append(unit("a", expected)).await,
                Err(stale(record("a"), 3)),
                "{} {expected}",
                log.name
            );
        }
        assert_eq!(log.append(unit("new", 2)).await, Err(stale(record("new"), 0)), "{}", log.name);
        log.must(unit("a", 3)).await;
        assert_eq!(log.head_of("a").await, 4, "{}", log.name);
    }
}

#[tokio::test]
async fn a_refused_unit_stores_nothing_of_any_of_its_streams() {
    for log in logs().await {
        log.must(unit("taken", 0)).await;
        let streams = vec![with_snapshot(append("fresh", 0, 2), 1, "{}"), append("taken", 0, 1)];
        assert_eq!(log.append(unit_of(streams)).await, Err(stale(record("taken"), 1)), "{}", log.name);
        let fresh = log.log.load_many(&[record("fresh")], Some(1)).await.unwrap().remove(0);
        assert_eq!(fresh.head(), 0, "{}", log.name);
        assert_eq!(log.log.read_all(0, 10).await.unwrap().len(), 1, "{}", log.name);
    }
}

#[tokio::test]
async fn two_callers_on_one_stream_at_once_one_wins_and_the_other_is_told_the_head() {
    for log in logs().await {
        let (one, two) = tokio::join!(log.append(unit("a", 0)), log.append(unit("a", 0)));
        let mut answers = [one, two];
        answers.sort_by_key(Result::is_err);
        assert!(answers[0].is_ok(), "{}: {answers:?}", log.name);
        assert_eq!(answers[1], Err(stale(record("a"), 1)), "{}", log.name);
    }
}

#[tokio::test]
async fn units_of_one_call_on_one_stream_follow_one_another() {
    for log in logs().await {
        let units = vec![unit("a", 0), unit("b", 0), unit("a", 1), unit("a", 2), unit("a", 2)];
        let answers = log.log.append(units).await.unwrap();
        let accepted: Vec<_> = answers.iter().map(Result::is_ok).collect();
        assert_eq!(accepted, [true, true, true, true, false], "{}: {answers:?}", log.name);
        let sequences: Vec<_> = log.log.load(&record("a"), 0).await.unwrap().events;
        assert_eq!(
            sequences.iter().map(|event| event.sequence).collect::<Vec<_>>(),
            [1, 2, 3],
            "{}",
            log.name
        );
    }
}

#[tokio::test]
async fn one_conflict_among_500_grouped_commands_refuses_that_one_alone() {
    for log in logs().await {
        log.must(unit("250", 0)).await;
        let units: Vec<Unit> = (0..500).map(|number| unit(&number.to_string(), 0)).collect();
        let answers = log.log.append(units).await.unwrap();
        let refused: Vec<_> = answers.iter().enumerate().filter(|(_, answer)| answer.is_err()).collect();
        assert_eq!(refused, [(250, &Err(stale(record("250"), 1)))], "{}", log.name);
        assert_eq!(log.log.read_all(0, 1_000).await.unwrap().len(), 500, "{}", log.name);
    }
}

#[tokio::test]
async fn a_call_larger_than_a_batch_is_taken_in_order_and_loses_nothing() {
    for log in logs().await {
        let units: Vec<Unit> = (0..30).map(|id| unit_of(vec![append(&id.to_string(), 0, 90)])).collect();
        let answers = log.log.append(units).await.unwrap();
        let spans: Vec<_> =
            answers.into_iter().map(|answer| answer.unwrap()).map(|a| (a.first, a.last)).collect();
        let expected: Vec<_> = (0..30_u64).map(|id| (id * 90 + 1, id * 90 + 90)).collect();
        assert_eq!(spans, expected, "{}", log.name);
    }
}

#[tokio::test]
async fn a_unit_beyond_the_limits_is_refused_by_name_and_one_up_to_them_goes_through() {
    for log in logs().await {
        let large = unit_of(vec![append("large", 0, 4_096)]);
        log.must(large).await;
        let larger = log.log.append(vec![unit_of(vec![append("larger", 0, 4_097)])]).await.unwrap_err();
        assert!(larger.to_string().contains("cut it smaller"), "{}: {larger}", log.name);
        let mut heavy = append("heavy", 0, 0);
        heavy.events = vec![put(&json!({"note": "x".repeat(4 << 20)}))];
        let heavy = log.log.append(vec![unit_of(vec![heavy])]).await.unwrap_err();
        assert!(heavy.to_string().contains("cut it smaller"), "{}: {heavy}", log.name);
        assert_eq!(log.log.head().await.unwrap(), 4_096, "{}", log.name);
    }
}

#[tokio::test]
async fn a_unit_without_events_is_a_mistake_and_no_unit_is_no_work() {
    for log in logs().await {
        for mistake in [unit_of(Vec::new()), unit_of(vec![append("a", 0, 0)])] {
            assert!(log.log.append(vec![mistake]).await.is_err(), "{}", log.name);
        }
        assert!(log.log.append(Vec::new()).await.unwrap().is_empty(), "{}", log.name);
    }
}

#[tokio::test]
async fn what_was_answered_ok_is_there_for_another_process() {
    for log in logs().await {
        let appended = log.must(unit("a", 0)).await;
        let another = log.another().await;
        assert_eq!(
            another.read_all(0, 10).await.unwrap(),
            log.log.read_all(0, 10).await.unwrap(),
            "{}",
            log.name
        );
        assert_eq!(another.head().await.unwrap(), appended.last, "{}", log.name);
    }
}

#[tokio::test]
async fn a_command_is_recognised_for_seven_days_with_its_positions_and_its_body() {
    for log in logs().await {
        log.must(unit("before", 0)).await;
        let appended = log.must(commanded(unit_of(vec![append("a", 0, 2)]), 1, 7)).await;
        let seen = |same_body| Refused::CommandSeen { first: appended.first, last: appended.last, same_body };
        // The repetition is stale too; that it was seen is what its sender must learn.
        assert_eq!(log.append(commanded(unit("a", 0), 1, 7)).await, Err(seen(true)), "{}", log.name);
        assert_eq!(log.append(commanded(unit("b", 0), 1, 8)).await, Err(seen(false)), "{}", log.name);
        let command = commanded(unit("a", 0), 1, 7).command.unwrap();
        let organization = unit("a", 0).organization;
        let found = log.log.command(organization, command.command_id).await.unwrap();
        assert_eq!(found, Some((command.clone(), appended)), "{}", log.name);
        log.clock.turn(TimeDelta::days(7) + TimeDelta::seconds(1));
        assert_eq!(log.log.command(organization, command.command_id).await.unwrap(), None, "{}", log.name);
        let again = log.must(commanded(unit("b", 0), 1, 9)).await;
        assert_eq!(
            log.log.command(organization, command.command_id).await.unwrap().unwrap().1,
            again,
            "{}",
            log.name
        );
    }
}

#[tokio::test]
async fn one_command_sent_twice_at_once_is_taken_once() {
    for log in logs().await {
        let send = |id| log.append(commanded(unit(id, 0), 1, 7));
        let (one, two) = tokio::join!(send("a"), send("b"));
        assert_eq!(
            [&one, &two].iter().filter(|answer| answer.is_ok()).count(),
            1,
            "{}: {one:?} {two:?}",
            log.name
        );
        assert_eq!(log.log.head().await.unwrap(), 1, "{}", log.name);
    }
}

#[tokio::test]
async fn recorded_times_never_decrease_when_the_clock_is_set_back() {
    for log in logs().await {
        log.must(unit("a", 0)).await;
        log.clock.turn(TimeDelta::hours(-5));
        log.must(unit("a", 1)).await;
        log.clock.turn(TimeDelta::hours(6));
        log.must(unit("a", 2)).await;
        let times: Vec<_> =
            log.log.read_all(0, 10).await.unwrap().iter().map(|event| event.recorded_at).collect();
        assert!(times.is_sorted(), "{}: {times:?}", log.name);
    }
}

#[tokio::test]
async fn events_can_be_neither_changed_nor_deleted() {
    for log in logs().await {
        let Some(database) = &log.database else { continue };
        log.must(unit("a", 0)).await;
        for sql in ["UPDATE events SET event_type = 'x'", "DELETE FROM events"] {
            let refused = database.write_query(sql, Vec::new()).await.unwrap_err();
            assert!(refused.to_string().contains("never"), "{}: {refused}", log.name);
        }
    }
}

#[tokio::test]
async fn appends_of_many_processes_keep_every_stream_dense() {
    for log in logs().await {
        let others = [log.another().await, log.another().await, log.another().await];
        let tasks = others.into_iter().map(|other| tokio::spawn(race(other)));
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let all = log.log.read_all(0, 1_000).await.unwrap();
        let sequences: Vec<_> = all.iter().map(|event| event.sequence).collect();
        assert_eq!(sequences, (1..=60).collect::<Vec<_>>(), "{}", log.name);
    }
}

/// Twenty events on one contended stream.
async fn race(log: impl EventLog) {
    for _ in 0..20 {
        loop {
            let head = log.load(&record("contended"), 0).await.unwrap().head();
            if log.append(vec![unit("contended", head)]).await.unwrap().remove(0).is_ok() {
                break;
            }
        }
    }
}

#[tokio::test]
async fn the_append_task_ends_with_its_log_and_leaves_the_next_one_alone() {
    let log = Fixture::sqlite().await;
    let another = log.another().await;
    drop(another);
    log.must(unit("a", 0)).await;
    assert_eq!(log.another().await.head().await.unwrap(), 1);
}
