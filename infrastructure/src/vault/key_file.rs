//! The key file: the key-encryption keys and which of them is current. JSON, mode 0600, changed only as a whole.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::cipher::{Cipher, KEY_BYTES};

/// Why there is no key to work with. The hub does not start then.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// There is none.
    #[error("no key file at `{}`: restore it from its backup, or name the right one", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Others than its owner may read it.
    #[error("key file `{}` has mode {mode:04o}: run `chmod 600` on it, and rotate the key if others read it", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
        /// Its mode.
        mode: u32,
    },
    /// It is no key file.
    #[error("key file `{}` cannot be used: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; none of its content.
        why: &'static str,
    },
    /// It cannot be read or written.
    #[error("key file `{}`: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// A key-encryption key as it lies in the file.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct FileKey {
    pub(super) id: String,
    /// 32 bytes, base64.
    key: String,
}

/// The file's content.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeyFile {
    pub(super) current: String,
    pub(super) keys: Vec<FileKey>,
}

impl FileKey {
    fn random() -> Self {
        let mut name = [0_u8; 8];
        aws_lc_rs::rand::fill(&mut name).expect("the system's random source works or nothing does");
        Self { id: format!("k-{}", hex::encode(name)), key: STANDARD.encode(Cipher::random_key().as_slice()) }
    }

    pub(super) fn bytes(&self) -> Option<Zeroizing<[u8; KEY_BYTES]>> {
        let bytes = Zeroizing::new(STANDARD.decode(&self.key).ok()?);
        Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
    }

    fn id_is_plain(&self) -> bool {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (1..=64).contains(&self.id.len()) && self.id.chars().all(plain)
    }
}

impl KeyFile {
    fn fresh() -> Self {
        let key = FileKey::random();
        Self { current: key.id.clone(), keys: vec![key] }
    }

    /// Reads the file, refusing one that others may read.
    pub(super) fn read(path: &Path) -> Result<Self, KeyFileError> {
        let io = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound => KeyFileError::Missing { path: path.into() },
            _ => KeyFileError::Io { path: path.into(), source },
        };
        let mut file = File::open(path).map_err(io)?;
        // Of the open file, so that what is checked is what is read.
        let mode = file.metadata().map_err(io)?.permissions().mode() & 0o7777;
        if mode & 0o077 != 0 {
            return Err(KeyFileError::Exposed { path: path.into(), mode });
        }
        let mut text = Zeroizing::new(Vec::new());
        file.read_to_end(&mut text).map_err(io)?;
        Self::parse(&text).map_err(|why| KeyFileError::Malformed { path: path.into(), why })
    }

    fn parse(text: &[u8]) -> Result<Self, &'static str> {
        // The parser's own words could quote a key.
        let file: Self =
            serde_json::from_slice(text).map_err(|_| "it is not the JSON this version writes")?;
        if !file.keys.iter().all(FileKey::id_is_plain) {
            return Err("a key id must have 1 to 64 letters, digits, `-` or `_`");
        }
        if !file.keys.iter().all(|key| key.bytes().is_some()) {
            return Err("a key must be 32 bytes in base64");
        }
        let mut ids: Vec<&str> = file.keys.iter().map(|key| key.id.as_str()).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err("two keys have the same id");
        }
        if !ids.contains(&file.current.as_str()) {
            return Err("the current key is not among the keys");
        }
        Ok(file)
    }

    /// Makes the file with one random key. One that is there already, or appears meanwhile, stays as it is; answers
    /// whether it was made.
    pub(super) fn create(path: &Path) -> Result<bool, KeyFileError> {
        let io = |source| KeyFileError::Io { path: path.into(), source };
        if path.exists() {
            return Ok(false);
        }
        let draft = Self::fresh().write_draft(path).map_err(io)?;
        // A link, unlike a rename, fails when the file is there.
        let linked = fs::hard_link(&draft, path);
        fs::remove_file(&draft).map_err(io)?;
        match linked {
            Ok(()) => sync_folder(path).map(|()| true).map_err(io),
            Err(source) if source.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(source) => Err(io(source)),
        }
    }

    /// Adds a random key and makes it current; the older ones stay, to open what they sealed. Answers its id.
    pub(super) fn add_key(path: &Path) -> Result<String, KeyFileError> {
        let io = |source| KeyFileError::Io { path: path.into(), source };
        let mut file = Self::read(path)?;
        let key = FileKey::random();
        file.current.clone_from(&key.id);
        file.keys.push(key);
        let draft = file.write_draft(path).map_err(io)?;
        fs::rename(&draft, path).and_then(|()| sync_folder(path)).map_err(io)?;
        Ok(file.current)
    }

    /// Writes the content beside `path`, durable and readable for the owner only.
    fn write_draft(&self, path: &Path) -> io::Result<PathBuf> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.draft", std::process::id()));
        let draft = path.with_file_name(name);
        let text = Zeroizing::new(serde_json::to_vec_pretty(self).expect("strings become JSON"));
        let _ = fs::remove_file(&draft);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        file.write_all(&text)?;
        file.sync_all()?;
        Ok(draft)
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
