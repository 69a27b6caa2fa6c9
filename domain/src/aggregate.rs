//! What every aggregate is: commands in, events out, and the claims its events take and release.

use std::fmt::Debug;

use crate::claim::ClaimChange;
use crate::stream::{Kind, StreamId};

/// A consistency boundary. It knows no clock, no ids and no input or output: what it needs travels in the command.
pub trait Aggregate: Default + Clone + Send + Sync + 'static {
    /// The stream category; persisted, so it never changes.
    const KIND: Kind;
    /// What may be asked, in the imperative.
    type Command;
    /// What happened, in the past participle.
    type Event: Clone + Debug + PartialEq;
    /// Why a command is refused, in words a user may read.
    type Error: std::error::Error + Clone + PartialEq + Send + Sync + 'static;

    /// Decides what follows from `command`. An empty answer means "already so".
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// Records a fact. Never fails, never decides.
    fn apply(&mut self, event: &Self::Event);

    /// The claims that `event`, happening to this state (before `apply`), takes, retags and releases.
    /// Pure, so that the claims table can be derived again from the log.
    fn claims(&self, _stream: &StreamId, _event: &Self::Event) -> Vec<ClaimChange> {
        Vec::new()
    }

    /// This aggregate's state after `events`.
    fn fold<'a>(events: impl IntoIterator<Item = &'a Self::Event>) -> Self
    where
        Self::Event: 'a,
    {
        let mut state = Self::default();
        for event in events {
            state.apply(event);
        }
        state
    }
}
