//! How far the views are, as the HTTP interface asks it.

use std::sync::Arc;
use std::time::Duration;

use application::ports::clock::Clock;
use chrono::TimeDelta;
use projections::runner::Runner;

use crate::http::Progress;

/// The projections of this process, or those that another one leads.
pub(super) struct Views {
    pub(super) runner: Arc<Runner>,
    pub(super) clock: Arc<dyn Clock>,
}

#[async_trait::async_trait]
impl Progress for Views {
    async fn wait_for(&self, position: u64, patience: Duration) -> bool {
        let patience = TimeDelta::from_std(patience).unwrap_or_default();
        match self.runner.wait_for(&[], position, self.clock.now() + patience).await {
            Ok(there) => there,
            Err(error) => {
                tracing::warn!(%error, "the views cannot be asked");
                false
            }
        }
    }

    async fn list(&self) -> Vec<(String, u32, u64)> {
        let statuses = self.runner.status();
        statuses.into_iter().map(|status| (status.name.to_owned(), status.version, status.position)).collect()
    }
}
