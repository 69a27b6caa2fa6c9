//! Every project, integration and config as of now, folded from the log: what jobs decide by. Never a projection.

use std::sync::Arc;

use crate::ports::Unavailable;
use crate::ports::event_log::{EventLog, Filter};
use crate::process_managers::Routes;

/// Routes that follow the log; one per process, shared by its jobs.
pub struct Directory {
    log: Arc<dyn EventLog>,
    state: futures::lock::Mutex<(u64, Arc<Routes>)>,
}

/// Events read at once.
const PAGE: usize = 2_000;

impl Directory {
    /// An empty directory; the first look fills it.
    pub fn new(log: Arc<dyn EventLog>) -> Self {
        Self { log, state: futures::lock::Mutex::new((0, Arc::default())) }
    }

    /// The routes as of the log's head at the time of asking.
    pub async fn now(&self) -> Result<Arc<Routes>, Unavailable> {
        let mut state = self.state.lock().await;
        let filter = Filter { organization: None, kinds: Routes::KINDS.to_vec() };
        let head = self.log.head().await?;
        while state.0 < head {
            let page = self.log.read_filtered(state.0, PAGE, &filter).await?;
            if !page.is_empty() {
                let routes = Arc::make_mut(&mut state.1);
                for event in &page {
                    routes.apply(event);
                }
            }
            state.0 = match page.last() {
                Some(last) if page.len() == PAGE => last.position,
                _ => head.max(page.last().map_or(0, |last| last.position)),
            };
        }
        Ok(Arc::clone(&state.1))
    }
}
