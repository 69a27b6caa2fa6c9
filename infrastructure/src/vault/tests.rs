use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use application::ports::vault::VaultError;
use domain::ids::DEFAULT_ORGANIZATION;
use uuid::Uuid;

use super::KeyFileError;
use super::cipher::Cipher;
use super::envelope::{Belongs, Envelope, seal};
use super::key_file::KeyFile;
use super::key_wrapper::KeyWrapper;
use super::keyring::Keyring;

const HERE: Belongs<'static> = Belongs { organization: DEFAULT_ORGANIZATION, context: "connection/1/tokens" };

fn keyring(folder: &Path) -> Keyring {
    let path = folder.join("keys.json");
    KeyFile::create(&path).unwrap();
    Keyring::from(&KeyFile::read(&path).unwrap())
}

fn open(keyring: &Keyring, belongs: Belongs<'_>, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
    let envelope = Envelope::parse(sealed).ok_or(VaultError::NotAuthentic)?;
    keyring.open(belongs, &envelope).map(|plain| plain.to_vec())
}

#[test]
fn what_is_sealed_opens_for_the_same_organization_and_context_only() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = keyring(folder.path());
    let sealed = keyring.seal(HERE, b"refresh");
    assert_eq!(open(&keyring, HERE, &sealed).unwrap(), b"refresh");
    let elsewhere = Belongs { context: "connection/2/tokens", ..HERE };
    assert!(matches!(open(&keyring, elsewhere, &sealed), Err(VaultError::NotAuthentic)));
    let stranger = Belongs { organization: Uuid::from_u128(7).into(), ..HERE };
    assert!(matches!(open(&keyring, stranger, &sealed), Err(VaultError::NotAuthentic)));
}

#[test]
fn the_same_content_is_sealed_differently_each_time_and_nothing_shows() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = keyring(folder.path());
    let (one, two) = (keyring.seal(HERE, b"refresh"), keyring.seal(HERE, b"refresh"));
    assert_ne!(one, two);
    assert!(!one.windows(7).any(|part| part == b"refresh"));
    assert_eq!(open(&keyring, HERE, &keyring.seal(HERE, b"")).unwrap(), b"");
}

#[test]
fn every_altered_byte_and_every_cut_is_noticed_without_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let keyring = keyring(folder.path());
    let sealed = keyring.seal(HERE, b"secret");
    for place in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[place] ^= 1;
        assert!(open(&keyring, HERE, &altered).is_err(), "byte {place}");
        assert!(open(&keyring, HERE, &sealed[..place]).is_err(), "cut at {place}");
    }
    for garbage in [&[][..], &[1], &[1, 255], &[1, 0], &[2; 200], &[0xff; 200], &[1; 200]] {
        assert!(open(&keyring, HERE, garbage).is_err());
    }
}

#[test]
fn swapped_data_keys_do_not_open() {
    let key = Cipher::new(&Cipher::random_key());
    let there = Belongs { context: "connection/2/tokens", ..HERE };
    let (one, two) = (seal(("k", &key), HERE, b"one"), seal(("k", &key), there, b"two"));
    // The head names version, key and data key; the rest is the content.
    let head = 3 + 60;
    let mixed = [&one[..head], &two[head..]].concat();
    assert!(Envelope::parse(&mixed).unwrap().open(&key, HERE).is_none());
    assert!(Envelope::parse(&mixed).unwrap().open(&key, there).is_none());
}

#[test]
fn a_wrapped_key_unwraps_for_what_it_belongs_to_only() {
    let wrapper = KeyWrapper::new(&Cipher::random_key());
    let key = KeyWrapper::random_key();
    let wrapped = wrapper.wrap(b"subject/1", &key);
    assert_eq!(wrapper.unwrap(b"subject/1", &wrapped).unwrap(), key);
    assert!(wrapper.unwrap(b"subject/2", &wrapped).is_err());
    assert!(KeyWrapper::new(&Cipher::random_key()).unwrap(b"subject/1", &wrapped).is_err());
    for cut in 0..wrapped.len() {
        assert!(wrapper.unwrap(b"subject/1", &wrapped[..cut]).is_err());
    }
}

#[test]
fn the_key_file_is_made_once_with_mode_0600() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    assert!(KeyFile::create(&path).unwrap());
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let before = fs::read(&path).unwrap();
    assert!(!KeyFile::create(&path).unwrap());
    assert_eq!(fs::read(&path).unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft stays behind");
}

#[test]
fn a_key_file_that_others_may_read_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    KeyFile::create(&path).unwrap();
    for mode in [0o640, 0o604, 0o660] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let refused = KeyFile::read(&path).err().unwrap();
        assert!(matches!(refused, KeyFileError::Exposed { mode: found, .. } if found == mode), "{refused}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o400)).unwrap();
    assert!(KeyFile::read(&path).is_ok());
}

#[test]
fn a_missing_or_malformed_key_file_is_refused_without_quoting_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    assert!(matches!(KeyFile::read(&path), Err(KeyFileError::Missing { .. })));
    let key = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0MTI=";
    let keys = [
        format!(r#"{{"current": "a", "keys": [{{"id": "b", "key": "{key}"}}]}}"#),
        format!(r#"{{"current": "a|b", "keys": [{{"id": "a|b", "key": "{key}"}}]}}"#),
        format!(
            r#"{{"current": "a", "keys": [{{"id": "a", "key": "{key}"}}, {{"id": "a", "key": "{key}"}}]}}"#
        ),
        r#"{"current": "a", "keys": [{"id": "a", "key": "c2VjcmV0"}]}"#.to_owned(),
        r#"{"current": "a", "keys": []}"#.to_owned(),
        key.to_owned(),
    ];
    for text in keys {
        fs::write(&path, &text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let refused = KeyFile::read(&path).err().unwrap();
        assert!(matches!(refused, KeyFileError::Malformed { .. }), "{text}");
        assert!(!refused.to_string().contains("c2VjcmV0"), "{refused}");
    }
}

#[test]
fn an_added_key_is_current_and_the_older_one_still_opens() {
    let folder = tempfile::tempdir().unwrap();
    let old = keyring(folder.path());
    let sealed = old.seal(HERE, b"secret");
    let path = folder.path().join("keys.json");
    let key_id = KeyFile::add_key(&path).unwrap();
    let new = Keyring::from(&KeyFile::read(&path).unwrap());
    assert_eq!(new.current(), key_id);
    assert_eq!(open(&new, HERE, &sealed).unwrap(), b"secret");
    let rewrapped = new.rewrap(HERE, &sealed).unwrap();
    assert_eq!(Envelope::parse(&rewrapped).unwrap().key_id, key_id);
    assert_eq!(open(&new, HERE, &rewrapped).unwrap(), b"secret");
    assert!(
        matches!(open(&old, HERE, &rewrapped), Err(VaultError::UnknownKey { key_id: id }) if id == key_id)
    );
}
