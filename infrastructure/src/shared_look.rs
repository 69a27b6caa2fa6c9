//! One look for many who want to see the same: each sees what was there when it asked, or something newer.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Looks under way, by what is looked at. Nothing is kept once nobody looks.
pub(crate) struct SharedLooks<K, V>(Mutex<HashMap<K, Arc<Look<V>>>>);

struct Look<V> {
    /// How many have asked.
    asked: AtomicU64,
    /// What was seen, and who asked before that look began.
    seen: futures::lock::Mutex<(u64, Option<V>)>,
}

impl<V: Clone> Look<V> {
    async fn see<E, F>(&self, look: impl FnOnce() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let mine = self.asked.fetch_add(1, Ordering::SeqCst) + 1;
        let mut seen = self.seen.lock().await;
        if let (answers, Some(value)) = &*seen
            && *answers >= mine
        {
            return Ok(value.clone());
        }
        let answers = self.asked.load(Ordering::SeqCst);
        let value = look().await?;
        *seen = (answers, Some(value.clone()));
        Ok(value)
    }
}

impl<K, V> Default for SharedLooks<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> SharedLooks<K, V> {
    /// What `look` sees, in a look that begins after this call.
    pub(crate) async fn see<E, F>(&self, key: K, look: impl FnOnce() -> F) -> Result<V, E>
    where
        F: Future<Output = Result<V, E>>,
    {
        let shared = Arc::clone(self.looks().entry(key.clone()).or_insert_with(|| {
            Arc::new(Look { asked: AtomicU64::new(0), seen: futures::lock::Mutex::new((0, None)) })
        }));
        let seen = shared.see(look).await;
        let mut looks = self.looks();
        // Whoever waits holds it, too; what nobody waits for is forgotten.
        if looks.get(&key).is_some_and(|kept| Arc::ptr_eq(kept, &shared) && Arc::strong_count(kept) <= 2) {
            looks.remove(&key);
        }
        drop(looks);
        seen
    }

    fn looks(&self) -> MutexGuard<'_, HashMap<K, Arc<Look<V>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
