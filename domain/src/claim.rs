//! Claims: every rule over a set of streams, in one mechanism that the append decides.
//!
//! A claim is a short binary key (kind ‖ scope ‖ natural key) that at most one stream holds.

use std::fmt;

use crate::digest::{Digest, Tag};
use crate::ids::{IntegrationId, OrganizationId, ProjectId, SyncConfigId};
use crate::value::Direction;

/// Which rule a claim stands for; the first byte of its key, persisted, so numbers are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ClaimKind {
    /// One live integration per project and provider.
    ProviderOfProject = 1,
    /// A unique code per organization.
    IntegrationCode = 2,
    /// One sync record per config, realm and remote id; its tag is the observation's.
    RemoteId = 3,
    /// One open write per remote object, across configs.
    OpenWrite = 4,
    /// One config per integration and entity pair.
    EntityPair = 5,
    /// One active full or incremental run per config and direction.
    ActiveRun = 6,
    /// One project name per organization.
    ProjectCode = 7,
}

impl ClaimKind {
    /// The kind a stored key starts with.
    pub fn of(key: &[u8]) -> Option<Self> {
        [
            Self::ProviderOfProject,
            Self::IntegrationCode,
            Self::RemoteId,
            Self::OpenWrite,
            Self::EntityPair,
            Self::ActiveRun,
            Self::ProjectCode,
        ]
        .into_iter()
        .find(|kind| key.first() == Some(&(*kind as u8)))
    }
}

/// The binary key of a claim. Natural keys go in as they are, so that keys arrive in order.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimKey(pub Vec<u8>);

impl fmt::Debug for ClaimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ClaimKey({})", hex::encode(&self.0))
    }
}

impl ClaimKey {
    /// The key as lower-case hex, as events carry it.
    pub fn to_hex(&self) -> String {
        hex::encode(&self.0)
    }

    /// One live integration per (project, provider).
    pub fn provider_of_project(project: ProjectId, provider: &str) -> Self {
        key(ClaimKind::ProviderOfProject, &[project.as_bytes(), provider.as_bytes()])
    }

    /// A unique integration code per organization; codes compare without case.
    pub fn integration_code(organization: OrganizationId, code: &str) -> Self {
        key(ClaimKind::IntegrationCode, &[organization.as_bytes(), code.to_lowercase().as_bytes()])
    }

    /// A project name per organization; names compare without case.
    pub fn project_name(organization: OrganizationId, name: &str) -> Self {
        key(ClaimKind::ProjectCode, &[organization.as_bytes(), name.to_lowercase().as_bytes()])
    }

    /// One sync record per (config, realm, remote id).
    pub fn remote_id(config: SyncConfigId, realm: &str, remote_id: &str) -> Self {
        key(ClaimKind::RemoteId, &[config.as_bytes(), realm.as_bytes(), b"\0", remote_id.as_bytes()])
    }

    /// One open update or delete per remote object.
    pub fn open_write(scope: &OpenWriteScope<'_>, remote_id: &str) -> Self {
        key(ClaimKind::OpenWrite, &[&scope.bytes(), b"i", remote_id.as_bytes()])
    }

    /// One open create per carried reference, natural key or body (`what`), by keyed digest since it may be personal.
    pub fn open_create(scope: &OpenWriteScope<'_>, what: Digest) -> Self {
        key(ClaimKind::OpenWrite, &[&scope.bytes(), b"c", &what.tag()])
    }

    /// One config per (integration, local entity, remote entity).
    pub fn entity_pair(integration: IntegrationId, local: &str, remote: &str) -> Self {
        key(ClaimKind::EntityPair, &[integration.as_bytes(), local.as_bytes(), b"\0", remote.as_bytes()])
    }

    /// One active run per (config, direction).
    pub fn active_run(config: SyncConfigId, direction: Direction) -> Self {
        key(ClaimKind::ActiveRun, &[config.as_bytes(), direction.as_str().as_bytes()])
    }
}

/// What an open write is unique in: organization, provider, realm and remote entity.
#[derive(Clone, Copy, Debug)]
pub struct OpenWriteScope<'a> {
    /// The tenant.
    pub organization: OrganizationId,
    /// The provider's key.
    pub provider: &'a str,
    /// The remote company.
    pub realm: &'a str,
    /// The provider's entity name.
    pub remote_entity: &'a str,
}

impl OpenWriteScope<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.organization.as_bytes().to_vec();
        for part in [self.provider, self.realm, self.remote_entity] {
            bytes.extend_from_slice(part.as_bytes());
            bytes.push(0);
        }
        bytes
    }
}

fn key(kind: ClaimKind, parts: &[&[u8]]) -> ClaimKey {
    let mut bytes = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    bytes.push(kind as u8);
    for part in parts {
        bytes.extend_from_slice(part);
    }
    ClaimKey(bytes)
}

/// What one event does to the claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimChange {
    /// The stream takes the claim; refused when another stream holds it.
    Take {
        /// The key.
        key: ClaimKey,
        /// Kept beside it, for look-ups without loading the stream.
        tag: Option<Tag>,
    },
    /// The stream, which holds the claim, changes its tag.
    Retag {
        /// The key.
        key: ClaimKey,
        /// The new tag.
        tag: Tag,
    },
    /// The stream gives the claim back.
    Release {
        /// The key.
        key: ClaimKey,
    },
}
