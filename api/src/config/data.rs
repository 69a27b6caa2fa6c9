//! Where the data lies.

use std::path::{Path, PathBuf};

use clap::Args;

/// The database.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Data")]
pub struct DataConfig {
    /// Folder of the database file and the key file, unless they are named themselves
    #[arg(long, global = true, env = "HEADWATER_DATA_DIR", value_name = "DIR", default_value = ".")]
    pub data_dir: PathBuf,

    /// `sqlite:PATH` or `postgres://…` [default: sqlite:<data-dir>/headwater.db]
    #[arg(long, global = true, env = "HEADWATER_DATABASE", value_name = "URL", hide_env_values = true)]
    pub database: Option<String>,

    /// Connections to PostgreSQL at most, beside the two for appends
    #[arg(
        long,
        global = true,
        env = "HEADWATER_DATABASE_CONNECTIONS",
        value_name = "N",
        default_value_t = 10
    )]
    pub database_connections: u32,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { data_dir: PathBuf::from("."), database: None, database_connections: 10 }
    }
}

impl DataConfig {
    /// The data of a folder, in SQLite.
    pub fn in_folder(folder: &Path) -> Self {
        Self { data_dir: folder.to_owned(), ..Self::default() }
    }

    /// The URL of the database.
    pub fn url(&self) -> String {
        match &self.database {
            Some(url) => url.clone(),
            None => format!("sqlite:{}", self.data_dir.join("headwater.db").display()),
        }
    }

    /// The database file; `None` for PostgreSQL.
    pub fn file(&self) -> Option<PathBuf> {
        let url = self.url();
        let path = url.strip_prefix("sqlite:")?;
        Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }
}
