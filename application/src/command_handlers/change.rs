//! One command to one stream, at the version its sender saw.

use domain::stream::StreamId;

use super::{Declined, Desk};
use crate::dispatcher::{Done, Envelope, Persisted, UnitBuilder};
use crate::ports::event_log::Refused;

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
        let Some(expected) = expected else {
            return Ok(self.dispatcher().dispatch(envelope, stream, command).await?);
        };
        let mut working = self.dispatcher().load::<A>(stream).await?;
        let actual = working.expected;
        if actual != expected {
            return Err(Declined::Stale { expected, actual });
        }
        working.execute(command(&working.state))?;
        let version = working.head();
        let mut unit = UnitBuilder::new(envelope.organization, envelope.metadata.clone());
        unit.add(working).command(envelope.command.clone());
        if unit.is_empty() {
            return Ok(Done { position: self.dispatcher().log.head().await?, version, changed: false });
        }
        match self.dispatcher().append_one(unit.build()).await? {
            Ok(appended) => Ok(Done { position: appended.last, version, changed: true }),
            Err(Refused::StaleStream { head, .. }) => Err(Declined::Stale { expected, actual: head }),
            Err(refused) => Err(refused.into()),
        }
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
            Err(refused) => Err(refused.into()),
        }
    }
}
