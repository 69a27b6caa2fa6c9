//! What a process manager decides by: the routes as of the event, and its own instances.

use std::collections::{BTreeMap, BTreeSet};

use super::Routes;
use crate::ports::checkpoints::{Instance, StateChange};

/// Routes and instances. The instances are those of its table, which holds only what is under way.
#[derive(Clone, Debug, Default)]
pub struct Knowledge {
    /// Every project, integration and config.
    pub routes: Routes,
    instances: BTreeMap<String, Instance>,
    index: BTreeMap<String, BTreeSet<String>>,
}

impl Knowledge {
    /// Knowledge of stored instances.
    pub fn new(routes: Routes, instances: Vec<Instance>) -> Self {
        let mut knowledge = Self { routes, ..Self::default() };
        for instance in instances {
            knowledge.insert(instance);
        }
        knowledge
    }

    /// The instance of a key.
    pub fn instance(&self, key: &str) -> Option<&Instance> {
        self.instances.get(key)
    }

    /// Instances of an index key.
    pub fn indexed<'a>(&'a self, index: &str) -> impl Iterator<Item = &'a Instance> {
        self.index.get(index).into_iter().flatten().filter_map(|key| self.instances.get(key))
    }

    /// Follows a change that will be stored.
    pub fn follow(&mut self, change: &StateChange) {
        match change {
            StateChange::Put { key, index, wake_at, state } => self.insert(Instance {
                key: key.clone(),
                index: index.clone(),
                wake_at: *wake_at,
                state: state.clone(),
            }),
            StateChange::Delete { key } => self.remove(key),
        }
    }

    fn insert(&mut self, instance: Instance) {
        self.remove(&instance.key);
        if let Some(index) = &instance.index {
            self.index.entry(index.clone()).or_default().insert(instance.key.clone());
        }
        self.instances.insert(instance.key.clone(), instance);
    }

    fn remove(&mut self, key: &str) {
        let Some(old) = self.instances.remove(key) else { return };
        let Some(index) = old.index else { return };
        if let Some(keys) = self.index.get_mut(&index) {
            keys.remove(key);
            if keys.is_empty() {
                self.index.remove(&index);
            }
        }
    }
}
