//! Names and ids with their limits (`domain.md`, Values): refused when empty, too long or unsafe.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a text is no valid name or id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("{what} is empty: give at least one visible character")]
    Empty {
        /// Which name.
        what: &'static str,
    },
    /// Over the limit.
    #[error("{what} has {length} characters: {limit} are allowed")]
    TooLong {
        /// Which name.
        what: &'static str,
        /// Characters given.
        length: usize,
        /// Characters allowed.
        limit: usize,
    },
    /// A control character, U+0000 among them.
    #[error("{what} contains the control character U+{code:04X}: remove it")]
    Control {
        /// Which name.
        what: &'static str,
        /// The character.
        code: u32,
    },
    /// A local id that would be personal data.
    #[error("{what} looks like an e-mail address: use an opaque id, since ids are kept for ever")]
    Personal {
        /// Which name.
        what: &'static str,
    },
    /// A local id with our own prefix.
    #[error("{what} starts with `~`, which is kept for ids that Headwater makes")]
    Reserved {
        /// Which name.
        what: &'static str,
    },
    /// A key with characters other than lower-case letters, digits and `_`.
    #[error("{what} may contain lower-case letters, digits and `_` only")]
    NotAKey {
        /// Which name.
        what: &'static str,
    },
}

fn checked(text: &str, what: &'static str, limit: usize) -> Result<String, NameError> {
    if text.trim().is_empty() {
        return Err(NameError::Empty { what });
    }
    let length = text.chars().count();
    if length > limit {
        return Err(NameError::TooLong { what, length, limit });
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(NameError::Control { what, code: c as u32 }),
        None => Ok(text.to_owned()),
    }
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $check:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Checks `text`.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> Result<String, NameError> = $check;
                check(text).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

names! {
    /// A name that people read, at most 255 characters.
    DisplayName = |text| checked(text, "display_name", 255);
    /// A code, unique in its organization, at most 255 characters.
    Code = |text| checked(text, "code", 255);
    /// A remote id, at most 255 characters.
    RemoteId = |text| checked(text, "remote_id", 255);
    /// An entity of ours (`customer`), at most 50 characters: lower-case letters, digits, `_`.
    EntityName = |text| {
        let name = checked(text, "entity", 50)?;
        let key = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if key { Ok(name) } else { Err(NameError::NotAKey { what: "entity" }) }
    };
    /// A client's id for a record of its own, at most 255 characters, opaque.
    LocalId = |text| {
        let id = checked(text, "local_id", 255)?;
        if id.starts_with('~') {
            return Err(NameError::Reserved { what: "local_id" });
        }
        match id.split_once('@') {
            Some((user, host)) if !user.is_empty() && host.contains('.') => {
                Err(NameError::Personal { what: "local_id" })
            }
            _ => Ok(id),
        }
    };
}
