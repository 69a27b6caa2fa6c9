//! Limiters (fact sheet, "Rate limits").

use std::collections::HashMap;

use super::config::StripeConfig;
use super::refusal::Refusal;
use crate::kit::window::Window;

const SECOND_MS: i64 = 1000;
const HOUR_MS: i64 = 3_600_000;

/// The windows of all accounts.
pub(crate) struct Limits {
    test_per_second: u32,
    live_per_second: u32,
    endpoint_per_second: u32,
    search_per_second: u32,
    intent_updates: u32,
    windows: HashMap<String, Window>,
}

impl Limits {
    pub(crate) fn new(config: &StripeConfig) -> Self {
        Self {
            test_per_second: config.test_per_second,
            live_per_second: config.live_per_second,
            endpoint_per_second: config.endpoint_per_second,
            search_per_second: config.search_per_second,
            intent_updates: config.intent_updates_per_hour,
            windows: HashMap::new(),
        }
    }

    fn admit(&mut self, name: String, span_ms: i64, max: u32, now_ms: i64) -> bool {
        max == 0 || self.windows.entry(name).or_insert_with(|| Window::new(span_ms, max)).admit(now_ms)
    }

    /// Takes a request's place in the account's and the endpoint's window. `endpoint` is its method and
    /// path pattern.
    pub(crate) fn request(
        &mut self,
        (account, livemode): (&str, bool),
        endpoint: &str,
        now_ms: i64,
    ) -> Result<(), Refusal> {
        let global = if livemode { self.live_per_second } else { self.test_per_second };
        let whose = format!("{account} {livemode}");
        if !self.admit(whose.clone(), SECOND_MS, global, now_ms) {
            return Err(Refusal::rate("global-rate"));
        }
        let is_search = endpoint.ends_with("/search");
        let max = if is_search { self.search_per_second } else { self.endpoint_per_second };
        let name = if is_search { format!("{whose} search") } else { format!("{whose} {endpoint}") };
        if !self.admit(name, SECOND_MS, max, now_ms) {
            return Err(Refusal::rate("endpoint-rate"));
        }
        Ok(())
    }

    /// Takes the place of one update of a payment intent.
    pub(crate) fn intent(&mut self, id: &str, now_ms: i64) -> Result<(), Refusal> {
        if self.admit(id.to_owned(), HOUR_MS, self.intent_updates, now_ms) {
            return Ok(());
        }
        Err(Refusal::rate("resource-specific"))
    }
}
