//! Which side wins when both changed, and who says so.

use serde::{Deserialize, Serialize};

use crate::value::{MergeFallback, Side, Strategy};

/// How collisions of a config are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The strategy.
    #[serde(default = "last_write_wins")]
    pub strategy: Strategy,
    /// The side that wins by priority, and where times cannot tell.
    #[serde(default = "local")]
    pub priority: Side,
    /// What `merge_fields` does with the rules that collide.
    #[serde(default = "source_priority")]
    pub merge_fallback: MergeFallback,
}

impl Default for Policy {
    fn default() -> Self {
        Self { strategy: last_write_wins(), priority: local(), merge_fallback: source_priority() }
    }
}

const fn last_write_wins() -> Strategy {
    Strategy::LastWriteWins
}

const fn local() -> Side {
    Side::Local
}

const fn source_priority() -> MergeFallback {
    MergeFallback::SourcePriority
}
