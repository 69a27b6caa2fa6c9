//! The options of a list: what the query string and two headers say.

use std::collections::BTreeMap;

use axum::http::HeaderMap;
use url::form_urlencoded;

use super::super::refusal;
use crate::kit::Answer;
use crate::kit::consent::header_text;

/// Rows of a page where nothing else is asked for.
const PAGE_SIZE: usize = 20;
const KNOWN: [&str; 6] = ["$filter", "$select", "$orderby", "$top", "$skip", "$count"];

/// What is asked of a list.
#[derive(Debug)]
pub(in super::super) struct Options {
    pub(in super::super) given: BTreeMap<String, String>,
    pub(in super::super) top: Option<usize>,
    pub(in super::super) skip: usize,
    /// Rows of a page; 0 for all.
    pub(in super::super) page_size: usize,
    /// The `Prefer` that was heeded.
    pub(in super::super) applied: Option<String>,
    pub(in super::super) caseless: bool,
}

/// The parameters of a query string. Errors: one that is not modelled, or comes twice.
pub(in super::super) fn parameters(query: &str, known: &[&str]) -> Result<BTreeMap<String, String>, Answer> {
    let mut given = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        if !known.contains(&&*name) {
            return Err(refusal::not_modelled(&format!("the query option {name}")));
        }
        if given.insert(name.to_string(), value.into_owned()).is_some() {
            return Err(refusal::bad_request(&format!("the query option {name} is given twice")));
        }
    }
    Ok(given)
}

impl Options {
    /// Errors: an option that is not modelled or makes no sense.
    pub(in super::super) fn read(query: &str, headers: &HeaderMap) -> Result<Self, Answer> {
        let given = parameters(query, &KNOWN)?;
        let number = |name: &str| {
            let wrong = |_| refusal::bad_request(&format!("{name} is not a number"));
            given.get(name).map(|text| text.parse::<usize>().map_err(wrong)).transpose()
        };
        let (top, skip) = (number("$top")?, number("$skip")?.unwrap_or_default());
        if given.get("$count").is_some_and(|count| count != "true" && count != "false") {
            return Err(refusal::bad_request("$count is true or false"));
        }
        let prefer = header_text(headers, "prefer").trim();
        let asked = prefer.strip_prefix("odata.maxpagesize=").map(str::parse);
        let size = header_text(headers, "b1s-pagesize");
        let wrong = |_| refusal::bad_request("the page size is not a number");
        let page_size = match asked {
            Some(size) => size.map_err(wrong)?,
            None if size.is_empty() => PAGE_SIZE,
            None => size.parse().map_err(wrong)?,
        };
        let applied = prefer.starts_with("odata.maxpagesize=").then(|| prefer.to_owned());
        let caseless = header_text(headers, "b1s-caseinsensitive") == "true";
        Ok(Self { given, top, skip, page_size, applied, caseless })
    }
}
