//! The `headwater` program, as a process of its own: the test binary starts itself again and becomes the program.

use std::ffi::OsString;
use std::process::{Command, Stdio};

/// Holds the program's arguments, one a line.
const ARGUMENTS: &str = "HEADWATER_TEST_ARGUMENTS";
/// Stands between what the test harness prints and what the program prints.
const BEGIN: &str = "== the program begins ==";

/// What a run of the program said.
#[derive(Debug)]
pub struct Said {
    /// Its exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Said {
    /// The last line of the output.
    pub fn last_line(&self) -> &str {
        self.out.lines().next_back().unwrap_or_default()
    }
}

/// Starts the program; `stand_in` is the test that calls [`become_the_program`].
///
/// Errors: no process can be started.
pub fn headwater(stand_in: &str, arguments: &[&str]) -> std::io::Result<Said> {
    let output = Command::new(std::env::current_exe()?)
        .args(["--exact", stand_in, "--nocapture", "--test-threads", "1"])
        .env(ARGUMENTS, arguments.join("\n"))
        .stdin(Stdio::null())
        .output()?;
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    let out = out.split_once(BEGIN).map_or(out.clone(), |(_, said)| said.trim_start().to_owned());
    let err = String::from_utf8_lossy(&output.stderr).into_owned();
    Ok(Said { code: output.status.code().unwrap_or(-1), out, err })
}

/// In the process that [`headwater`] started, this is the program, and does not return. Elsewhere it does nothing.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "this stands in for `main`")]
pub fn become_the_program() {
    let Ok(given) = std::env::var(ARGUMENTS) else { return };
    println!("{BEGIN}");
    let name = OsString::from("headwater");
    let code = api::cli::run(std::iter::once(name).chain(given.lines().map(OsString::from)));
    std::process::exit(i32::from(code));
}
