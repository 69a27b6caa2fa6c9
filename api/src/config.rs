//! Settings: flags and environment variables, one section a file. The doc comments are the help texts.

mod connectors;
mod data;
mod duration;
mod egress;
mod keys;
mod listen;
mod logging;
#[cfg(test)]
mod tests;
mod timing;

use clap::Args;

pub use connectors::ConnectorsConfig;
pub use data::DataConfig;
pub use egress::EgressConfig;
pub use keys::KeysConfig;
pub use listen::{Exposed, ListenConfig};
pub use logging::{LogFormat, LoggingConfig};
pub use timing::TimingConfig;

/// Everything a hub needs to know to run.
#[derive(Args, Clone, Debug, Default)]
pub struct Config {
    /// Where the data lies.
    #[command(flatten)]
    pub data: DataConfig,
    /// Where the keys lie.
    #[command(flatten)]
    pub keys: KeysConfig,
    /// Where it listens.
    #[command(flatten)]
    pub listen: ListenConfig,
    /// Which connectors it knows beyond its own.
    #[command(flatten)]
    pub connectors: ConnectorsConfig,
    /// Where it may call.
    #[command(flatten)]
    pub egress: EgressConfig,
    /// Times around a write.
    #[command(flatten)]
    pub timing: TimingConfig,
}
