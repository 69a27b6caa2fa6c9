//! Authorizations under way, in a table. The state is kept as SHA-256 only, the PKCE verifier sealed.

use std::sync::Arc;

use application::ports::oauth_attempts::{OAuthAttempt, OAuthAttempts};
use application::ports::vault::{Vault, VaultError};
use chrono::{DateTime, Days, Utc};
use domain::ids::OrganizationId;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::database::{Database, Row, Statement, away, params};
use crate::micros::{micros, time};
use crate::unguarded::unguarded;
use crate::vault::SealedTable;

/// Days after its end at which an attempt is forgotten.
const KEPT: Days = Days::new(7);

/// Every read answers these columns.
macro_rules! columns {
    () => {
        "name, organization, project, integration, provider, redirect_uri, additional_data, status, error,
         expires_at, sealed"
    };
}

const INSERT: &str =
    "INSERT INTO oauth_attempts (name, organization, state_digest, project, integration, provider,
        redirect_uri, additional_data, status, error, expires_at, key_id, sealed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";
const FORGET: &str = "DELETE FROM oauth_attempts WHERE expires_at < $1";
// One statement: of two who come with the same state, one finds it not yet taken.
const TAKE: &str = concat!(
    "UPDATE oauth_attempts SET taken = 1 WHERE state_digest = $1 AND taken = 0 AND expires_at > $2 RETURNING ",
    columns!()
);
const GET: &str =
    concat!("SELECT ", columns!(), " FROM oauth_attempts WHERE organization = $1 AND name = $2");
const END: &str =
    "UPDATE oauth_attempts SET status = $2, error = $3, taken = 1, sealed = NULL WHERE name = $1";
const DELETE: &str = "DELETE FROM oauth_attempts WHERE organization = $1 AND name = $2";

/// Attempts in the database, verifiers sealed by the vault.
pub struct DatabaseOAuthAttempts {
    database: Database,
    vault: Arc<dyn Vault>,
}

impl DatabaseOAuthAttempts {
    /// The attempts of `database`.
    pub fn new(database: Database, vault: Arc<dyn Vault>) -> Self {
        Self { database, vault }
    }

    fn insert(&self, attempt: &OAuthAttempt, state: &str) -> Result<Statement, VaultError> {
        let name = attempt.id.to_string();
        let context = SealedTable::OAUTH_ATTEMPTS.context(&name);
        let seal = |verifier: &SecretString| {
            self.vault.seal(attempt.organization, &context, verifier.expose_secret().as_bytes())
        };
        let sealed = attempt.verifier.as_ref().map(seal);
        let key_id = sealed.as_deref().map(SealedTable::key_id).transpose()?.unwrap_or_default().to_owned();
        let values = params![
            name,
            attempt.organization.to_string(),
            digest(state),
            attempt.project.to_string(),
            attempt.integration.to_string(),
            &attempt.provider,
            &attempt.redirect_uri,
            attempt.additional_data.clone(),
            &attempt.status,
            attempt.error.clone(),
            micros(attempt.expires_at),
            key_id,
            sealed,
        ];
        Ok(Statement::new(INSERT, values))
    }

    fn attempt(&self, row: &Row) -> Result<OAuthAttempt, VaultError> {
        let name = row.text(0)?;
        let organization: OrganizationId = id(row, 1)?.into();
        let open = |sealed: &[u8]| {
            let plain = self.vault.open(organization, &SealedTable::OAUTH_ATTEMPTS.context(name), sealed)?;
            let text = std::str::from_utf8(plain.expose_secret()).map_err(|_| VaultError::NotAuthentic)?;
            Ok::<_, VaultError>(SecretString::from(text))
        };
        Ok(OAuthAttempt {
            id: id(row, 0)?,
            organization,
            project: id(row, 2)?.into(),
            integration: id(row, 3)?.into(),
            provider: row.text(4)?.to_owned(),
            redirect_uri: row.text(5)?.to_owned(),
            verifier: row.opt_bytes(10)?.map(open).transpose()?,
            additional_data: row.opt_text(6)?.map(str::to_owned),
            status: row.text(7)?.to_owned(),
            error: row.opt_text(8)?.map(str::to_owned),
            expires_at: time(row.i64(9)?)?,
        })
    }

    async fn write(&self, statements: Vec<Statement>) -> Result<(), VaultError> {
        self.database.write(statements).await.map_err(unguarded)?;
        Ok(())
    }
}

fn id(row: &Row, column: usize) -> Result<Uuid, VaultError> {
    let parsed = row.text(column)?.parse();
    parsed.map_err(|_| away("an authorization attempt names no id").into())
}

fn digest(state: &str) -> String {
    hex::encode(Sha256::digest(state))
}

#[async_trait::async_trait]
impl OAuthAttempts for DatabaseOAuthAttempts {
    async fn begin(&self, attempt: &OAuthAttempt, state: &str) -> Result<(), VaultError> {
        let insert = self.insert(attempt, state)?;
        // What ended long before this one will is of no use to anybody.
        let long_ago = attempt.expires_at - KEPT;
        self.write(vec![Statement::new(FORGET, params![micros(long_ago)]), insert]).await
    }

    async fn take(&self, state: &str, now: DateTime<Utc>) -> Result<Option<OAuthAttempt>, VaultError> {
        let rows = self.database.write_query(TAKE, params![digest(state), micros(now)]).await?;
        rows.first().map(|row| self.attempt(row)).transpose()
    }

    async fn end(&self, id: Uuid, status: &str, error: Option<&str>) -> Result<(), VaultError> {
        self.write(vec![Statement::new(END, params![id.to_string(), status, error])]).await
    }

    async fn get(&self, organization: OrganizationId, id: Uuid) -> Result<Option<OAuthAttempt>, VaultError> {
        let rows = self.database.query(GET, params![organization.to_string(), id.to_string()]).await?;
        rows.first().map(|row| self.attempt(row)).transpose()
    }

    async fn delete(&self, organization: OrganizationId, id: Uuid) -> Result<(), VaultError> {
        self.write(vec![Statement::new(DELETE, params![organization.to_string(), id.to_string()])]).await
    }
}
