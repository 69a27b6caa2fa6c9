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
    cpu_seconds: f64,
}

impl Figure {
    pub(crate) fn per_second(&self) -> f64 {
        self.things as f64 / self.seconds
    }

    fn cpu_per_thousand(&self) -> f64 {
        self.cpu_seconds * 1e6 / self.things as f64
    }

    /// Each figure's own median.
    pub(crate) fn median(rounds: &[Self]) -> Self {
        let of = |part: fn(&Self) -> f64| median(rounds.iter().map(part).collect());
        Self {
            things: rounds[0].things,
            seconds: of(|round| round.seconds),
            cpu_seconds: of(|round| round.cpu_seconds),
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} /s, CPU {:.1} ms per 1,000", self.per_second(), self.cpu_per_thousand())
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(crate) async fn run(things: usize, work: impl Future<Output = ()>) -> Figure {
    let (began, cpu) = (Instant::now(), cpu_seconds());
    work.await;
    Figure { things, seconds: began.elapsed().as_secs_f64(), cpu_seconds: cpu_seconds() - cpu }
}

/// User and system time of this process and of every PostgreSQL process.
fn cpu_seconds() -> f64 {
    let me = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok);
    let ticks = processes.filter_map(|process| {
        let stat = std::fs::read_to_string(process.path().join("stat")).ok()?;
        let (head, rest) = stat.rsplit_once(')')?;
        let ours = process.file_name().to_str() == Some(&me) || head.ends_with("(postgres");
        let mut fields = rest.split_whitespace().skip(11);
        let ticks = fields.next()?.parse::<f64>().ok()? + fields.next()?.parse::<f64>().ok()?;
        ours.then_some(ticks)
    });
    ticks.sum::<f64>() / TICKS
}
