//! Every project, integration and config as of now, folded from the log: what jobs decide by. Never a projection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::ports::Unavailable;
use crate::ports::event_log::{EventLog, Filter};
use crate::process_managers::Routes;

/// Routes that follow the log; one per process, shared by its jobs.
pub struct Directory {
    log: Arc<dyn EventLog>,
    /// How often it was asked.
    asked: AtomicU64,
    state: futures::lock::Mutex<Known>,
}

#[derive(Default)]
struct Known {
    position: u64,
    routes: Arc<Routes>,
    /// Who asked by then came before the last look began: it answers them too.
    answers: u64,
}

/// Events read at once.
const PAGE: usize = 2_000;

impl Directory {
    /// An empty directory; the first look fills it.
    pub fn new(log: Arc<dyn EventLog>) -> Self {
        Self { log, asked: AtomicU64::new(0), state: futures::lock::Mutex::default() }
    }

    /// The routes as of the log's head at the time of asking. Many who ask at once share a look at it.
    pub async fn now(&self) -> Result<Arc<Routes>, Unavailable> {
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut state = self.state.lock().await;
        if state.answers < mine {
            let answers = self.asked.load(Ordering::SeqCst);
            self.follow(&mut state).await?;
            state.answers = answers;
        }
        Ok(Arc::clone(&state.routes))
    }

    async fn follow(&self, state: &mut Known) -> Result<(), Unavailable> {
        let filter = Filter { organization: None, kinds: Routes::KINDS.to_vec() };
        let head = self.log.head().await?;
        while state.position < head {
            let page = self.log.read_filtered(state.position, PAGE, &filter).await?;
            if !page.is_empty() {
                let routes = Arc::make_mut(&mut state.routes);
                for event in &page {
                    routes.apply(event);
                }
            }
            state.position = match page.last() {
                Some(last) if page.len() == PAGE => last.position,
                _ => head.max(page.last().map_or(0, |last| last.position)),
            };
        }
        Ok(())
    }
}
