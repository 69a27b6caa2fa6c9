//! Whom to call, and what reading answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use domain::fields::Fields;
use domain::ids::{IntegrationId, OrganizationId};
use serde_json::value::RawValue;

use crate::ports::limiter::Limit;

/// Whom to call.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The tenant.
    pub organization: OrganizationId,
    /// The connection.
    pub integration: IntegrationId,
    /// The provider's key.
    pub provider: String,
    /// The remote company; `-` without realms.
    pub realm: String,
    /// Base URL of this connection, where it is not the manifest's.
    pub base_url: Option<String>,
    /// Settings of the setup form that are no secrets.
    pub settings: Fields,
    /// Limit raised by an operator.
    pub limit: Option<Limit>,
    /// Paths of fields that are mapped, by entity of the provider's: requests that list fields ask for those that only
    /// this connection has, too.
    pub mapped: BTreeMap<String, Vec<String>>,
}

/// A record as the provider shows it.
#[derive(Clone, Debug)]
pub struct RemoteRecord {
    /// Its id.
    pub id: String,
    /// Its content, as sent.
    pub body: Box<RawValue>,
    /// Token for optimistic locking.
    pub version_token: Option<String>,
    /// When the provider says it last changed.
    pub updated_at: Option<DateTime<Utc>>,
    /// When the provider says it was created.
    pub created_at: Option<DateTime<Utc>>,
    /// Gone or inactive.
    pub deleted: bool,
}

impl RemoteRecord {
    /// Its fields; empty when the body is no object.
    pub fn fields(&self) -> Fields {
        serde_json::from_str(self.body.get()).unwrap_or_default()
    }
}

/// Where a reader has got to; opaque, made by the interpreter from data or the provider's own headers, never from
/// our clock.
pub type Cursor = String;

/// How to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadMode {
    /// Everything.
    Full,
    /// What changed since the cursor.
    Incremental,
}

/// A page of records.
#[derive(Clone, Debug)]
pub struct Page {
    /// Records, as ordered by the provider.
    pub records: Vec<RemoteRecord>,
    /// To ask for the next page; `None` at the end.
    pub next: Option<Cursor>,
    /// What the next incremental read begins with, once this read has ended.
    pub resume: Option<Cursor>,
}
