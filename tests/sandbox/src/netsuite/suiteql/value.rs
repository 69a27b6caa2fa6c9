//! Values of columns and expressions.

use std::cmp::Ordering;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::kit::decimals::parse;
use crate::netsuite::times::Zone;

/// A value while a query runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Text(String),
    Number(Decimal),
    Day(NaiveDate),
    /// Milliseconds since 1970.
    Instant(i64),
}

impl Value {
    /// As the answer shows it: always a text, dates in the account's format without a time.
    pub(super) fn shown(&self, zone: Zone) -> Option<String> {
        match self {
            Self::Null => None,
            Self::Text(text) => Some(text.clone()),
            Self::Number(number) => Some(number.normalize().to_string()),
            Self::Day(day) => Some(zone.write(*day)),
            Self::Instant(ms) => Some(zone.write(zone.local(*ms).date_naive())),
        }
    }

    /// How it compares; `None` with nothing. A text next to a date is read in the account's
    /// format; the error is a text that is none.
    pub(super) fn compare(&self, other: &Self, zone: Zone) -> Result<Option<Ordering>, String> {
        if *self == Self::Null || *other == Self::Null {
            return Ok(None);
        }
        if let (Some(left), Some(right)) = (self.number(), other.number()) {
            return Ok(Some(left.cmp(&right)));
        }
        if self.is_time() || other.is_time() {
            return Ok(Some(self.instant(zone)?.cmp(&other.instant(zone)?)));
        }
        Ok(Some(self.text(zone).cmp(&other.text(zone))))
    }

    /// How it sorts: nothing last, as the provider's database does.
    pub(super) fn sort(&self, other: &Self, zone: Zone) -> Ordering {
        match (self, other) {
            (Self::Null, Self::Null) => Ordering::Equal,
            (Self::Null, _) => Ordering::Greater,
            (_, Self::Null) => Ordering::Less,
            _ => self.compare(other, zone).ok().flatten().unwrap_or(Ordering::Equal),
        }
    }

    fn is_time(&self) -> bool {
        matches!(self, Self::Day(_) | Self::Instant(_))
    }

    fn number(&self) -> Option<Decimal> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => parse(text),
            _ => None,
        }
    }

    /// Milliseconds since 1970; a date is midnight in the account's zone.
    pub(super) fn instant(&self, zone: Zone) -> Result<i64, String> {
        match self {
            Self::Instant(ms) => Ok(*ms),
            Self::Day(day) => Ok(zone.instant((*day).into())),
            Self::Text(text) => {
                let naive = zone.parse(text).ok_or_else(|| format!("'{text}' is no date of this account"))?;
                Ok(zone.instant(naive))
            }
            other => Err(format!("{other:?} is no date")),
        }
    }

    pub(super) fn text(&self, zone: Zone) -> String {
        self.shown(zone).unwrap_or_default()
    }
}
