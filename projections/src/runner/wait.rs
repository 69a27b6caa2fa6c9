//! Reads that must see a position: wait until the projections have taken it. And a look from outside.

use std::collections::BTreeMap;

use application::ports::Unavailable;
use application::ports::read_store::Table;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::select;

use super::{ProjectionStatus, Runner};
use crate::publication::{self, checkpoint_name, first_number, numbered, version_of};

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

    /// How far each projection is, as the checkpoints say: for a process that does not move any.
    pub async fn look(&self) -> Result<Vec<ProjectionStatus>, Unavailable> {
        let (store, checkpoints) = (self.ports.read_store.as_ref(), self.ports.checkpoints.as_ref());
        let published = publication::published(checkpoints, store).await?;
        let places = self.places_elsewhere(&[]).await?;
        let last = self.ports.log.head().await?;
        let status = |(code, position): (Table, u64)| {
            let number = published.get(code.name).copied();
            let head = last.max(position);
            ProjectionStatus {
                name: code.name,
                version: code.version,
                table: numbered(&code, number.unwrap_or_else(|| first_number(&code))).physical(),
                live: number.is_some_and(|number| version_of(number) == code.version),
                leading: false,
                position,
                head,
                lag: head - position,
                failed: None,
            }
        };
        let tables = self.projections.iter().map(|projection| projection.table());
        Ok(tables.zip(places).map(status).collect())
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
