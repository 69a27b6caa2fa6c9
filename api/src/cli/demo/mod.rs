//! `headwater demo`: everything once, on this machine, in under a minute.

mod command;

pub(crate) use command::DemoArgs;
