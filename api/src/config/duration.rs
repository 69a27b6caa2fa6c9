//! Durations as people write them.

use std::time::Duration;

/// Reads `800ms`, `2s` or `5m`.
pub(super) fn parse(text: &str) -> Result<Duration, String> {
    let (digits, scale): (&str, fn(u64) -> Duration) = if let Some(digits) = text.strip_suffix("ms") {
        (digits, Duration::from_millis)
    } else if let Some(digits) = text.strip_suffix('s') {
        (digits, Duration::from_secs)
    } else if let Some(digits) = text.strip_suffix('m') {
        (digits, |minutes| Duration::from_secs(minutes.saturating_mul(60)))
    } else {
        return Err("write it as 800ms, 2s or 5m".to_owned());
    };
    digits.trim().parse().map(scale).map_err(|_| "write it as 800ms, 2s or 5m".to_owned())
}
