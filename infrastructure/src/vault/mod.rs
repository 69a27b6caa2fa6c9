//! Keys and sealing: the key file, envelopes under its keys, the organizations' own keys, and rotation.

mod cipher;
mod envelope;
mod file_vault;
mod key_file;
mod key_wrapper;
mod keyring;
mod organization_keys;
mod rotation;
#[cfg(test)]
mod tests;

pub use file_vault::FileVault;
pub use key_file::KeyFileError;
pub use key_wrapper::KeyWrapper;
pub(crate) use rotation::SealedTable;
