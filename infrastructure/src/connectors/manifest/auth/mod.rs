//! How a provider knows who calls: a method with its kind, and where its secrets go in each call.

mod day;
mod deadline;
mod hosted;
mod kind;
mod method;
mod oauth1;
mod oauth2;
mod realm;
mod scope;
mod session;

pub use deadline::Deadline;
pub use hosted::{Ending, Hosted, Opening, Redeeming};
pub use kind::AuthKind;
pub use method::{Auth, BasicAuth, Send};
pub use oauth1::{Digest1, Legs, OAuth1, Place1};
pub use oauth2::{
    AnswerPlaces, Assertion, CallbackHmac, ClientAuth, Endpoints, Grant, JwtAlgorithm, OAuth2, TokenFormat,
};
pub use realm::{RealmFrom, Realms, TokenKind};
pub use scope::Scope;
pub use session::Session;
