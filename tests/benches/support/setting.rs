//! What a run can be told by the environment.

/// A number from the environment: how much of something there is to do.
#[expect(clippy::disallowed_methods, reason = "a benchmark has no command line of its own")]
pub(crate) fn number(variable: &str, default: usize) -> usize {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
}
