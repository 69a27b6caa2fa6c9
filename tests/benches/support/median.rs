//! The middle of several rounds.

/// Median of `part` over the rounds.
pub(crate) fn median<R>(rounds: &[R], part: impl Fn(&R) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(part).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
