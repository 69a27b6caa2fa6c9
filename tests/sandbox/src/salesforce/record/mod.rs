//! Records: reading, writing, describing, and what changed.

mod changes;
mod check;
mod collections;
mod complete;
mod conditions;
mod describe;
mod objects;
mod save;

pub(super) use collections::collections;
pub(super) use describe::{describe, global};
pub(super) use objects::{objects, shown};
pub(super) use save::{Ask, create, remove, update};
