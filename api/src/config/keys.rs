//! Where the keys lie.

use std::path::{Path, PathBuf};

use clap::Args;

/// The key file.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "Keys")]
pub struct KeysConfig {
    /// Key file; made with mode 0600 on the first run in embedded mode [default: <data-dir>/headwater.key]
    #[arg(long, global = true, env = "HEADWATER_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
}

impl KeysConfig {
    /// The key file's path.
    pub fn path(&self, data_dir: &Path) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| data_dir.join("headwater.key"))
    }
}
