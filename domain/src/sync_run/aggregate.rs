//! The sync run: it advances page by page along one cursor until it ends or is cancelled.

use serde::{Deserialize, Serialize};

use super::commands::{CompletePage, EndRun, FindNothing, LogRun, StartRun, SyncRunCommand};
use super::error::SyncRunError;
use super::events::{Counts, MAX_ERRORS, RunCancelled, RunEnded, RunLogged, RunStarted, SyncRunEvent};
use crate::aggregate::Aggregate;
use crate::claim::{ClaimChange, ClaimKey};
use crate::ids::{IntegrationId, ProjectId, SyncConfigId};
use crate::stream::{Kind, StreamId};
use crate::value::{Direction, RunStatus, RunType, TriggeredBy};

/// One execution of a sync.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SyncRun {
    /// What it runs, and why; none before it is started.
    pub scope: Option<Scope>,
    /// Where it stands; none before it is started.
    pub status: Option<RunStatus>,
    /// Where its next page begins.
    pub cursor: Option<String>,
    /// Pages done.
    pub pages: u64,
    /// Whether the last page is done.
    pub exhausted: bool,
    /// What became of its records, as far as the pages tell; of the whole run once it ended.
    pub counts: Counts,
    /// Whether its totals are recorded.
    pub ended: bool,
}

/// What a run runs, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// The project.
    pub project: ProjectId,
    /// The integration.
    pub integration: IntegrationId,
    /// The config.
    pub config: SyncConfigId,
    /// The way it goes.
    pub direction: Direction,
    /// The remote company it talks to.
    pub realm: String,
    /// Its kind; a poll that found nothing was incremental.
    pub run_type: RunType,
    /// What caused it.
    pub triggered_by: TriggeredBy,
}

type Decision = Result<Vec<SyncRunEvent>, SyncRunError>;

impl Aggregate for SyncRun {
    const KIND: Kind = Kind::SyncRun;
    type Command = SyncRunCommand;
    type Event = SyncRunEvent;
    type Error = SyncRunError;

    fn decide(&self, command: SyncRunCommand) -> Decision {
        match command {
            SyncRunCommand::Start(start) => self.start(start),
            SyncRunCommand::CompletePage(page) => self.complete_page(page),
            SyncRunCommand::Cancel { reason } => self.cancel(reason),
            SyncRunCommand::End(end) => self.end(end),
            SyncRunCommand::Log(log) => self.log(*log),
            SyncRunCommand::FindNothing(nothing) => self.find_nothing(nothing),
        }
    }

    fn apply(&mut self, event: &SyncRunEvent) {
        match event {
            SyncRunEvent::RunStarted(started) => self.begin(started),
            SyncRunEvent::PageDone(page) => {
                self.status = Some(RunStatus::Running);
                self.exhausted = page.last;
                self.cursor.clone_from(&page.cursor_after);
                self.pages += 1;
                self.counts += page.counts;
            }
            SyncRunEvent::RunCancelled(_) => self.status = Some(RunStatus::Cancelled),
            SyncRunEvent::RunEnded(ended) => self.finish(ended),
            SyncRunEvent::RunLogged(logged) => {
                self.begin(&logged.run);
                self.finish(&logged.outcome);
            }
            SyncRunEvent::RunFoundNothing(nothing) => {
                self.scope = Some(scope_of_poll(nothing));
                self.cursor.clone_from(&nothing.cursor);
                self.status = Some(RunStatus::Completed);
                self.exhausted = true;
                self.ended = true;
            }
        }
    }

    fn claims(&self, _stream: &StreamId, event: &SyncRunEvent) -> Vec<ClaimChange> {
        match event {
            SyncRunEvent::RunStarted(started) if is_exclusive(started.run_type) => {
                let key = ClaimKey::active_run(started.config, started.direction);
                vec![ClaimChange::Take { key, tag: None }]
            }
            SyncRunEvent::RunCancelled(_) | SyncRunEvent::RunEnded(_) => {
                self.held().map(|key| ClaimChange::Release { key }).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

impl SyncRun {
    /// Whether it may still do pages.
    pub const fn is_active(&self) -> bool {
        matches!(self.status, Some(RunStatus::Pending | RunStatus::Running))
    }

    fn start(&self, start: StartRun) -> Decision {
        if self.status.is_some() {
            return Err(SyncRunError::AlreadyStarted);
        }
        check_one_way(start.direction)?;
        Ok(vec![start.into()])
    }

    fn complete_page(&self, page: CompletePage) -> Decision {
        self.check_active()?;
        if self.exhausted || page.cursor_before != self.cursor {
            return Err(SyncRunError::PageOutOfTurn);
        }
        Ok(vec![page.into()])
    }

    fn cancel(&self, reason: Option<String>) -> Decision {
        if self.status == Some(RunStatus::Cancelled) {
            return Ok(Vec::new());
        }
        self.check_active()?;
        Ok(vec![RunCancelled { reason }.into()])
    }

    /// A cancelled run is ended too: its totals are what was done until then.
    fn end(&self, end: EndRun) -> Decision {
        match self.status {
            None => Err(SyncRunError::NotFound),
            Some(_) if self.ended => Ok(Vec::new()),
            Some(RunStatus::Cancelled) => Ok(vec![ended(end, Some(RunStatus::Cancelled)).into()]),
            Some(_) => Ok(vec![ended(end, None).into()]),
        }
    }

    fn log(&self, log: LogRun) -> Decision {
        if self.status.is_some() {
            return Err(SyncRunError::AlreadyStarted);
        }
        check_one_way(log.run.direction)?;
        Ok(vec![RunLogged { run: log.run, outcome: ended(log.end, None) }.into()])
    }

    fn find_nothing(&self, nothing: FindNothing) -> Decision {
        if self.status.is_some() {
            return Err(SyncRunError::AlreadyStarted);
        }
        check_one_way(nothing.direction)?;
        Ok(vec![nothing.into()])
    }

    fn check_active(&self) -> Result<(), SyncRunError> {
        match self.status {
            None => Err(SyncRunError::NotFound),
            Some(RunStatus::Pending | RunStatus::Running) => Ok(()),
            Some(status) => Err(SyncRunError::Over { status }),
        }
    }

    fn begin(&mut self, started: &RunStarted) {
        let RunStarted { project, integration, config, direction, realm, run_type, triggered_by, cursor } =
            started;
        self.status = Some(RunStatus::Pending);
        self.cursor.clone_from(cursor);
        self.scope = Some(Scope {
            project: *project,
            integration: *integration,
            config: *config,
            direction: *direction,
            realm: realm.clone(),
            run_type: *run_type,
            triggered_by: *triggered_by,
        });
    }

    fn finish(&mut self, ended: &RunEnded) {
        self.status = Some(ended.status);
        self.counts = ended.totals;
        self.ended = true;
        if ended.cursor.is_some() {
            self.cursor.clone_from(&ended.cursor);
        }
    }

    /// The claim it holds: taken by its start, given back by whichever comes first of cancelling and ending.
    fn held(&self) -> Option<ClaimKey> {
        let scope = self.scope.as_ref().filter(|scope| self.is_active() && is_exclusive(scope.run_type))?;
        Some(ClaimKey::active_run(scope.config, scope.direction))
    }
}

/// Single sends, webhook and trigger work are never blocked by a run, nor block one.
const fn is_exclusive(run_type: RunType) -> bool {
    matches!(run_type, RunType::Full | RunType::Incremental)
}

const fn check_one_way(direction: Direction) -> Result<(), SyncRunError> {
    match direction {
        Direction::Inbound | Direction::Outbound => Ok(()),
        Direction::Bidirectional => Err(SyncRunError::NotOneWay),
    }
}

fn ended(end: EndRun, status: Option<RunStatus>) -> RunEnded {
    let EndRun { totals, mut errors, gave_up, duration_ms, cursor } = end;
    let judged = match (gave_up, totals.failed) {
        (true, _) => RunStatus::Failed,
        (false, 0) => RunStatus::Completed,
        (false, _) => RunStatus::Partial,
    };
    let more_errors = u64::try_from(errors.len().saturating_sub(MAX_ERRORS)).unwrap_or(u64::MAX);
    errors.truncate(MAX_ERRORS);
    for error in &mut errors {
        error.message = error.message.chars().take(500).collect();
    }
    RunEnded { status: status.unwrap_or(judged), totals, errors, more_errors, duration_ms, cursor }
}

fn scope_of_poll(nothing: &FindNothing) -> Scope {
    Scope {
        project: nothing.project,
        integration: nothing.integration,
        config: nothing.config,
        direction: nothing.direction,
        realm: nothing.realm.clone(),
        run_type: RunType::Incremental,
        triggered_by: TriggeredBy::Schedule,
    }
}
