//! What a worker has under way: groups of jobs, the calls they stand for, and jobs taken that wait for a place.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures::future::{BoxFuture, Either, select};
use futures::stream::{FuturesUnordered, StreamExt};

use crate::jobs::outbox::{Outbox, Told};
use crate::ports::job_queue::{Job, Settled};

/// Jobs that were handed to their handler together.
struct Group {
    lane: String,
    per_call: usize,
    /// Jobs of which nothing was told yet.
    left: usize,
    /// The next group of its lane waits until this one is prepared.
    preparing: bool,
}

/// Everything under way.
pub(super) struct Floor<'a> {
    running: FuturesUnordered<BoxFuture<'a, u64>>,
    groups: BTreeMap<u64, Group>,
    waiting: BTreeMap<String, VecDeque<Job>>,
    /// Lanes whose provider lets nothing through, and until when; they rest on after this floor is gone.
    resting: &'a Mutex<BTreeMap<String, DateTime<Utc>>>,
    sender: UnboundedSender<Told>,
    receiver: UnboundedReceiver<Told>,
    /// Told while nobody asked.
    heard: Vec<Told>,
    last: u64,
}

impl<'a> Floor<'a> {
    pub(super) fn new(resting: &'a Mutex<BTreeMap<String, DateTime<Utc>>>) -> Self {
        let (sender, receiver) = unbounded();
        Self {
            running: FuturesUnordered::new(),
            groups: BTreeMap::new(),
            waiting: BTreeMap::new(),
            resting,
            sender,
            receiver,
            heard: Vec::new(),
            last: 0,
        }
    }

    /// Nothing is under way and nothing is left to be settled.
    pub(super) fn is_empty(&mut self) -> bool {
        !self.hear() && self.groups.is_empty() && self.waiting.is_empty()
    }

    /// Jobs that are done; their places are free from here on.
    pub(super) fn told(&mut self) -> Vec<(Job, Settled)> {
        self.hear();
        let mut settled = Vec::new();
        for told in std::mem::take(&mut self.heard) {
            match told {
                Told::Outcome(group, job, outcome) => {
                    if let Some(group) = self.groups.get_mut(&group) {
                        group.left = group.left.saturating_sub(1);
                    }
                    settled.push((job, outcome));
                }
                Told::Rest(group, until) => self.rest(group, until),
                Told::Prepared(group) => {
                    if let Some(group) = self.groups.get_mut(&group) {
                        group.preparing = false;
                    }
                }
            }
        }
        settled
    }

    fn rest(&self, group: u64, until: DateTime<Utc>) {
        let Some(group) = self.groups.get(&group) else { return };
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let known = resting.entry(group.lane.clone()).or_insert(until);
        *known = until.max(*known);
    }

    /// Until when nothing of the lane may begin, if it rests now.
    pub(super) fn rest_of(&self, lane: &str, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut resting = self.resting.lock().unwrap_or_else(PoisonError::into_inner);
        let until = resting.get(lane).copied()?;
        if until > now {
            return Some(until);
        }
        resting.remove(lane);
        None
    }

    /// Jobs of the lane that wait for a place, to be taken again later.
    pub(super) fn give_back(&mut self, lane: &str) -> VecDeque<Job> {
        self.waiting.remove(lane).unwrap_or_default()
    }

    /// Lanes with something under way.
    pub(super) fn lanes(&self) -> usize {
        let working = self.groups.values().map(|group| group.lane.as_str());
        working.chain(self.waiting.keys().map(String::as_str)).collect::<BTreeSet<&str>>().len()
    }

    /// Whether the lane has something under way.
    pub(super) fn works(&self, lane: &str) -> bool {
        self.waits(lane) || self.groups.values().any(|group| group.lane == lane)
    }

    /// Whether jobs of the lane wait for a place.
    pub(super) fn waits(&self, lane: &str) -> bool {
        self.waiting.contains_key(lane)
    }

    pub(super) fn lanes_waiting(&self) -> Vec<String> {
        self.waiting.keys().cloned().collect()
    }

    /// Whether a group of the lane has to be prepared before the next one.
    pub(super) fn prepares(&self, lane: &str) -> bool {
        self.groups.values().any(|group| group.preparing && group.lane == lane)
    }

    /// Calls for which there is a place, of `width`.
    pub(super) fn room(&self, lane: &str, width: usize) -> usize {
        let calls = |group: &Group| group.left.div_ceil(group.per_call);
        let busy: usize = self.groups.values().filter(|group| group.lane == lane).map(calls).sum();
        width.saturating_sub(busy)
    }

    /// Keeps jobs of one kind until there is a place.
    pub(super) fn keep(&mut self, lane: &str, jobs: Vec<Job>) {
        if !jobs.is_empty() {
            self.waiting.entry(lane.to_owned()).or_default().extend(jobs);
        }
    }

    /// The kind of the lane's waiting jobs.
    pub(super) fn kind(&self, lane: &str) -> Option<&str> {
        self.waiting.get(lane)?.front().map(|job| job.kind.as_str())
    }

    /// Hands as many waiting jobs as `room` calls carry to `run`.
    pub(super) fn start(
        &mut self,
        lane: &str,
        (room, per_call): (usize, usize),
        preparing: bool,
        run: impl FnOnce(Vec<Job>, Outbox) -> BoxFuture<'a, ()>,
    ) {
        let Some(waiting) = self.waiting.get_mut(lane) else { return };
        let count = waiting.len().min(room.saturating_mul(per_call));
        let jobs: Vec<Job> = waiting.drain(..count).collect();
        if waiting.is_empty() {
            self.waiting.remove(lane);
        }
        self.last += 1;
        let id = self.last;
        self.groups.insert(id, Group { lane: lane.to_owned(), per_call, left: jobs.len(), preparing });
        let work = run(jobs, Outbox::new(id, self.sender.clone()));
        self.running.push(Box::pin(async move {
            work.await;
            id
        }));
    }

    /// Does `work` while everything under way goes on.
    pub(super) async fn alongside<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            if self.running.is_empty() {
                return work.await;
            }
            match select(work.as_mut(), self.running.next()).await {
                Either::Left((done, _)) => return done,
                Either::Right((ended, _)) => self.end(ended),
            }
        }
    }

    /// Waits until a job is done, or until `news`; answers the news.
    pub(super) async fn wait<T>(&mut self, news: impl Future<Output = T>) -> Option<T> {
        let news = std::pin::pin!(news);
        if self.running.is_empty() {
            return if self.hear() { None } else { Some(news.await) };
        }
        let told = select(self.running.next(), self.receiver.next());
        match select(told, news).await {
            Either::Left((Either::Left((ended, _)), _)) => self.end(ended),
            Either::Left((Either::Right((told, _)), _)) => self.heard.extend(told),
            Either::Right((news, _)) => return Some(news),
        }
        None
    }

    /// Whether something was told that nobody asked for yet.
    fn hear(&mut self) -> bool {
        while let Ok(told) = self.receiver.try_recv() {
            self.heard.push(told);
        }
        !self.heard.is_empty()
    }

    /// A group that ended leaves, once what it told was heard: its lane's rest is told by it, too.
    fn end(&mut self, ended: Option<u64>) {
        let Some(id) = ended else { return };
        self.hear();
        let rests: Vec<DateTime<Utc>> = self.heard.iter().filter_map(|told| told.rest_of(id)).collect();
        for until in rests {
            self.rest(id, until);
        }
        self.groups.remove(&id);
    }
}
