//! The subjects' keys: random, stored wrapped by their organization's key with the first event they seal, and kept
//! in memory while they are of use.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use application::ports::Unavailable;
use application::ports::vault::VaultError;
use domain::ids::OrganizationId;
use domain::stream::StreamId;
use zeroize::Zeroizing;

use super::super::raw::{NewKey, RawLog, broken};
use crate::vault::{FileVault, KeyWrapper};

/// A subject's key.
pub(super) type SubjectKey = Arc<Zeroizing<[u8; 32]>>;

/// Keys per generation; two are kept, so that at least this many of the last used are at hand.
const GENERATION: usize = 4_096;

/// A subject's key as far as this process knows.
#[derive(Clone)]
enum Held {
    /// Erased: what it sealed is gone.
    Destroyed,
    /// In the database.
    Stored(SubjectKey),
    /// Not in the database before the event that it seals; with its wrapped form.
    Pending(SubjectKey, Vec<u8>),
}

type Name = (OrganizationId, StreamId);

/// Keys by organization and subject, so that looking one up copies nothing.
#[derive(Default)]
struct Keys(HashMap<OrganizationId, HashMap<StreamId, Held>>);

/// Keys of one operation.
#[derive(Default)]
pub(crate) struct Ring(Keys);

/// All keys of this process.
pub(crate) struct SubjectKeys {
    vault: Arc<FileVault>,
    raw: Arc<dyn RawLog>,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    young: Keys,
    /// How many are young.
    count: usize,
    old: Keys,
}

impl SubjectKeys {
    pub(crate) fn new(vault: Arc<FileVault>, raw: Arc<dyn RawLog>) -> Self {
        Self { vault, raw, cache: Mutex::default() }
    }

    /// The keys of `subjects` that exist; one query per organization for those that are not in memory.
    pub(crate) async fn ring(&self, subjects: Vec<Name>) -> Result<Ring, Unavailable> {
        let mut ring = Ring::default();
        let mut missing: HashMap<OrganizationId, Vec<StreamId>> = HashMap::new();
        {
            let cache = self.cache();
            for (organization, subject) in subjects {
                match cache.get(organization, &subject) {
                    // Of two processes that start one record at once, the other's key may be the stored one.
                    None | Some(Held::Pending(..)) => missing.entry(organization).or_default().push(subject),
                    Some(held) => {
                        ring.0.insert(organization, subject, held.clone());
                    }
                }
            }
        }
        for (organization, subjects) in missing {
            self.fetch(organization, subjects, &mut ring).await?;
        }
        Ok(ring)
    }

    async fn fetch(
        &self,
        organization: OrganizationId,
        subjects: Vec<StreamId>,
        ring: &mut Ring,
    ) -> Result<(), Unavailable> {
        let stored = self.raw.subject_keys(organization, subjects).await?;
        if stored.is_empty() {
            return Ok(());
        }
        let wrapper = self.wrapper(organization).await?;
        let mut cache = self.cache();
        for (subject, wrapped) in stored {
            let held = match wrapped {
                None => Held::Destroyed,
                Some(wrapped) => Held::Stored(Arc::new(
                    wrapper.unwrap(&associated(&subject), &wrapped).map_err(|error| away(&error))?,
                )),
            };
            cache.insert(organization, subject.clone(), held.clone());
            ring.0.insert(organization, subject, held);
        }
        Ok(())
    }

    /// The organization's key, to wrap new keys with.
    pub(crate) async fn wrapper(&self, organization: OrganizationId) -> Result<KeyWrapper, Unavailable> {
        self.vault.organization_wrapper(organization).await.map_err(|error| away(&error))
    }

    /// The key that seals the subject's next event, and the row to store with it unless it is stored already.
    /// `None` for a destroyed one: what comes after an erasure is not kept either.
    pub(crate) fn sealing(
        &self,
        ring: &Ring,
        wrapper: &KeyWrapper,
        (organization, subject): (OrganizationId, &StreamId),
    ) -> Option<(SubjectKey, Option<NewKey>)> {
        let held = ring.0.get(organization, subject).cloned();
        let held = held.or_else(|| self.cache().get(organization, subject).cloned());
        let held = held.unwrap_or_else(|| {
            let key = KeyWrapper::random_key();
            let wrapped = wrapper.wrap(&associated(subject), &key);
            let held = Held::Pending(Arc::new(key), wrapped);
            self.cache().insert(organization, subject.clone(), held.clone());
            held
        });
        match held {
            Held::Destroyed => None,
            Held::Stored(key) => Some((key, None)),
            Held::Pending(key, wrapped) => Some((key, Some(NewKey { stream: subject.clone(), wrapped }))),
        }
    }

    /// Remembers what became of keys that were sent with an append. One that was not stored is made anew, since
    /// another process may have stored its own meanwhile.
    pub(crate) fn settle(&self, organization: OrganizationId, keys: &[NewKey], stored: bool) {
        let mut cache = self.cache();
        for key in keys {
            let known = cache.get(organization, &key.stream);
            let Some(Held::Pending(secret, wrapped)) = known else { continue };
            if *wrapped != key.wrapped {
                continue;
            }
            let secret = Arc::clone(secret);
            if stored {
                cache.insert(organization, key.stream.clone(), Held::Stored(secret));
            } else {
                cache.young.remove(organization, &key.stream);
                cache.old.remove(organization, &key.stream);
            }
        }
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// The key that opens a subject's sealed contents; `None` when it was destroyed.
    pub(crate) fn opening(&self, organization: OrganizationId, subject: &StreamId) -> Option<&SubjectKey> {
        match self.0.get(organization, subject)? {
            Held::Destroyed => None,
            Held::Stored(key) | Held::Pending(key, _) => Some(key),
        }
    }
}

impl Keys {
    fn get(&self, organization: OrganizationId, subject: &StreamId) -> Option<&Held> {
        self.0.get(&organization)?.get(subject)
    }

    /// Answers whether the key is new here.
    fn insert(&mut self, organization: OrganizationId, subject: StreamId, held: Held) -> bool {
        self.0.entry(organization).or_default().insert(subject, held).is_none()
    }

    fn remove(&mut self, organization: OrganizationId, subject: &StreamId) {
        self.0.get_mut(&organization).map(|keys| keys.remove(subject));
    }
}

impl Cache {
    fn get(&self, organization: OrganizationId, subject: &StreamId) -> Option<&Held> {
        self.young.get(organization, subject).or_else(|| self.old.get(organization, subject))
    }

    fn insert(&mut self, organization: OrganizationId, subject: StreamId, held: Held) {
        if self.count >= GENERATION {
            self.old = std::mem::take(&mut self.young);
            self.count = 0;
        }
        if self.young.insert(organization, subject, held) {
            self.count += 1;
        }
    }
}

/// A wrapped key belongs to its subject; moved to another it does not unwrap.
fn associated(subject: &StreamId) -> Vec<u8> {
    format!("subject/{subject}").into_bytes()
}

fn away(error: &VaultError) -> Unavailable {
    match error {
        VaultError::Unavailable(error) => error.clone(),
        error => broken(error),
    }
}
