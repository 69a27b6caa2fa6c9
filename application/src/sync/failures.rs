//! Failures in a row by integration: counted here, because the log keeps changes of health only.

use std::collections::HashMap;
use std::sync::Mutex;

use domain::ids::IntegrationId;

/// Counts since this process started.
#[derive(Default)]
pub(super) struct Failures(Mutex<HashMap<IntegrationId, u32>>);

impl Failures {
    /// One more failure; answers how many in a row.
    pub(super) fn count(&self, integration: &IntegrationId) -> u32 {
        let mut counts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = counts.entry(*integration).or_default();
        *count += 1;
        *count
    }

    /// A success; `true` when there were failures before.
    pub(super) fn clear(&self, integration: &IntegrationId) -> bool {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(integration).is_some()
    }
}
