//! Values parsed once and valid for ever: the enumerations, names and limits of the language.

mod country;
mod names;
mod words;

pub use country::{Country, UnknownCountry};
pub use names::{Code, DisplayName, EntityName, LocalId, NameError, RemoteId};
pub use words::*;
