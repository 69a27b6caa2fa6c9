//! What is logged, and how.

use clap::{Args, ValueEnum};

/// Log lines go to standard error.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Logging")]
pub struct LoggingConfig {
    /// What to log: `info`, or per part, such as `warn,application=debug`
    #[arg(long, global = true, env = "HEADWATER_LOG", value_name = "FILTER")]
    pub log: Option<String>,

    /// Log lines for people or for machines
    #[arg(long, global = true, env = "HEADWATER_LOG_FORMAT", value_name = "FORMAT", default_value = "text")]
    pub log_format: LogFormat,
}

/// Form of a log line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Text.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}
