//! Webhooks: a thread that posts what a simulator queues: retried, and by plan late, repeated or
//! forged.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use super::tally::Tally;
use crate::faults::Faults;

/// Outcomes remembered.
const REMEMBERED: usize = 10_000;

/// How fast and how often.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long notices are gathered before [`Courier::prepare`] is called, in milliseconds.
    pub gather_ms: u64,
    /// Deliveries tried before one is given up.
    pub attempts: u32,
    /// Pause before the first retry in milliseconds; doubled each time.
    pub retry_ms: u64,
    /// How long the receiver may take to answer, in milliseconds.
    pub patience_ms: u64,
}

impl Default for Pace {
    /// Quick, for tests: 20 ms of gathering, 4 attempts from 100 ms, 5 s of patience.
    fn default() -> Self {
        Self { gather_ms: 20, attempts: 4, retry_ms: 100, patience_ms: 5000 }
    }
}

/// One POST.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Where it goes.
    pub url: String,
    /// What it is signed with.
    pub secret: String,
    /// Headers apart from the signature; `content-type` is JSON when absent.
    pub headers: Vec<(String, String)>,
    /// The exact body.
    pub body: Vec<u8>,
}

/// What a provider does its own way.
pub trait Courier: Send + 'static {
    /// What the simulator queues.
    type Notice: Send + 'static;

    /// The deliveries for notices gathered together; none when nobody listens.
    fn prepare(&mut self, notices: &[Self::Notice]) -> Vec<Delivery>;

    /// The deliveries a forger makes of the same notices: prepared again, so event ids differ.
    /// Override it where that would disturb a sequence.
    fn forge(&mut self, notices: &[Self::Notice]) -> Vec<Delivery> {
        self.prepare(notices)
    }

    /// The signature headers of a delivery made with `secret` (which is another one for a forgery).
    fn sign(&self, delivery: &Delivery, secret: &str) -> Vec<(String, String)>;

    /// Whether the receiver took it.
    fn is_accepted(&self, status: u16) -> bool {
        (200..300).contains(&status)
    }

    /// Told after the last attempt whether the receiver took it.
    fn settled(&mut self, _delivery: &Delivery, _accepted: bool) {}
}

/// What became of one POST.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Where it went.
    pub url: String,
    /// Whether its signature was made with another secret.
    pub forged: bool,
    /// The answer's status; `None` when there was no answer.
    pub status: Option<u16>,
}

/// The way to the thread; it ends when the last clone is dropped. Counts `webhooks_sent` and
/// `webhook_failures`.
pub struct Poster<N> {
    queue: UnboundedSender<Vec<N>>,
    outcomes: Arc<Mutex<VecDeque<Outcome>>>,
}

impl<N> Clone for Poster<N> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone(), outcomes: Arc::clone(&self.outcomes) }
    }
}

impl<N: Send + 'static> Poster<N> {
    /// Starts the thread. Errors: no client or no thread can be made.
    pub fn start<C>(courier: C, pace: Pace, faults: Faults, tally: Tally) -> std::io::Result<Self>
    where
        C: Courier<Notice = N>,
    {
        let (queue, receiver) = unbounded_channel();
        let outcomes = Arc::default();
        let post =
            Post { courier, pace, faults, tally, client: client(pace)?, outcomes: Arc::clone(&outcomes) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        std::thread::Builder::new()
            .name("sandbox-webhooks".into())
            .spawn(move || runtime.block_on(post.run(receiver)))?;
        Ok(Self { queue, outcomes })
    }

    /// Queues notices; an empty list does nothing.
    pub fn send(&self, notices: Vec<N>) {
        if !notices.is_empty() {
            // The thread lives as long as this sender; a failure would mean there is nobody to tell.
            let _ = self.queue.send(notices);
        }
    }

    /// What became of the latest POSTs, oldest first.
    pub fn outcomes(&self) -> Vec<Outcome> {
        lock(&self.outcomes).iter().cloned().collect()
    }
}

/// The simulator's own HTTP client. Errors: none can be made.
#[expect(clippy::disallowed_methods, reason = "the simulator is an outside system; it may call its receiver")]
pub fn client(pace: Pace) -> std::io::Result<reqwest::Client> {
    let builder = reqwest::Client::builder().timeout(Duration::from_millis(pace.patience_ms)).no_proxy();
    builder.build().map_err(std::io::Error::other)
}

struct Post<C> {
    courier: C,
    pace: Pace,
    faults: Faults,
    tally: Tally,
    client: reqwest::Client,
    outcomes: Arc<Mutex<VecDeque<Outcome>>>,
}

impl<C: Courier> Post<C> {
    async fn run(mut self, mut receiver: UnboundedReceiver<Vec<C::Notice>>) {
        while let Some(mut notices) = receiver.recv().await {
            tokio::time::sleep(Duration::from_millis(self.pace.gather_ms)).await;
            while let Ok(more) = receiver.try_recv() {
                notices.extend(more);
            }
            let late = self.faults.plan().webhook_late_ms;
            tokio::time::sleep(Duration::from_millis(late)).await;
            for delivery in self.courier.prepare(&notices) {
                self.deliver(&delivery).await;
            }
            if self.faults.chance(self.faults.plan().webhook_forged) {
                self.forge(&notices).await;
            }
        }
    }

    async fn deliver(&mut self, delivery: &Delivery) {
        let accepted = self.insist(delivery).await;
        if self.faults.chance(self.faults.plan().webhook_duplicate) {
            self.insist(delivery).await;
        }
        self.courier.settled(delivery, accepted);
    }

    async fn forge(&mut self, notices: &[C::Notice]) {
        for delivery in self.courier.forge(notices) {
            let secret = format!("not {}", delivery.secret);
            self.post(&delivery, &secret, true).await;
        }
    }

    /// Until the receiver takes it, a few times.
    async fn insist(&self, delivery: &Delivery) -> bool {
        for attempt in 0..self.pace.attempts {
            if self.post(delivery, &delivery.secret, false).await {
                return true;
            }
            if attempt + 1 < self.pace.attempts {
                let pause = self.pace.retry_ms.saturating_mul(1 << attempt.min(20));
                tokio::time::sleep(Duration::from_millis(pause)).await;
            }
        }
        false
    }

    async fn post(&self, delivery: &Delivery, secret: &str, forged: bool) -> bool {
        let mut request = self.client.post(&delivery.url);
        if !delivery.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            request = request.header("content-type", "application/json; charset=utf-8");
        }
        for (name, value) in delivery.headers.iter().cloned().chain(self.courier.sign(delivery, secret)) {
            request = request.header(name, value);
        }
        let answer = request.body(delivery.body.clone()).send().await;
        let status = answer.ok().map(|answer| answer.status().as_u16());
        let accepted = status.is_some_and(|status| self.courier.is_accepted(status));
        self.tally.note("webhooks_sent");
        self.tally.add("webhook_failures", u64::from(!accepted));
        let mut outcomes = lock(&self.outcomes);
        if outcomes.len() == REMEMBERED {
            outcomes.pop_front();
        }
        outcomes.push_back(Outcome { url: delivery.url.clone(), forged, status });
        accepted
    }
}

fn lock(outcomes: &Mutex<VecDeque<Outcome>>) -> MutexGuard<'_, VecDeque<Outcome>> {
    outcomes.lock().unwrap_or_else(PoisonError::into_inner)
}

/// HMAC-SHA256 of a message.
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    use hmac::{Hmac, Mac as _};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}
