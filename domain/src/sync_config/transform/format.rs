//! The `format` transform: dates, numbers and texts, spelled as the provider wants them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use super::{DatePattern, TransformError, config_error};
use crate::catalogue::FieldType;
use crate::fields::Fields;
use crate::money;

/// How the provider's spelling differs from ours.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// A date in the provider's pattern; ours are `YYYY-MM-DD` and RFC 3339, unless a pattern is given.
    Date(DateFormat),
    /// A number with so many decimals, moved by powers of ten, as number or text.
    Number(NumberFormat),
    /// A text in another case, trimmed, cut, or put into a template.
    Text(TextFormat),
}

/// Patterns of a date.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateFormat {
    /// The provider's pattern.
    pub remote: DatePattern,
    /// Ours, where it is not ISO 8601.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local: Option<DatePattern>,
}

/// Spelling of a number at the provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NumberFormat {
    /// Decimal places; halves are rounded away from zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scale: Option<u32>,
    /// Powers of ten between ours and theirs: 2 when they count cents.
    pub shift: i32,
    /// A text instead of a JSON number.
    pub as_text: bool,
}

/// Spelling of a text at the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TextFormat {
    /// Upper or lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub case: Option<Case>,
    /// Without white space at both ends.
    pub trim: bool,
    /// Characters kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<usize>,
    /// A text with `{}` where the value goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
}

/// Upper or lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Case {
    /// CAPITALS.
    Upper,
    /// small letters.
    Lower,
}

/// Why a value cannot be formatted. Says nothing of the value itself, which may be personal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Not in the expected date pattern.
    #[error("the value is no date in the form {pattern}: correct it, or change the rule's pattern")]
    NotADate {
        /// The pattern.
        pattern: String,
    },
    /// Not a number.
    #[error("the value is no number that can be kept exactly: correct it, or change the rule's transform")]
    NotANumber,
    /// Not a text.
    #[error("the value is neither text nor number: correct it, or change the rule's transform")]
    NotAText,
    /// It does not fit the template.
    #[error("the value is not in the form `{template}`: correct it, or change the rule's template")]
    OffTemplate {
        /// The template.
        template: String,
    },
    /// The transform only works the other way.
    #[error("this format has no inverse: make the rule outbound")]
    OneWay,
}

/// The format that a configuration describes; `{"format": "YYYY-MM-DD"}` is short for a date.
pub(super) fn parse(config: &Fields) -> Result<Format, TransformError> {
    let hint =
        "{\"format\": \"YYYY-MM-DD\"}, {\"number\": {\"scale\": 2}} or {\"text\": {\"case\": \"upper\"}}";
    let refused = |reason: String| config_error("format", reason, hint);
    if let (Some(Value::String(pattern)), 1) = (config.get("format"), config.len()) {
        let remote = DatePattern::parse(pattern).map_err(|error| refused(error.to_string()))?;
        return Ok(Format::Date(DateFormat { remote, local: None }));
    }
    let format: Format =
        serde_json::from_value(Value::Object(config.clone())).map_err(|error| refused(error.to_string()))?;
    match &format {
        Format::Text(text) if text.template.as_ref().is_some_and(|t| t.matches("{}").count() != 1) => {
            Err(refused("`template` needs `{}` exactly once".into()))
        }
        Format::Number(number) if number.scale.unwrap_or(0) > 20 || number.shift.abs() > 20 => {
            Err(refused("`scale` and `shift` are at most 20".into()))
        }
        _ => Ok(format),
    }
}

impl Format {
    /// Whether the provider's spelling can be read back into a field of ours of this type.
    pub fn has_inverse(&self, local: &FieldType) -> bool {
        match self {
            Self::Date(date) => {
                let moment =
                    *local == FieldType::DateTime || date.local.as_ref().is_some_and(DatePattern::has_time);
                date.remote.has_date() && (date.remote.has_time() || !moment)
            }
            Self::Number(_) => true,
            Self::Text(text) => text.case.is_none() && !text.trim && text.max_length.is_none(),
        }
    }

    /// Ours, spelled as theirs.
    pub fn to_remote(&self, value: &Value) -> Result<Value, FormatError> {
        match self {
            Self::Date(date) => {
                let (moment, _) = read_local(date, value)?;
                Ok(Value::String(date.remote.write(&moment)))
            }
            Self::Number(number) => number.write(decimal(value)?),
            Self::Text(text) => text.write(value),
        }
    }

    /// Theirs, spelled as ours for a field of this type.
    pub fn to_local(&self, value: &Value, local: &FieldType) -> Result<Value, FormatError> {
        if !self.has_inverse(local) {
            return Err(FormatError::OneWay);
        }
        match self {
            Self::Date(date) => {
                let text = value.as_str().and_then(|text| date.remote.read(text));
                let moment =
                    text.ok_or_else(|| FormatError::NotADate { pattern: date.remote.to_string() })?;
                Ok(Value::String(write_local(date, &moment, local)))
            }
            Self::Number(number) => number.read(decimal(value)?, value.is_string()),
            Self::Text(text) => text.read(value),
        }
    }
}

/// Our date, and whether it had a time.
fn read_local(date: &DateFormat, value: &Value) -> Result<(NaiveDateTime, bool), FormatError> {
    let pattern =
        || date.local.as_ref().map_or_else(|| "YYYY-MM-DD or RFC 3339".to_owned(), ToString::to_string);
    let text = value.as_str().ok_or_else(|| FormatError::NotADate { pattern: pattern() })?;
    let read = match &date.local {
        Some(own) => own.read(text).map(|moment| (moment, own.has_time())),
        None => NaiveDate::parse_from_str(text, "%Y-%m-%d")
            .map(|day| (day.and_time(NaiveTime::MIN), false))
            .or_else(|_| DateTime::parse_from_rfc3339(text).map(|moment| (moment.naive_utc(), true)))
            .ok(),
    };
    read.ok_or_else(|| FormatError::NotADate { pattern: pattern() })
}

fn write_local(date: &DateFormat, moment: &NaiveDateTime, local: &FieldType) -> String {
    match &date.local {
        Some(own) => own.write(moment),
        None if *local != FieldType::Date && date.remote.has_time() => {
            moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
        }
        None => moment.format("%Y-%m-%d").to_string(),
    }
}

fn decimal(value: &Value) -> Result<Decimal, FormatError> {
    money::decimal(value).map_err(|_| FormatError::NotANumber)
}

/// A JSON number of exactly these digits.
fn number(digits: &str) -> Result<Value, FormatError> {
    serde_json::from_str::<Number>(digits).map(Value::Number).map_err(|_| FormatError::NotANumber)
}

fn shifted(value: Decimal, shift: i32) -> Option<Decimal> {
    let ten = (0..shift.unsigned_abs()).try_fold(Decimal::ONE, |power, _| power.checked_mul(Decimal::TEN))?;
    if shift < 0 { value.checked_div(ten) } else { value.checked_mul(ten) }
}

impl NumberFormat {
    fn write(self, value: Decimal) -> Result<Value, FormatError> {
        let mut moved = shifted(value, self.shift).ok_or(FormatError::NotANumber)?;
        match self.scale {
            Some(scale) => {
                moved = money::round(moved, scale);
                moved.rescale(scale);
            }
            None if self.shift != 0 => moved = moved.normalize(),
            None => {}
        }
        if self.as_text { Ok(Value::String(moved.to_string())) } else { number(&moved.to_string()) }
    }

    fn read(self, value: Decimal, as_text: bool) -> Result<Value, FormatError> {
        let mut moved = shifted(value, -self.shift).ok_or(FormatError::NotANumber)?;
        if self.shift != 0 {
            moved = moved.normalize();
        }
        if as_text && !self.as_text {
            Ok(Value::String(moved.to_string()))
        } else {
            number(&moved.to_string())
        }
    }
}

impl TextFormat {
    fn write(&self, value: &Value) -> Result<Value, FormatError> {
        let mut text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.as_str().to_owned(),
            Value::Bool(flag) => flag.to_string(),
            _ => return Err(FormatError::NotAText),
        };
        if self.trim {
            text = text.trim().to_owned();
        }
        match self.case {
            Some(Case::Upper) => text = text.to_uppercase(),
            Some(Case::Lower) => text = text.to_lowercase(),
            None => {}
        }
        if let Some(template) = &self.template {
            text = template.replacen("{}", &text, 1);
        }
        if let Some(limit) = self.max_length {
            text = text.chars().take(limit).collect();
        }
        Ok(Value::String(text))
    }

    fn read(&self, value: &Value) -> Result<Value, FormatError> {
        let text = value.as_str().ok_or(FormatError::NotAText)?;
        let Some((before, after)) = self.template.as_ref().and_then(|template| template.split_once("{}"))
        else {
            return Ok(Value::String(text.to_owned()));
        };
        let inner = text.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let template = || FormatError::OffTemplate { template: self.template.clone().unwrap_or_default() };
        inner.map(|inner| Value::String(inner.to_owned())).ok_or_else(template)
    }
}
