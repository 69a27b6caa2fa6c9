//! The promises of the job queue, on every database.

use std::time::Duration;

use application::ports::job_queue::{Job, JobQueue, NewJob, Settled};
use chrono::{DateTime, Utc};
use domain::ids::DEFAULT_ORGANIZATION;
use infrastructure::job_queue::DatabaseJobQueue;

use super::databases::databases;

const LEASE: Duration = Duration::from_mins(1);

fn noon() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_262_400, 0).unwrap()
}

fn job(kind: &str, lane: &str, key: &str) -> NewJob {
    NewJob {
        organization: DEFAULT_ORGANIZATION,
        kind: kind.into(),
        lane: lane.into(),
        key: key.into(),
        payload: format!(r#"{{"key":"{key}"}}"#).into_bytes(),
        not_before: noon(),
    }
}

fn later(job: NewJob, by: Duration) -> NewJob {
    NewJob { not_before: job.not_before + by, ..job }
}

async fn queues() -> Vec<DatabaseJobQueue> {
    databases().await.into_iter().map(DatabaseJobQueue::new).collect()
}

async fn take(queue: &DatabaseJobQueue, lane: &str, at: DateTime<Utc>) -> Vec<Job> {
    queue.take(lane, 10, at, at + LEASE).await.unwrap()
}

fn keys(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.key.as_str()).collect()
}

async fn lanes(queue: &DatabaseJobQueue, at: DateTime<Utc>) -> Vec<(String, u64)> {
    let mut lanes: Vec<_> =
        queue.due_lanes(at).await.unwrap().into_iter().map(|lane| (lane.lane, lane.due)).collect();
    lanes.sort();
    lanes
}

#[tokio::test]
async fn jobs_of_a_lane_are_taken_oldest_first_and_one_kind_at_a_time() {
    for queue in queues().await {
        let jobs = vec![
            later(job("push", "a", "late"), Duration::from_secs(1)),
            job("push", "a", "two"),
            job("push", "a", "one"),
            job("pull", "a", "other-kind"),
            job("push", "b", "other-lane"),
        ];
        queue.enqueue(jobs).await.unwrap();
        let taken = take(&queue, "a", noon()).await;
        assert_eq!(keys(&taken), ["two", "one"]);
        assert_eq!(taken[0].payload, br#"{"key":"two"}"#);
        assert_eq!((taken[0].attempts, taken[0].organization), (0, DEFAULT_ORGANIZATION));
        assert_eq!(keys(&take(&queue, "a", noon()).await), ["other-kind"]);
        assert_eq!(keys(&take(&queue, "a", noon()).await), [""; 0]);
        assert_eq!(keys(&take(&queue, "a", noon() + Duration::from_secs(1)).await), ["late"]);
        assert_eq!(keys(&take(&queue, "b", noon()).await), ["other-lane"]);
    }
}

#[tokio::test]
async fn a_limit_is_kept_and_the_rest_stays() {
    for queue in queues().await {
        queue.enqueue((0..5).map(|n| job("push", "a", &n.to_string())).collect()).await.unwrap();
        let first = queue.take("a", 3, noon(), noon() + LEASE).await.unwrap();
        assert_eq!(keys(&first), ["0", "1", "2"]);
        assert_eq!(lanes(&queue, noon()).await, [("a".to_owned(), 2)]);
    }
}

#[tokio::test]
async fn the_same_key_waits_once_and_takes_the_newest_payload_at_the_earlier_time() {
    for queue in queues().await {
        let newer = NewJob { payload: b"{}".to_vec(), ..later(job("push", "a", "one"), LEASE) };
        queue.enqueue(vec![job("push", "a", "one"), job("push", "a", "one")]).await.unwrap();
        queue.enqueue(vec![newer, job("pull", "a", "one")]).await.unwrap();
        let taken = take(&queue, "a", noon()).await;
        assert_eq!(keys(&taken), ["one"]);
        assert_eq!((taken[0].kind.as_str(), taken[0].payload.as_slice()), ("push", b"{}".as_slice()));
        assert_eq!(take(&queue, "a", noon()).await[0].kind, "pull");
    }
}

#[tokio::test]
async fn a_job_enqueued_while_it_runs_runs_once_more_at_its_own_time() {
    for queue in queues().await {
        queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
        let first = take(&queue, "a", noon()).await.remove(0);
        queue.enqueue(vec![later(job("push", "a", "one"), Duration::from_secs(5))]).await.unwrap();
        assert!(take(&queue, "a", noon()).await.is_empty(), "it is held");
        queue.settle(vec![(first.clone(), Settled::Done)]).await.unwrap();
        assert!(take(&queue, "a", noon()).await.is_empty(), "it is not due yet");
        let second = take(&queue, "a", noon() + Duration::from_secs(5)).await.remove(0);
        assert!(second.generation > first.generation);
        queue.settle(vec![(second, Settled::Done)]).await.unwrap();
        assert_eq!(queue.depth().await.unwrap(), <_>::default());
    }
}

#[tokio::test]
async fn a_park_or_retry_of_a_job_enqueued_meanwhile_does_not_hold_the_new_run_up() {
    for queue in queues().await {
        for outcome in [Settled::Park("no".into()), Settled::RetryAt(noon() + LEASE, "later".into())] {
            queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
            let first = take(&queue, "a", noon()).await.remove(0);
            queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
            queue.settle(vec![(first, outcome)]).await.unwrap();
            let second = take(&queue, "a", noon()).await.remove(0);
            queue.settle(vec![(second, Settled::Done)]).await.unwrap();
        }
        assert_eq!(queue.depth().await.unwrap(), <_>::default());
    }
}

#[tokio::test]
async fn a_retry_waits_until_its_time_and_counts() {
    for queue in queues().await {
        queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
        let at = noon() + Duration::from_secs(30);
        let first = take(&queue, "a", noon()).await.remove(0);
        queue.settle(vec![(first, Settled::RetryAt(at, "busy".into()))]).await.unwrap();
        assert_eq!(queue.next_due().await.unwrap(), Some(at));
        assert!(lanes(&queue, noon()).await.is_empty());
        let second = take(&queue, "a", at).await.remove(0);
        assert_eq!((second.attempts, second.generation), (1, 1));
    }
}

#[tokio::test]
async fn a_job_that_was_not_tried_keeps_its_place_and_its_tries() {
    for queue in queues().await {
        queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
        queue.enqueue(vec![later(job("push", "a", "two"), Duration::from_secs(1))]).await.unwrap();
        let at = noon() + Duration::from_secs(1);
        let first = queue.take("a", 1, at, at + LEASE).await.unwrap().remove(0);
        assert_eq!(first.key, "one");
        queue.settle(vec![(first, Settled::Untried("limited".into()))]).await.unwrap();
        let again = queue.take("a", 1, at, at + LEASE).await.unwrap().remove(0);
        assert_eq!((again.key.as_str(), again.attempts), ("one", 0), "it comes before the one behind it");
    }
}

#[tokio::test]
async fn a_lost_lease_is_taken_over_and_its_old_holder_settles_nothing() {
    for queue in queues().await {
        queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
        let stalled = take(&queue, "a", noon()).await.remove(0);
        assert_eq!(queue.next_due().await.unwrap(), Some(noon() + LEASE));
        assert!(lanes(&queue, noon()).await.is_empty());
        assert_eq!(lanes(&queue, noon() + LEASE).await, [("a".to_owned(), 1)]);
        let heir = take(&queue, "a", noon() + LEASE).await.remove(0);
        assert_ne!(stalled.epoch, heir.epoch);
        queue.settle(vec![(stalled.clone(), Settled::Done)]).await.unwrap();
        queue.settle(vec![(stalled.clone(), Settled::Park("old".into()))]).await.unwrap();
        assert_eq!(queue.depth().await.unwrap().running, 1);
        queue.settle(vec![(heir, Settled::Done)]).await.unwrap();
        // A new job under the old key has its own leases.
        queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
        let fresh = take(&queue, "a", noon()).await.remove(0);
        queue.settle(vec![(stalled, Settled::Done)]).await.unwrap();
        assert_eq!(queue.depth().await.unwrap().running, 1);
        queue.settle(vec![(fresh, Settled::Done)]).await.unwrap();
        assert_eq!(queue.depth().await.unwrap().running, 0);
    }
}

#[tokio::test]
async fn lost_leases_and_free_jobs_are_taken_in_one_order() {
    for queue in queues().await {
        queue.enqueue(vec![later(job("push", "a", "third"), Duration::from_secs(2))]).await.unwrap();
        queue.enqueue(vec![later(job("push", "a", "second"), Duration::from_secs(1))]).await.unwrap();
        queue.enqueue(vec![job("push", "a", "first")]).await.unwrap();
        let until = noon() + Duration::from_secs(10);
        assert_eq!(queue.take("a", 1, noon() + Duration::from_secs(5), until).await.unwrap().len(), 1);
        assert_eq!(keys(&queue.take("a", 2, until, until + LEASE).await.unwrap()), ["first", "second"]);
    }
}

#[tokio::test]
async fn parked_jobs_are_kept_with_their_reason_until_they_are_enqueued_again() {
    for queue in queues().await {
        queue.enqueue(vec![job("push", "a", "one"), job("push", "a", "two")]).await.unwrap();
        let jobs = take(&queue, "a", noon()).await;
        let outcomes = jobs.into_iter().map(|job| {
            let reason = format!("{} is refused", job.key);
            (job, Settled::Park(reason))
        });
        queue.settle(outcomes.collect()).await.unwrap();
        let parked = queue.parked(1).await.unwrap();
        assert_eq!(parked, [("push".to_owned(), "two".to_owned(), "two is refused".to_owned())]);
        assert!(take(&queue, "a", noon() + LEASE).await.is_empty());
        assert_eq!(queue.next_due().await.unwrap(), None);
        assert_eq!(queue.depth().await.unwrap().parked, 2);
        queue.enqueue(vec![job("push", "a", "one")]).await.unwrap();
        let again = take(&queue, "a", noon()).await.remove(0);
        assert_eq!((again.key.as_str(), again.attempts), ("one", 0));
        assert_eq!(queue.depth().await.unwrap().parked, 1);
    }
}

/// Takes and settles until nothing is left; answers what it had.
async fn drain(queue: DatabaseJobQueue) -> Vec<String> {
    let mut mine = Vec::new();
    loop {
        let jobs = queue.take("a", 7, noon(), noon() + LEASE).await.unwrap();
        if jobs.is_empty() {
            return mine;
        }
        mine.extend(jobs.iter().map(|job| job.key.clone()));
        queue.settle(jobs.into_iter().map(|job| (job, Settled::Done)).collect()).await.unwrap();
    }
}

#[tokio::test]
async fn two_workers_never_hold_the_same_job() {
    for queue in queues().await {
        queue.enqueue((0..400).map(|n| job("push", "a", &format!("{n:03}"))).collect()).await.unwrap();
        let worker = || tokio::spawn(drain(queue.clone()));
        let workers = futures::future::join_all([worker(), worker(), worker(), worker()]).await;
        let mut all: Vec<String> = workers.into_iter().flat_map(Result::unwrap).collect();
        // A worker may stop early while the others hold the last ones; what is left goes to nobody twice.
        all.extend(take(&queue, "a", noon()).await.into_iter().map(|job| job.key));
        let taken = all.len();
        all.sort();
        all.dedup();
        assert_eq!((taken, all.len()), (400, 400));
    }
}

/// Enqueues the same 600 jobs ten times, every other time from the other end, and gives back what it takes.
async fn enqueue_and_settle(queue: DatabaseJobQueue, number: usize) {
    for round in number..number + 10 {
        let mut jobs: Vec<NewJob> = (0..600).map(|n| job("push", "a", &format!("{n:03}"))).collect();
        if round.is_multiple_of(2) {
            jobs.reverse();
        }
        queue.enqueue(jobs).await.unwrap();
        let jobs = queue.take("a", 50, noon(), noon() + LEASE).await.unwrap();
        let settled = jobs.into_iter().rev().map(|job| (job, Settled::RetryAt(noon(), "again".into())));
        queue.settle(settled.collect()).await.unwrap();
    }
}

#[tokio::test]
async fn who_enqueues_and_settles_the_same_jobs_in_any_order_does_not_wait_for_ever() {
    for queue in queues().await {
        let writers = (0..6).map(|number| tokio::spawn(enqueue_and_settle(queue.clone(), number)));
        for written in futures::future::join_all(writers).await {
            written.unwrap();
        }
        assert_eq!(queue.depth().await.unwrap().waiting, 600);
    }
}

#[tokio::test]
async fn twenty_thousand_jobs_over_fifty_lanes_are_drained_without_reading_them_all_each_time() {
    for queue in queues().await {
        let jobs = (0..20_000).map(|n| job("push", &format!("lane-{:02}", n % 50), &format!("{n:05}")));
        queue.enqueue(jobs.collect()).await.unwrap();
        let mut drained = 0;
        while let Some(lane) = queue.due_lanes(noon()).await.unwrap().into_iter().next() {
            let jobs = queue.take(&lane.lane, 100, noon(), noon() + LEASE).await.unwrap();
            drained += jobs.len();
            queue.settle(jobs.into_iter().map(|job| (job, Settled::Done)).collect()).await.unwrap();
        }
        assert_eq!(drained, 20_000);
        assert_eq!(queue.depth().await.unwrap(), <_>::default());
    }
}
