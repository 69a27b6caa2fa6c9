//! Standard-library Python scripts as peers.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

/// What a script says of itself on its last line: its own times are in it, so that starting Python is not counted.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Said {
    /// Seconds of the work.
    pub(crate) wall: f64,
    /// Processor seconds of the work.
    pub(crate) cpu: f64,
    /// Records it went through.
    pub(crate) done: usize,
    /// Records it wrote.
    pub(crate) written: usize,
}

/// `python3`, or the interpreter that `HEADWATER_BENCH_PYTHON` names.
pub(crate) fn python() -> Command {
    Command::new(std::env::var_os("HEADWATER_BENCH_PYTHON").unwrap_or_else(|| "python3".into()))
}

/// Runs a script of this folder to its end.
pub(crate) fn run(script: &str, arguments: &[&str]) -> anyhow::Result<Said> {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/support").join(script);
    let output = python().arg(path).args(arguments).output().context("python3 is needed")?;
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "{script} failed: {err}");
    serde_json::from_str(out.lines().next_back().unwrap_or_default())
        .with_context(|| format!("{script}: {out}"))
}
