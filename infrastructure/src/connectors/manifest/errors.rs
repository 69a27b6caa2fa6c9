//! What a provider's refusals mean.

use domain::value::ErrorClass;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

use super::fields::{FieldIs, Place, Several};

/// Where an answer says what went wrong, and when. An answer whose root is an array is read as `{ "items": [...] }`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// Members that are there only in an error, also under status 200 (`Fault`, `errors`).
    #[serde(default)]
    pub error: Several<Place>,
    /// How an error under status 200 is told otherwise (`{ field = "ok", equals = false }`).
    pub failed: Option<FieldIs>,
    /// The provider's clock (`time`), RFC 3339; absent means the `Date` header. Readers and look-ups judge by it.
    pub time: Option<Place>,
    /// The provider's error code (`Fault.Error[0].code`); the first that is there counts.
    #[serde(default)]
    pub code: Several<Place>,
    /// The provider's words, in the order of preference; the first that is there is shown.
    #[serde(default)]
    pub message: Several<Place>,
    /// Further words, all of which are shown.
    pub details: Option<Details>,
}

/// A list of words in an error.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Details {
    /// The array.
    pub items: Place,
    /// The words in an element.
    pub message: Place,
    /// The field that an element is about.
    pub field: Option<Place>,
}

/// A refusal inside a good answer of one request (`data.customerCreate.userErrors`).
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Inner {
    /// Where it stands; an empty array, an empty object, null and false are none.
    pub at: Place,
    /// The code in it, or in its first element.
    pub code: Option<Place>,
    /// The words in it, or in its first element.
    pub message: Option<Place>,
    /// The field it is about.
    pub field: Option<Place>,
}

/// Which answers are meant; all that is given must fit.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matching {
    /// HTTP statuses, as `"404"` or `"5xx"`; absent means any.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub status: Vec<Status>,
    /// The provider's codes; absent means any.
    #[serde(default)]
    pub code: Vec<String>,
    /// A member of the answer with a certain value.
    pub when: Option<FieldIs>,
}

/// Whether a refused write had an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Surely none.
    None,
    /// Nobody knows: the outcome is looked up.
    Unknown,
}

/// A status code, or a class of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Exactly this one.
    Code(u16),
    /// Every one of a hundred (`5xx`).
    Class(u16),
}

impl Status {
    /// Whether `status` is meant.
    pub const fn fits(self, status: u16) -> bool {
        match self {
            Self::Code(code) => code == status,
            Self::Class(class) => class == status / 100,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        match text.strip_suffix("xx") {
            Some(class) => class.parse().ok().filter(|class| (1..=5).contains(class)).map(Self::Class),
            None => text.parse().ok().filter(|code| (100..=599).contains(code)).map(Self::Code),
        }
    }
}

impl<'de> Deserialize<'de> for Status {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("`{text}` is no status: write \"404\" or \"5xx\""))
        })
    }
}

/// One line of the error table. All that is given must fit; the first line that fits decides.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ErrorRule {
    /// HTTP statuses, as `"404"` or `"5xx"`; absent means any.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub status: Vec<Status>,
    /// The provider's codes; absent means any.
    #[serde(default)]
    pub code: Vec<String>,
    /// A member of the answer with a certain value.
    pub when: Option<FieldIs>,
    /// What can be done about it: `auth_expired`, `permission`, `validation`, `not_found`, `stale_version`,
    /// `duplicate`, `rate_limited`, `transient` or `unreadable`.
    #[schemars(with = "String")]
    pub class: ErrorClass,
    /// Whether a write had an effect; absent means `unknown` for statuses from 500 and for `transient` and
    /// `unreadable`, else `none`.
    pub effect: Option<Effect>,
    /// What a person should do next.
    pub next_step: Option<String>,
    /// How long to wait where the answer does not say, in seconds.
    pub wait_s: Option<u64>,
}
