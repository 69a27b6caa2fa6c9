//! A record of the provider's that something of ours stands for.

use domain::integration::External;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What it is at the provider.
#[expect(clippy::struct_field_names, reason = "the names of the interface")]
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct ExternalShape {
    /// Its id.
    pub(super) external_id: Option<String>,
    /// Its account code.
    pub(super) external_account_code: Option<String>,
    /// Its name.
    pub(super) external_name: Option<String>,
}

impl ExternalShape {
    pub(super) fn of(external: &External) -> Self {
        Self {
            external_id: external.id.clone(),
            external_account_code: external.account_code.clone(),
            external_name: external.name.clone(),
        }
    }

    pub(super) fn into_external(self) -> External {
        External { id: self.external_id, account_code: self.external_account_code, name: self.external_name }
    }
}
