//! Starting it, and reading what it counted.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::book::{Ledger, Realm};
use super::http;
use crate::server::{Running, serve};

/// Microseconds from some moment on; a test may move them by hand.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The clock that `micros` reads.
    pub fn new(micros: impl Fn() -> i64 + Send + Sync + 'static) -> Self {
        Self(Arc::new(micros))
    }

    /// The machine's own, which never goes back.
    #[expect(clippy::disallowed_methods, reason = "a provider has a clock of its own")]
    pub fn real() -> Self {
        let began = Instant::now();
        Self::new(move || i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX))
    }

    pub(super) fn now(&self) -> i64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// The limits of every realm, and how long calls take.
#[derive(Clone, Debug)]
pub struct CrowdConfig {
    /// Calls per `per`, in any window of that length.
    pub calls: u32,
    /// The window.
    pub per: Duration,
    /// Calls at once.
    pub concurrency: u32,
    /// How long a call waits before it is counted, and again before it is answered: anything in between, milliseconds.
    pub delay_ms: Range<u64>,
    /// Its clock.
    pub clock: Clock,
}

/// The state.
#[derive(Debug)]
pub(super) struct Crowd {
    pub(super) config: CrowdConfig,
    realms: Mutex<HashMap<String, Realm>>,
    drawn: AtomicU64,
}

impl Crowd {
    pub(super) fn realms(&self) -> MutexGuard<'_, HashMap<String, Realm>> {
        self.realms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes some time, another one at each call.
    pub(super) async fn linger(&self) {
        let Range { start, end } = self.config.delay_ms;
        if end <= start {
            return;
        }
        // SplitMix64 (Steele, Lea, Flood 2014): spread out, and the same in every run.
        let mut z = self.drawn.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        tokio::time::sleep(Duration::from_millis(start + (z ^ (z >> 31)) % (end - start))).await;
    }
}

/// A running crowd.
#[derive(Debug)]
pub struct CrowdSandbox {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base_url: String,
    crowd: Arc<Crowd>,
    _running: Running,
}

/// Begins to answer. Errors: no address or thread can be had.
pub async fn start(config: CrowdConfig) -> io::Result<CrowdSandbox> {
    let crowd = Arc::new(Crowd { config, realms: Mutex::default(), drawn: AtomicU64::new(1) });
    let running = serve(http::router(&crowd), None).await?;
    Ok(CrowdSandbox { base_url: running.base_url.clone(), crowd, _running: running })
}

impl CrowdSandbox {
    /// What every realm did.
    pub fn ledgers(&self) -> BTreeMap<String, Ledger> {
        let realms = self.crowd.realms();
        realms.iter().map(|(name, realm)| (name.clone(), realm.ledger.clone())).collect()
    }

    /// How many calls every realm made.
    pub fn calls(&self) -> BTreeMap<String, usize> {
        let realms = self.crowd.realms();
        realms.iter().map(|(name, realm)| (name.clone(), realm.ledger.calls.len())).collect()
    }
}
