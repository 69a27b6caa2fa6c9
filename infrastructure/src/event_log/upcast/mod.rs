//! Old shapes of events, and how each becomes the next. The only place that knows them.

use serde_json::Value;

/// From one version of a payload to a later one.
#[derive(Clone, Copy, Debug)]
pub struct Upcaster {
    /// The event's persisted name.
    pub name: &'static str,
    /// The version it reads.
    pub from: &'static str,
    /// The version it makes.
    pub to: &'static str,
    /// The change, on JSON whose numbers keep their digits.
    pub convert: fn(Value) -> Value,
}

/// Every upcaster of this program. None yet: every event is in its first version.
pub const UPCASTERS: &[Upcaster] = &[];

/// The payload in its newest version, when it is not that already.
pub(super) fn upcast(
    name: &str,
    version: &str,
    payload: &str,
    upcasters: &[Upcaster],
) -> serde_json::Result<Option<(&'static str, String)>> {
    let next =
        |version: &str| upcasters.iter().find(|upcaster| upcaster.name == name && upcaster.from == version);
    let Some(mut upcaster) = next(version) else { return Ok(None) };
    let mut value = (upcaster.convert)(serde_json::from_str(payload)?);
    while let Some(later) = next(upcaster.to) {
        value = (later.convert)(value);
        upcaster = later;
    }
    Ok(Some((upcaster.to, value.to_string())))
}
