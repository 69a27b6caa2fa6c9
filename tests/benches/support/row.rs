//! A line of the result: our figure, the peer's, the ratio, the goal, and whether it is reached.

use std::ops::RangeInclusive;

/// Prints a line. `figures` says what the figure is made of; a goal without end is one to be exceeded.
pub(crate) fn print(name: &str, figures: &str, figure: f64, goal: &RangeInclusive<f64>) {
    let verdict = if goal.contains(&figure) { "reached" } else { "MISSED" };
    let wanted = if goal.end().is_finite() {
        format!("at most {}", goal.end())
    } else {
        format!("at least {}", goal.start())
    };
    println!("{name}\n  {figures}\n  {figure:.2}, goal {wanted}: {verdict}\n");
}
