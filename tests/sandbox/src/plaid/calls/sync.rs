//! `POST /transactions/sync`: what changed since a cursor (fact sheet, "Incremental reads").
//!
//! A cursor is the step of the item's log a stream has come to. Between two pages it also holds where
//! the loop began and the step the pages were cut at: when the log has moved on since, the pages no
//! longer fit together and the loop must start again from where it began.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{option, wants};
use crate::kit::decimals::{Object, text_of};
use crate::plaid::endpoints::Ground;
use crate::plaid::item::Item;
use crate::plaid::refusal::Refusal;
use crate::plaid::transaction::shown;

/// Rows of a page when nothing else is asked for.
const DEFAULT_COUNT: usize = 100;

/// Where a stream is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Cursor {
    /// The step the loop began at.
    base: u64,
    /// The step its pages were cut at.
    head: u64,
    /// Rows handed out; `None` when the loop has ended at `head`.
    given: Option<usize>,
}

impl Cursor {
    fn write(&self, item: &Item, account: &str) -> String {
        let given = self.given.map_or_else(|| "end".to_owned(), |given| given.to_string());
        STANDARD.encode(format!("{}|{account}|{}|{}|{given}", item.id, self.base, self.head))
    }

    /// `None` when it is no cursor of this item's stream.
    fn read(text: &str, item: &Item, account: &str) -> Option<Self> {
        let plain = String::from_utf8(STANDARD.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = plain.split('|').collect();
        let [own, of, base, head, given] = parts[..] else { return None };
        let given = if given == "end" { None } else { Some(given.parse().ok()?) };
        let cursor = Self { base: base.parse().ok()?, head: head.parse().ok()?, given };
        (own == item.id && of == account && cursor.head <= item.head()).then_some(cursor)
    }
}

/// What a page says of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    Added,
    Modified,
    Removed,
}

pub(crate) fn sync(ground: &mut Ground<'_>, body: &Object) -> Result<Value, Refusal> {
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    item.usable()?;
    if !item.bank.products.contains(&"transactions") {
        return Err(Refusal::item("PRODUCTS_NOT_SUPPORTED", None));
    }
    item.accounts_of(None)?;
    let account = option(body, "account_id").and_then(Value::as_str).unwrap_or_default();
    if !account.is_empty() {
        item.accounts_of(Some(&json!([account])))?;
    }
    item.synced = true;
    let id = item.id.clone();
    let days = option(body, "days_requested").and_then(Value::as_i64);
    ground.world.want(&id, days, ground.now_ms);
    let spoilt = follows(body) && ground.world.spoilt_pages > 0;
    ground.world.spoilt_pages -= u32::from(spoilt);
    let item = ground.world.item_of(text_of(body, "access_token"))?;
    if item.stage == 0 {
        return Ok(not_ready(item));
    }
    let cursor = started(item, text_of(body, "cursor"), account)?;
    // Another page of the same loop, and the ground has moved.
    if cursor.given.is_some_and(|given| given > 0) && (spoilt || cursor.head != item.head()) {
        return Err(Refusal::mutation());
    }
    let count = body.get("count").and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
    let page = Page { cursor, account, count: count.unwrap_or(DEFAULT_COUNT) };
    Ok(page.cut(item, ground.config.new_as_modified, wants(body, "include_original_description")))
}

/// Whether the cursor is one of the middle of a loop.
fn follows(body: &Object) -> bool {
    let plain = STANDARD.decode(text_of(body, "cursor")).ok().and_then(|plain| String::from_utf8(plain).ok());
    plain.is_some_and(|plain| !plain.is_empty() && !plain.ends_with("|end"))
}

/// Nothing yet: an empty cursor, which is not to be kept as progress.
fn not_ready(item: &Item) -> Value {
    json!({
        "accounts": item.accounts,
        "added": [],
        "has_more": false,
        "modified": [],
        "next_cursor": "",
        "removed": [],
        "transactions_update_status": "NOT_READY"
    })
}

/// The place the cursor stands for. `now` skips everything there is.
fn started(item: &Item, text: &str, account: &str) -> Result<Cursor, Refusal> {
    let head = item.head();
    match text {
        "" => Ok(Cursor { base: 0, head, given: Some(0) }),
        "now" => Ok(Cursor { base: head, head, given: Some(0) }),
        _ => match Cursor::read(text, item, account) {
            Some(Cursor { head: base, given: None, .. }) => Ok(Cursor { base, head, given: Some(0) }),
            Some(cursor) => Ok(cursor),
            None => Err(Refusal::field("cursor", "is invalid or was issued for another item or account")),
        },
    }
}

struct Page<'a> {
    cursor: Cursor,
    account: &'a str,
    count: usize,
}

impl Page<'_> {
    /// What became of every transaction between base and head, the longest unchanged first.
    fn changes<'i>(&self, item: &'i Item, new_as_modified: bool) -> Vec<(Said, &'i str, &'i str)> {
        let base = usize::try_from(self.cursor.base).unwrap_or(usize::MAX);
        let mut seen = std::collections::HashSet::new();
        let mut changes = Vec::new();
        for (id, account) in item.log.iter().skip(base).rev() {
            if !seen.insert(id) || !(self.account.is_empty() || self.account == account) {
                continue;
            }
            let before = item.was_there(id, self.cursor.base);
            let changed = item.changes_since(id, self.cursor.base) > 1;
            let said = match (before, item.transactions.contains_key(id)) {
                (false, false) => continue,
                (true, false) => Said::Removed,
                (true, true) => Said::Modified,
                (false, true) if changed && new_as_modified => Said::Modified,
                (false, true) => Said::Added,
            };
            changes.push((said, id.as_str(), account.as_str()));
        }
        changes.reverse();
        changes
    }

    fn cut(&self, item: &Item, new_as_modified: bool, described: bool) -> Value {
        let changes = self.changes(item, new_as_modified);
        let given = self.cursor.given.unwrap_or(0);
        let rows: Vec<_> = changes.iter().skip(given).take(self.count).collect();
        let end = given + rows.len();
        let has_more = end < changes.len();
        let next = Cursor { given: has_more.then_some(end), ..self.cursor.clone() };
        let of = |wanted: Said| -> Vec<Value> {
            let rows = rows.iter().filter(|(said, ..)| *said == wanted);
            rows.filter_map(|(_, id, _)| item.transactions.get(*id))
                .map(|row| shown(row, described))
                .collect()
        };
        let removed: Vec<Value> = rows
            .iter()
            .filter(|(said, ..)| *said == Said::Removed)
            .map(|(_, id, account)| json!({"account_id": account, "transaction_id": id}))
            .collect();
        let is_wanted = |account: &&Value| self.account.is_empty() || account["account_id"] == self.account;
        let accounts: Vec<&Value> = item.accounts.iter().filter(is_wanted).collect();
        let status = if item.stage == 2 { "HISTORICAL_UPDATE_COMPLETE" } else { "INITIAL_UPDATE_COMPLETE" };
        json!({
            "accounts": accounts,
            "added": of(Said::Added),
            "has_more": has_more,
            "modified": of(Said::Modified),
            "next_cursor": next.write(item, self.account),
            "removed": removed,
            "transactions_update_status": status
        })
    }
}
