//! Rotation: everything sealed under an older key is wrapped anew under the current one, without being opened.

use application::ports::vault::VaultError;
use domain::ids::OrganizationId;

use super::envelope::{Belongs, Envelope};
use super::file_vault::FileVault;
use super::keyring::Keyring;
use crate::database::{Row, Statement, away, params};
use crate::unguarded::unguarded;

/// Rows wrapped anew in one transaction.
const PAGE: usize = 500;

/// A table of sealed rows: `organization`, `name`, `key_id` and `sealed`, bound to the context `<prefix>/<name>`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SealedTable {
    table: &'static str,
    prefix: &'static str,
}

impl SealedTable {
    pub(crate) const ORGANIZATION_KEYS: Self =
        Self { table: "organization_keys", prefix: "organization_key" };
    pub(crate) const CREDENTIALS: Self = Self { table: "credentials", prefix: "credentials" };
    pub(crate) const BLOBS: Self = Self { table: "blobs", prefix: "blob" };
    pub(crate) const OAUTH_ATTEMPTS: Self = Self { table: "oauth_attempts", prefix: "oauth_attempt" };
    /// Every table a rotation goes through.
    const ALL: [Self; 4] = [Self::ORGANIZATION_KEYS, Self::CREDENTIALS, Self::BLOBS, Self::OAUTH_ATTEMPTS];

    /// What the row of a name is bound to.
    pub(crate) fn context(self, name: &str) -> String {
        format!("{}/{name}", self.prefix)
    }

    /// The id of the key that something is sealed under, for the column beside it.
    pub(crate) fn key_id(sealed: &[u8]) -> Result<&str, VaultError> {
        Envelope::parse(sealed).map(|envelope| envelope.key_id).ok_or(VaultError::NotAuthentic)
    }

    fn select(self) -> String {
        let table = self.table;
        format!(
            "SELECT organization, name, sealed FROM {table} WHERE key_id <> $1 AND sealed IS NOT NULL
             AND (organization, name) > ($2, $3) ORDER BY organization, name LIMIT $4"
        )
    }

    // The old bytes guard it: a row that was sealed anew meanwhile is left alone.
    fn update(self) -> String {
        let table = self.table;
        format!(
            "UPDATE {table} SET key_id = $1, sealed = $2 WHERE organization = $3 AND name = $4 AND sealed = $5"
        )
    }
}

impl FileVault {
    /// Refuses to go on when something is sealed under a key that the file lacks; for the start.
    pub async fn check_keys(&self) -> Result<(), VaultError> {
        for table in SealedTable::ALL {
            let sql = format!("SELECT DISTINCT key_id FROM {} WHERE sealed IS NOT NULL", table.table);
            for row in self.database.query(&sql, Vec::new()).await? {
                let key_id = row.text(0)?;
                if !self.keyring_with(key_id).has(key_id) {
                    return Err(VaultError::UnknownKey { key_id: key_id.to_owned() });
                }
            }
        }
        Ok(())
    }

    /// Wraps under the current key what is sealed under another; answers how many rows. Doing it again does nothing,
    /// and one that was interrupted goes on where it stopped. Afterwards no row names an older key.
    pub async fn rewrap(&self) -> Result<u64, VaultError> {
        let mut done = 0;
        for table in SealedTable::ALL {
            done += self.rewrap_table(table).await?;
        }
        Ok(done)
    }

    async fn rewrap_table(&self, table: SealedTable) -> Result<u64, VaultError> {
        let keyring = self.keyring();
        let mut done = 0;
        let mut after = (String::new(), String::new());
        loop {
            let values = params![keyring.current(), &after.0, &after.1, PAGE];
            let rows = self.database.query(&table.select(), values).await?;
            let Some(last) = rows.last() else { return Ok(done) };
            after = (last.text(0)?.to_owned(), last.text(1)?.to_owned());
            let statements = rows.iter().map(|row| rewrap_row(table, &keyring, row));
            let statements = statements.collect::<Result<Vec<_>, _>>()?;
            done += self.database.write(statements).await.map_err(unguarded)?.iter().sum::<u64>();
        }
    }
}

fn rewrap_row(table: SealedTable, keyring: &Keyring, row: &Row) -> Result<Statement, VaultError> {
    let (organization, name, sealed) = (row.text(0)?, row.text(1)?, row.bytes(2)?);
    let owner: OrganizationId =
        organization.parse().map_err(|_| away("a sealed row names no organization"))?;
    let context = table.context(name);
    let rewrapped = keyring.rewrap(Belongs { organization: owner, context: &context }, sealed)?;
    Ok(Statement::new(table.update(), params![keyring.current(), rewrapped, organization, name, sealed]))
}
