//! Global ids: `gid://shopify/Order/123`.

/// The global id of an object.
pub(crate) fn gid(kind: &str, id: u64) -> String {
    format!("gid://shopify/{kind}/{id}")
}

/// Kind and number of a global id.
pub(crate) fn split(gid: &str) -> Option<(&str, u64)> {
    let (kind, rest) = gid.strip_prefix("gid://shopify/")?.split_once('/')?;
    let digits = rest.split('?').next().unwrap_or_default();
    Some((kind, digits.parse().ok()?))
}
