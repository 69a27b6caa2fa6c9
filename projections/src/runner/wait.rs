//! Reads that must see a position: wait until the projections have taken it.

use std::collections::BTreeMap;

use application::ports::Unavailable;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::select;

use super::Runner;
use crate::publication::{self, checkpoint_name, numbered};

/// How often a projection that another process leads is looked at.
const LOOK_AGAIN: TimeDelta = TimeDelta::milliseconds(50);

impl Runner {
    /// Waits until the projections `of` (all, if empty) have taken the event at `position`; `false` if they have not
    /// by `deadline`.
    pub async fn wait_for(
        &self,
        of: &[&str],
        position: u64,
        deadline: DateTime<Utc>,
    ) -> Result<bool, Unavailable> {
        loop {
            let news = self.board.listen();
            let local = self.places(of);
            let there = match &local {
                Some(places) => places.iter().all(|place| *place >= position),
                None => self.places_elsewhere(of).await?.iter().all(|place| *place >= position),
            };
            let now = self.ports.clock.now();
            if there || now >= deadline {
                return Ok(there);
            }
            let until = if local.is_some() { deadline } else { deadline.min(now + LOOK_AGAIN) };
            select(news, self.ports.clock.sleep_until(until)).await;
        }
    }

    /// Where they are, when this process leads all of them.
    fn places(&self, of: &[&str]) -> Option<Vec<u64>> {
        let statuses = self.board.statuses();
        let known: BTreeMap<_, _> = statuses.iter().map(|status| (status.name, status)).collect();
        self.names(of)
            .into_iter()
            .map(|name| {
                known.get(name).filter(|status| status.leading && status.live).map(|status| status.position)
            })
            .collect()
    }

    /// Where they are, as their checkpoints say.
    async fn places_elsewhere(&self, of: &[&str]) -> Result<Vec<u64>, Unavailable> {
        let (store, checkpoints) = (self.ports.read_store.as_ref(), self.ports.checkpoints.as_ref());
        let published = publication::published(checkpoints, store).await?;
        let saved: BTreeMap<String, u64> = checkpoints.list().await?.into_iter().collect();
        let place = |name: &str| {
            let code = self.projections.iter().map(|one| one.table()).find(|table| table.name == name)?;
            let table = numbered(&code, published.get(name).copied()?);
            saved.get(&checkpoint_name(&table)).copied()
        };
        Ok(self.names(of).into_iter().map(|name| place(name).unwrap_or_default()).collect())
    }

    fn names<'a>(&self, of: &[&'a str]) -> Vec<&'a str> {
        if of.is_empty() {
            self.projections.iter().map(|projection| projection.table().name).collect()
        } else {
            of.to_vec()
        }
    }
}
