//! The `headwater` program as processes of their own: the benchmark starts itself again and becomes the program.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::bail;
use reqwest::Client;

/// The variable by which `tests::program::become_the_program` knows what it stands in for.
const ARGUMENTS: &str = "HEADWATER_TEST_ARGUMENTS";
/// The key of the simulated provider.
pub(crate) const API_KEY: &str = "bench-key";
/// A program that does not answer within this many tenths of a second has failed.
const PATIENCE: usize = 600;

/// A running program; it is killed when dropped.
pub(crate) struct Program {
    /// Where it answers.
    pub(crate) url: String,
    /// Asks it; one for all questions, because making one reads the machine's certificates.
    pub(crate) client: Client,
    child: Child,
}

impl Program {
    /// Starts the program and waits until `path` is answered there.
    pub(crate) async fn start(arguments: &[&str], path: &str) -> anyhow::Result<Self> {
        let addr = tests::hub::free_address()?.to_string();
        let arguments = [arguments, &["--listen", &addr]].concat().join("\n");
        let child = program(&arguments)?
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::inherit())
            .spawn()?;
        let mut started = Self { url: format!("http://{addr}"), client: client()?, child };
        started.wait_for(path).await?;
        Ok(started)
    }

    /// A generic REST provider whose collections hold `records` records each.
    pub(crate) async fn simulator(records: usize) -> anyhow::Result<Self> {
        let records = records.to_string();
        let arguments = ["sandbox", "rest", "--records", &records, "--api-key", API_KEY];
        Self::start(&arguments, "/admin/stats").await
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    async fn wait_for(&mut self, path: &str) -> anyhow::Result<()> {
        let (client, url) = (self.client.clone(), format!("{}{path}", self.url));
        for _ in 0..PATIENCE {
            if client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("process {} ended: {status}", self.id());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        bail!("nothing answers at {url}")
    }
}

/// This program, which becomes `headwater`; or the binary that is named, one that was built to be shipped.
fn program(arguments: &str) -> anyhow::Result<Command> {
    if let Some(named) = std::env::var_os("HEADWATER_BENCH_PROGRAM") {
        let mut command = Command::new(named);
        command.args(arguments.lines());
        return Ok(command);
    }
    let mut command = Command::new(std::env::current_exe()?);
    command.env(ARGUMENTS, arguments);
    Ok(command)
}

impl Drop for Program {
    fn drop(&mut self) {
        // One that has ended cannot be killed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An HTTP client as anybody has it.
#[expect(clippy::disallowed_methods, reason = "a benchmark is an outside caller")]
pub(crate) fn client() -> reqwest::Result<Client> {
    Client::builder().timeout(Duration::from_mins(1)).build()
}
