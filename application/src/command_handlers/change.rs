//! Commands to one stream, at the version their sender saw, as one unit.

use domain::stream::StreamId;

use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope, Persisted, UnitBuilder};
use crate::ports::event_log::Refused;

/// Rounds of load and decide before a contended stream is given up.
const ROUNDS: usize = 8;

impl Desk {
    /// Dispatches `command`; with `expected`, only if the stream is at that version.
    pub async fn change<A>(
        &self,
        envelope: &Envelope,
        stream: &StreamId,
        expected: Option<u64>,
        command: impl Fn(&A) -> A::Command + Send,
    ) -> Result<Done, Declined>
    where
        A: Persisted,
        Declined: From<A::Error>,
    {
        for _ in 0..ROUNDS {
            let mut working = self.dispatcher().load::<A>(stream).await?;
            let actual = working.expected;
            if let Some(expected) = expected.filter(|expected| *expected != actual) {
                return Err(Declined::Stale { expected, actual });
            }
            working.execute(command(&working.state))?;
            let (version, changed) = (working.head(), working.changed());
            let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
            unit.add(working);
            match self.append(envelope, unit).await {
                Ok(Some(position)) => return Ok(Done { position, version, changed }),
                Ok(None) => {
                    let position = self.dispatcher().log.head().await?;
                    return Ok(Done { position, version, changed });
                }
                // Loaded and decided anew; an insisted version is checked again.
                Err(Declined::Contended) => {}
                Err(declined) => return Err(declined),
            }
        }
        Err(Declined::Contended)
    }

    /// Dispatches several commands as one unit: all of them or none.
    pub async fn change_all<A>(
        &self,
        envelope: &Envelope,
        stream: &StreamId,
        expected: Option<u64>,
        commands: Vec<A::Command>,
    ) -> Result<Done, Declined>
    where
        A: Persisted<Command: Send>,
        Declined: From<A::Error>,
    {
        let mut working = self.dispatcher().load::<A>(stream).await?;
        let actual = working.expected;
        if let Some(expected) = expected.filter(|expected| *expected != actual) {
            return Err(Declined::Stale { expected, actual });
        }
        for command in commands {
            working.execute(command)?;
        }
        let (version, changed) = (working.head(), working.changed());
        let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
        unit.add(working);
        let position = match self.append(envelope, unit).await? {
            Some(position) => position,
            None => self.dispatcher().log.head().await?,
        };
        Ok(Done { position, version, changed })
    }

    /// Appends a unit that several streams share; `None` when nothing was decided.
    pub(super) async fn append(
        &self,
        envelope: &Envelope,
        mut unit: UnitBuilder,
    ) -> Result<Option<u64>, Declined> {
        if unit.is_empty() {
            return Ok(None);
        }
        unit.command(envelope.command.clone());
        match self.dispatcher().append_one(unit.build()).await? {
            Ok(appended) => Ok(Some(appended.last)),
            Err(Refused::StaleStream { .. }) => Err(Declined::Contended),
            Err(refused) => Err(refused.into()),
        }
    }
}
