//! Connecting: attempts, confirmation, refusal, rotation, giving up.

use chrono::{DateTime, Utc};

use super::{Decision, shortened};
use crate::integration::aggregate::Integration;
use crate::integration::commands::ConfirmConnection;
use crate::integration::error::IntegrationError;
use crate::integration::events::{
    ConnectionBegun, ConnectionConfirmed, ConnectionExpired, ConnectionRefused, CredentialRotated,
    CredentialsProvided, Disconnected, IntegrationEvent,
};
use crate::integration::parts::{Credential, CredentialReference};
use crate::value::Connection;

impl Integration {
    pub(super) fn begin_connecting(&self, attempt: String) -> Vec<IntegrationEvent> {
        if self.is_open(&attempt) {
            return Vec::new();
        }
        vec![ConnectionBegun { attempt }.into()]
    }

    pub(super) fn confirm_connection(&self, confirm: ConfirmConnection) -> Decision {
        if let Some(attempt) = &confirm.attempt {
            if self.confirmed_attempt.as_ref() == Some(attempt) {
                return Ok(Vec::new());
            }
            if !self.is_open(attempt) {
                return Err(IntegrationError::AttemptNotOpen);
            }
        }
        let ConfirmConnection { attempt, realm, realm_name, credential, scopes, change_realm } = confirm;
        let previous_realm = self.realm.clone().filter(|known| *known != realm);
        if let (Some(known), false) = (&previous_realm, change_realm) {
            return Err(IntegrationError::RealmDiffers { known: known.clone(), given: realm });
        }
        let credential = self.with_known_names(credential);
        let confirmed =
            ConnectionConfirmed { attempt, realm, realm_name, previous_realm, credential, scopes };
        if confirmed.attempt.is_none() && self.stands_as(&confirmed) {
            return Ok(Vec::new());
        }
        Ok(vec![confirmed.into()])
    }

    pub(super) fn refuse_connection(&self, attempt: String, reason: &str) -> Decision {
        if !self.is_open(&attempt) {
            return Err(IntegrationError::AttemptNotOpen);
        }
        Ok(vec![ConnectionRefused { attempt, reason: shortened(reason) }.into()])
    }

    pub(super) fn provide_credentials(&self, credential: Credential) -> Vec<IntegrationEvent> {
        if self.credential.as_ref() == Some(&credential) {
            return Vec::new();
        }
        vec![CredentialsProvided { credential }.into()]
    }

    pub(super) fn mark_expired(&self, reason: &str) -> Decision {
        match self.connection {
            Connection::Connected | Connection::Error => {
                Ok(vec![ConnectionExpired { reason: shortened(reason) }.into()])
            }
            Connection::Expired => Ok(Vec::new()),
            Connection::Disconnected | Connection::Connecting => Err(IntegrationError::NotConnected),
        }
    }

    pub(super) fn record_rotation(
        &self,
        reference: CredentialReference,
        token_expires_at: Option<DateTime<Utc>>,
    ) -> Decision {
        let Some(credential) = &self.credential else {
            return Err(IntegrationError::NotConnected);
        };
        let known = credential.reference == reference && credential.token_expires_at == token_expires_at;
        if known && self.connection != Connection::Expired {
            return Ok(Vec::new());
        }
        Ok(vec![CredentialRotated { reference, token_expires_at }.into()])
    }

    pub(super) fn disconnect(&self, reason: Option<&str>) -> Vec<IntegrationEvent> {
        if self.connection == Connection::Disconnected && self.attempt.is_none() && self.credential.is_none()
        {
            return Vec::new();
        }
        vec![Disconnected { reason: reason.map(shortened) }.into()]
    }

    fn is_open(&self, attempt: &str) -> bool {
        self.attempt.as_ref().is_some_and(|open| open.id == attempt)
    }

    /// A confirmation of credentials that were put before does not have to name them again.
    fn with_known_names(&self, mut credential: Credential) -> Credential {
        if let Some(known) = &self.credential
            && credential.names.is_empty()
            && known.reference == credential.reference
        {
            credential.names.clone_from(&known.names);
        }
        credential
    }

    fn stands_as(&self, confirmed: &ConnectionConfirmed) -> bool {
        self.connection == Connection::Connected
            && self.attempt.is_none()
            && self.realm.as_ref() == Some(&confirmed.realm)
            && self.credential.as_ref() == Some(&confirmed.credential)
            && self.scopes == confirmed.scopes
    }
}
