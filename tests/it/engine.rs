//! The engine end to end, against the simulators, step by step.

mod thread;
