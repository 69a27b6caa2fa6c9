//! `POST /services/rest/query/v1/suiteql`.

use serde_json::Value;

use super::parser::parse;
use super::run::{Terms, run};
use crate::kit::Answer;
use crate::netsuite::call::Call;
use crate::netsuite::record::Page;
use crate::netsuite::refusal::Refusal;
use crate::netsuite::routes::App;

/// Rows a query may have over all its pages.
const MOST: usize = 100_000;

/// Runs the query in the body's `q`.
pub(in crate::netsuite) fn answer(app: &App, call: &Call) -> Result<Answer, Refusal> {
    if !call.prefers("transient") {
        return Err(Refusal::header("Prefer", "SuiteQL needs the header Prefer: transient."));
    }
    call.only(&["limit", "offset"])?;
    let page = Page::read(&call.params)?;
    if page.offset >= MOST {
        return Err(Refusal::parameter(
            "offset",
            format!("A query returns at most {MOST} rows; page by key."),
        ));
    }
    let body = call.object()?;
    let Some(text) = body.get("q").and_then(Value::as_str) else {
        return Err(Refusal::content("The member q is missing.", "q"));
    };
    let query = parse(text)?;
    let ledger = app.ledger();
    let terms = Terms {
        now_ms: app.clock.now_ms(),
        lag_ms: app.lag_ms(),
        shuffle: app.config.shuffle_unordered.then(|| app.next_query()),
    };
    let mut rows = run(&ledger, &query, terms)?;
    rows.truncate(MOST);
    let total = rows.len();
    let items = rows.into_iter().skip(page.offset).take(page.limit).map(Value::Object).collect();
    let url = format!("{}/services/rest/query/v1/suiteql?", call.base);
    Ok(Answer::json(200, &page.around(items, total, &url)))
}
