//! Sessions: a cookie each, on the node that opened it.

use std::collections::HashMap;

use axum::http::HeaderMap;

use super::config::SapB1Config;
use crate::kit::Ids;

/// An open session.
struct Session {
    node: u32,
    used_ms: i64,
}

/// The sessions of the company.
pub(super) struct Sessions {
    open: HashMap<String, Session>,
    ids: Ids,
    /// The node that the load balancer takes next for a request without `ROUTEID`.
    turn: u32,
    /// Whether the user may sign in.
    locked: bool,
}

impl Sessions {
    pub(super) fn new() -> Self {
        Self { open: HashMap::new(), ids: Ids::new(0xB1), turn: 0, locked: false }
    }

    /// Opens a session; its id and node, or `None` when every place is taken.
    pub(super) fn open(&mut self, config: &SapB1Config, now_ms: i64) -> Option<(String, u32)> {
        self.forget(config, now_ms);
        if config.max_sessions > 0 && self.open.len() >= config.max_sessions {
            return None;
        }
        let (id, node) = (self.ids.uuid(), self.next_node(config));
        self.open.insert(id.clone(), Session { node, used_ms: now_ms });
        Some((id, node))
    }

    /// Whether a request belongs to an open session, which is used by it.
    pub(super) fn admit(&mut self, headers: &HeaderMap, config: &SapB1Config, now_ms: i64) -> Option<String> {
        self.forget(config, now_ms);
        let named = cookie(headers, "ROUTEID").and_then(|route| route.strip_prefix(".node")?.parse().ok());
        let node = named.unwrap_or_else(|| self.next_node(config));
        let id = cookie(headers, "B1SESSION")?;
        let session = self.open.get_mut(&id).filter(|session| session.node == node)?;
        session.used_ms = now_ms;
        Some(id)
    }

    pub(super) fn close(&mut self, id: &str) {
        self.open.remove(id);
    }

    pub(super) fn close_all(&mut self) {
        self.open.clear();
    }

    pub(super) fn count(&self) -> usize {
        self.open.len()
    }

    pub(super) fn lock(&mut self, locked: bool) {
        self.locked = locked;
    }

    pub(super) fn is_locked(&self) -> bool {
        self.locked
    }

    fn next_node(&mut self, config: &SapB1Config) -> u32 {
        self.turn = self.turn % config.nodes.max(1) + 1;
        self.turn
    }

    fn forget(&mut self, config: &SapB1Config, now_ms: i64) {
        let kept_ms = i64::from(config.session_minutes) * 60_000;
        self.open.retain(|_, session| now_ms - session.used_ms < kept_ms);
    }
}

/// A cookie of a request.
fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all("cookie").into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(given, _)| *given == name).map(|(_, value)| value.to_owned())
}
