//! Wall time and processor time of everything that took part.

use std::fmt;
use std::future::Future;
use std::time::Instant;

/// Clock ticks per second of `/proc/<pid>/stat` (USER_HZ, proc(5)); 100 on every Linux of today.
const TICKS: f64 = 100.0;

/// What a round took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Figure {
    things: usize,
    seconds: f64,
    cpu: Cpu,
}

/// Processor seconds.
#[derive(Clone, Copy, Debug, Default)]
struct Cpu {
    client: f64,
    server: f64,
}

impl Figure {
    pub(crate) fn per_second(&self) -> f64 {
        self.things as f64 / self.seconds
    }

    fn per_thousand(&self, seconds: f64) -> f64 {
        seconds * 1e6 / self.things as f64
    }

    /// Each figure's own median.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let of = |part: fn(&Self) -> f64| median(rounds.iter().map(part).collect());
        Self {
            things: rounds[0].things,
            seconds: of(|round| round.seconds),
            cpu: Cpu { client: of(|round| round.cpu.client), server: of(|round| round.cpu.server) },
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let client = self.per_thousand(self.cpu.client);
        let server = self.per_thousand(self.cpu.server);
        write!(
            f,
            "{:.0} /s, CPU ms per 1,000: {client:.1} here, {server:.1} in PostgreSQL",
            self.per_second()
        )
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(crate) async fn run(things: usize, work: impl Future<Output = ()>) -> Figure {
    let (began, before) = (Instant::now(), cpu());
    work.await;
    let (seconds, after) = (began.elapsed().as_secs_f64(), cpu());
    let cpu = Cpu { client: after.client - before.client, server: after.server - before.server };
    Figure { things, seconds, cpu }
}

/// User and system time of this process, and of every PostgreSQL process.
fn cpu() -> Cpu {
    let me = std::process::id().to_string();
    let mut cpu = Cpu::default();
    for process in std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok) {
        let Ok(stat) = std::fs::read_to_string(process.path().join("stat")) else { continue };
        let Some((head, rest)) = stat.rsplit_once(')') else { continue };
        let ticks = rest.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok());
        let seconds = ticks.sum::<f64>() / TICKS;
        if process.file_name().to_str() == Some(&me) {
            cpu.client += seconds;
        } else if head.ends_with("(postgres") {
            cpu.server += seconds;
        }
    }
    cpu
}
