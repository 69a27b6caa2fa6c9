//! Limits per item and per client, both at once (fact sheet, "Rate limits").

use std::collections::HashMap;

use super::config::PerMinute;
use super::refusal::Refusal;
use crate::kit::window::Window;

const MINUTE_MS: i64 = 60_000;

/// The windows of all endpoints.
#[derive(Default)]
pub(crate) struct Limits(HashMap<(&'static str, String), Window>);

impl Limits {
    fn window(&mut self, path: &'static str, whose: &str, max: u32) -> &mut Window {
        self.0.entry((path, whose.to_owned())).or_insert_with(|| Window::new(MINUTE_MS, max))
    }

    /// Takes a request's place in both windows, or in none.
    pub(crate) fn admit(
        &mut self,
        path: &'static str,
        (token, limit, code): (&str, PerMinute, &str),
        now_ms: i64,
    ) -> Result<(), Refusal> {
        if !token.is_empty() && !self.window(path, token, limit.item).has_room(now_ms) {
            return Err(Refusal::limit(code, true));
        }
        if !self.window(path, "", limit.client).admit(now_ms) {
            return Err(Refusal::limit(code, false));
        }
        if !token.is_empty() {
            self.window(path, token, limit.item).take(now_ms);
        }
        Ok(())
    }
}
