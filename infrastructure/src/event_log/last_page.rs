//! The page that was read last, for the next reader at the same place: subscribers mostly follow each other.

use std::sync::{Arc, Mutex, PoisonError};

use domain::event::Event;
use domain::metadata::Recorded;

type Page = Arc<Vec<Recorded<Event>>>;

/// One page without sealed contents.
#[derive(Default)]
pub(super) struct LastPage(Mutex<Option<(u64, Page)>>);

impl LastPage {
    /// The page after `position`, if it is the one at hand. More may have come since it was read.
    pub(super) fn get(&self, position: u64, limit: usize) -> Option<Page> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (after, page) = last.as_ref()?;
        (*after == position && page.len() <= limit).then(|| Arc::clone(page))
    }

    /// Keeps a page: positions come in order and events never change, so what comes next will always begin with it.
    pub(super) fn keep(&self, position: u64, page: &Page) {
        if !page.is_empty() {
            let kept = Some((position, Arc::clone(page)));
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        }
    }
}
