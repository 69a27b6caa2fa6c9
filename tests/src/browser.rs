//! What a person's browser does in an authorization: opens a page and is sent back.

use std::collections::BTreeMap;

use anyhow::Context as _;

/// Opens `url` and answers the query of the address it is sent back to.
pub async fn follow(url: &str) -> anyhow::Result<BTreeMap<String, String>> {
    #[expect(clippy::disallowed_methods, reason = "a test acts as a browser here, not as the hub")]
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let answer = client.get(url).send().await?;
    let location =
        answer.headers().get("location").context("the page sends nobody back")?.to_str()?.to_owned();
    let back: url::Url = location.parse()?;
    Ok(back.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect())
}
