//! `limit` and `offset`.

use serde_json::{Value, json};

use crate::kit::Params;
use crate::kit::decimals::Object;
use crate::netsuite::refusal::Refusal;

/// Default and largest page.
const LARGEST: usize = 1000;

/// One page of a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::netsuite) struct Page {
    pub(in crate::netsuite) limit: usize,
    pub(in crate::netsuite) offset: usize,
}

impl Page {
    /// Errors: numbers out of range, an offset that is no multiple of the limit.
    pub(in crate::netsuite) fn read(params: &Params) -> Result<Self, Refusal> {
        let number = |name: &str, usual: usize| match params.opt(name) {
            None => Ok(usual),
            Some(text) => text.parse().map_err(|_| Refusal::parameter(name, "It must be a number.")),
        };
        let (limit, offset) = (number("limit", LARGEST)?, number("offset", 0)?);
        if !(1..=LARGEST).contains(&limit) {
            return Err(Refusal::parameter("limit", format!("It must be from 1 to {LARGEST}.")));
        }
        if offset % limit != 0 {
            return Err(Refusal::parameter("offset", "It must be divisible by the page size."));
        }
        Ok(Self { limit, offset })
    }

    /// The answer around the items of this page.
    pub(in crate::netsuite) fn around(self, items: Vec<Value>, total: usize, url: &str) -> Object {
        let next = self.offset + self.limit;
        let more = next < total;
        let link = |rel: &str, offset: usize| json!({"rel": rel, "href": format!("{url}limit={}&offset={offset}", self.limit)});
        let mut links = vec![link("self", self.offset), link("first", 0)];
        if more {
            links.push(link("next", next));
        }
        if self.offset > 0 {
            links.push(link("previous", self.offset.saturating_sub(self.limit)));
        }
        links.push(link("last", total.saturating_sub(1) / self.limit * self.limit));
        let mut answer = Object::new();
        answer.insert("links".into(), json!(links));
        answer.insert("count".into(), json!(items.len()));
        answer.insert("hasMore".into(), json!(more));
        answer.insert("items".into(), Value::Array(items));
        answer.insert("offset".into(), json!(self.offset));
        answer.insert("totalResults".into(), json!(total));
        answer
    }
}
