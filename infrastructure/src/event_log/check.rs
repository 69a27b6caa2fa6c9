//! The decision every database makes under its write lock: which units of a batch may be appended.

use std::collections::{BTreeMap, HashMap};

use application::ports::event_log::{Appended, ClaimWrite, Claimed, Refused};
use domain::claim::{ClaimChange, ClaimKey, ClaimKind};
use domain::ids::{CommandId, OrganizationId};
use domain::stream::StreamId;

use super::raw::RawUnit;

/// A remembered command.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen {
    pub(crate) body_hash: [u8; 32],
    pub(crate) appended: Appended,
}

/// What is stored of the things that a batch names, as of the lock.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) heads: HashMap<StreamId, u64>,
    pub(crate) claims: BTreeMap<ClaimKey, Claimed>,
    pub(crate) commands: HashMap<(OrganizationId, CommandId), Seen>,
    pub(crate) keys: HashMap<(OrganizationId, StreamId), Option<Vec<u8>>>,
}

/// Claims as they shall be: `None` releases.
pub(crate) type ClaimEffects = BTreeMap<ClaimKey, Option<Claimed>>;

impl Found {
    pub(crate) fn head(&self, stream: &StreamId) -> u64 {
        self.heads.get(stream).copied().unwrap_or_default()
    }

    /// Whether the unit may be appended, and what it does to the claims.
    pub(crate) fn check(&self, unit: &RawUnit) -> Result<ClaimEffects, Refused> {
        self.check_command(unit)?;
        self.check_streams(unit)?;
        self.check_keys(unit)?;
        let mut effects = ClaimEffects::new();
        for write in &unit.claims {
            self.change(write, &mut effects)?;
        }
        Ok(effects)
    }

    /// Counts the unit in, so that the next one is checked against it.
    pub(crate) fn apply(&mut self, unit: &RawUnit, effects: &ClaimEffects) {
        for stream in &unit.streams {
            self.heads.insert(stream.stream.clone(), stream.expected + stream.events.len() as u64);
        }
        for (key, held) in effects {
            match held {
                Some(held) => self.claims.insert(key.clone(), held.clone()),
                None => self.claims.remove(key),
            };
        }
        for key in &unit.keys {
            self.keys.insert((unit.organization, key.stream.clone()), Some(key.wrapped.clone()));
        }
    }

    /// Whether this subject's key is stored already, as it is in the unit.
    pub(crate) fn has_key(&self, organization: OrganizationId, subject: &StreamId) -> bool {
        self.keys.contains_key(&(organization, subject.clone()))
    }

    fn check_command(&self, unit: &RawUnit) -> Result<(), Refused> {
        let Some(command) = &unit.command else { return Ok(()) };
        match self.commands.get(&(unit.organization, command.command_id)) {
            None => Ok(()),
            Some(Seen { body_hash, appended }) => Err(Refused::CommandSeen {
                first: appended.first,
                last: appended.last,
                same_body: *body_hash == command.body_hash,
            }),
        }
    }

    fn check_streams(&self, unit: &RawUnit) -> Result<(), Refused> {
        for append in &unit.streams {
            let head = self.head(&append.stream);
            if head != append.expected {
                return Err(Refused::StaleStream { stream: append.stream.clone(), head });
            }
        }
        Ok(())
    }

    /// Another process may have stored another key for the subject after this unit was sealed: then its events could
    /// never be opened, and must be sealed again.
    fn check_keys(&self, unit: &RawUnit) -> Result<(), Refused> {
        for key in &unit.keys {
            let stored = self.keys.get(&(unit.organization, key.stream.clone()));
            if stored.is_some_and(|stored| stored.as_ref() != Some(&key.wrapped)) {
                return Err(Refused::StaleStream {
                    stream: key.stream.clone(),
                    head: self.head(&key.stream),
                });
            }
        }
        Ok(())
    }

    fn change(&self, write: &ClaimWrite, effects: &mut ClaimEffects) -> Result<(), Refused> {
        let (key, tag) = match &write.change {
            ClaimChange::Take { key, tag } => (key, Some(*tag)),
            ClaimChange::Retag { key, tag } => (key, Some(Some(*tag))),
            ClaimChange::Release { key } => (key, None),
        };
        let held = effects.get(key).map_or_else(|| self.claims.get(key), Option::as_ref);
        let others = held.filter(|held| held.stream != write.stream);
        match (tag, others) {
            (Some(_), Some(other)) => {
                let kind = ClaimKind::of(&key.0).unwrap_or(ClaimKind::RemoteId);
                return Err(Refused::ClaimTaken { kind, key: key.clone(), owner: other.stream.clone() });
            }
            (Some(tag), None) => {
                effects.insert(key.clone(), Some(Claimed { stream: write.stream.clone(), tag }));
            }
            // Releasing what one does not hold releases nothing.
            (None, Some(_)) => {}
            (None, None) => {
                effects.insert(key.clone(), None);
            }
        }
        Ok(())
    }
}
