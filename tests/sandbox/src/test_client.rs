//! The HTTP client of this crate's own tests.

#[expect(
    clippy::disallowed_methods,
    reason = "a test talks to the simulator directly, not through the product's client"
)]
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::new()
}
