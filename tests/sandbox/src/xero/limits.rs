//! The published limits (fact sheet, "Rate limits").

use std::collections::BTreeMap;

use super::config::{Limits, XeroConfig};
use crate::kit::Answer;
use crate::kit::window::{Gate, Window};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 3600 * 1000;

struct Tenant {
    minute: Window,
    day: Window,
}

/// Windows by organisation, and one over all.
pub(super) struct Meters {
    app: Window,
    tenants: BTreeMap<String, Tenant>,
}

/// Which limit was met, and for how many seconds.
pub(super) type Problem = (&'static str, u64);

impl Meters {
    pub(super) fn new(config: &XeroConfig) -> Self {
        let Limits { per_minute, per_day, app_per_minute, .. } = config.limits;
        let tenant =
            || Tenant { minute: Window::new(MINUTE_MS, per_minute), day: Window::new(DAY_MS, per_day) };
        let tenants = config.organisations.iter().map(|own| (own.tenant_id.clone(), tenant()));
        Self { app: Window::new(MINUTE_MS, app_per_minute), tenants: tenants.collect() }
    }

    /// Takes a place in every window, or says which is full.
    pub(super) fn admit(&mut self, tenant_id: &str, now_ms: i64) -> Result<(), Problem> {
        let Some(tenant) = self.tenants.get_mut(tenant_id) else { return Ok(()) };
        let windows =
            [("day", &mut tenant.day), ("minute", &mut tenant.minute), ("appminute", &mut self.app)];
        for (name, window) in windows {
            if !window.has_room(now_ms) {
                return Err((name, window.retry_after_s(now_ms)));
            }
        }
        tenant.day.take(now_ms);
        tenant.minute.take(now_ms);
        self.app.take(now_ms);
        Ok(())
    }

    /// The headers every answer has.
    pub(super) fn mark(&mut self, answer: Answer, tenant_id: &str, now_ms: i64) -> Answer {
        let Some(tenant) = self.tenants.get_mut(tenant_id) else { return answer };
        let published = Limits::default();
        let left = |window: &mut Window, published: u32| {
            let left = if window.max() == 0 { published } else { window.remaining(now_ms) };
            left.to_string()
        };
        answer
            .with("X-MinLimit-Remaining", left(&mut tenant.minute, published.per_minute))
            .with("X-DayLimit-Remaining", left(&mut tenant.day, published.per_day))
            .with("X-AppMinLimit-Remaining", left(&mut self.app, published.app_per_minute))
    }
}

/// A gate for each organisation.
pub(super) fn gates(config: &XeroConfig) -> BTreeMap<String, Gate> {
    let own = config.organisations.iter();
    own.map(|own| (own.tenant_id.clone(), Gate::new(config.limits.at_once))).collect()
}
