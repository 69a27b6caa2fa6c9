//! A line of the result: our figure, the peer's, the ratio, the goal, and whether it is reached.

use std::fmt;

/// What is to be reached.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Goal {
    /// Smaller is better.
    AtMost(f64),
    /// Larger is better.
    AtLeast(f64),
}

impl Goal {
    fn reached(self, figure: f64) -> bool {
        match self {
            Self::AtMost(most) => figure <= most,
            Self::AtLeast(least) => figure >= least,
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtMost(most) => write!(f, "at most {most}"),
            Self::AtLeast(least) => write!(f, "at least {least}"),
        }
    }
}

/// Prints a line. `figures` says what the figure is made of.
pub(crate) fn print(name: &str, figures: &str, figure: f64, goal: Goal) {
    let verdict = if goal.reached(figure) { "reached" } else { "MISSED" };
    println!("{name}\n  {figures}\n  {figure:.2}, goal {goal}: {verdict}\n");
}
