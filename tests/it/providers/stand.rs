//! A provider under test: its simulator, how it is connected, and the one kind of record that the scenes are played with.

use async_trait::async_trait;
use sandbox::faults::Faults;
use sandbox::kit::recorder::{self, Recorder};
use serde_json::Value;

/// How a simulator is started.
#[derive(Clone, Debug)]
pub(super) struct Start {
    /// Where the hub will listen (`http://127.0.0.1:PORT`): callbacks and webhooks go there.
    pub(super) hub: String,
    /// Whether the provider keeps its promise about idempotency keys; a provider without keys ignores this.
    pub(super) keys_honoured: bool,
    /// Whether the published limits are in force.
    pub(super) limits: bool,
}

/// How a connection is made.
pub(super) enum Way {
    /// By OAuth in a browser.
    Browser,
    /// By what is typed in.
    Typed(Value),
}

/// What an integration needs before it is connected.
pub(super) struct Connection {
    /// Secrets of the organization's app (`PUT /v1/providers/{key}/credentials`), if any.
    pub(super) app: Option<Value>,
    /// Settings of the integration.
    pub(super) settings: Value,
    /// How it is connected.
    pub(super) way: Way,
}

/// The kind of record that the scenes are played with.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    /// Our entity.
    pub(super) local: &'static str,
    /// The provider's.
    pub(super) remote: &'static str,
    /// The feature that syncs it both ways.
    pub(super) feature: &'static str,
    /// Our field that both sides change in a conflict.
    pub(super) name: &'static str,
    /// Our field that only we change then.
    pub(super) ours: &'static str,
    /// Our field that only they change then.
    pub(super) theirs: &'static str,
}

/// A record at the provider, in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct There {
    /// Its id.
    pub(super) id: String,
    /// What [`Subject::name`] is kept in step with.
    pub(super) name: String,
    /// What [`Subject::ours`] is.
    pub(super) ours: Option<String>,
    /// What [`Subject::theirs`] is.
    pub(super) theirs: Option<String>,
}

/// A provider under test.
#[async_trait]
pub(super) trait Stand: Sized + Send + Sync {
    /// The provider's key.
    const KEY: &'static str;
    /// The record of the scenes.
    const SUBJECT: Subject;
    /// Whether a webhook tells of a change of the subject.
    const HAS_WEBHOOKS: bool = true;
    /// Whether a deletion at the provider can be seen by reading changes.
    const SHOWS_DELETIONS: bool = true;
    /// Whether its connector is not in the binary, but in the folder of connectors that the hub is started with.
    const FROM_FOLDER: bool = false;

    /// Starts the simulator.
    async fn start(start: &Start) -> Self;

    /// Where it listens.
    fn base_url(&self) -> String;

    /// How it is connected.
    fn connection(&self) -> Connection;

    /// The connection's own base URL, where each has one.
    fn own_base(&self) -> Option<String> {
        None
    }

    /// A record of ours with this name.
    fn ours(name: &str) -> Value;

    /// The live subjects at the provider.
    fn records(&self) -> Vec<There>;

    /// Somebody at the provider creates a subject; its id.
    fn create(&self, name: &str) -> String;

    /// Somebody at the provider changes one.
    fn edit(&self, id: &str, name: Option<&str>, theirs: Option<&str>);

    /// Somebody at the provider deletes one, or makes it inactive.
    fn remove(&self, id: &str);

    /// The connection is taken back at the provider.
    fn revoke(&self);

    /// What was taken back can be given again; for keys, the same key is valid again.
    async fn restore(&self) {}

    /// Whether a request writes a record.
    fn is_write(one: &recorder::Exchange) -> bool {
        one.method != "GET"
    }

    /// The provider's clock moves.
    fn advance(&self, seconds: u32);

    /// Faults to come.
    fn faults(&self) -> &Faults;

    /// What went over the wire.
    fn recorder(&self) -> &Recorder;

    /// Live records beyond the first with the same business key.
    fn duplicates(&self) -> u64;

    /// Requests that the provider refused for coming too fast.
    fn throttled(&self) -> u64;

    /// Requests for something that the simulator does not know.
    fn not_modelled(&self) -> u64;
}
