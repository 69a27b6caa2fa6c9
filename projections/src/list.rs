//! Typed filters over views, for lists with keyset pages and capped totals.

use application::ports::Unavailable;
use application::ports::read_store::{Cell, ColumnType, Condition, Query, ReadStore};
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use serde_json::Value;

use crate::row::Field;

/// Totals are counted up to this many rows.
pub const COUNT_CAP: u64 = 10_000;

/// Which page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The place of the last row seen: see [`Filter::place`].
    pub after: Option<(Cell, String)>,
    /// Rows at most.
    pub limit: usize,
    /// Turns the list's own direction around.
    pub reversed: bool,
}

/// A typed filter of one view. Every list is of one organization.
pub trait Filter {
    /// The view.
    const VIEW: &'static str;
    /// The column the list is ordered by; never null.
    const ORDER: &'static str;
    /// Its type.
    const ORDER_KIND: ColumnType;
    /// Whether the greatest comes first.
    const DESCENDING: bool;

    /// Every condition holds.
    fn conditions(&self) -> Vec<Condition>;

    /// The query of a page.
    fn page(&self, page: Page) -> Query {
        Query {
            from: Self::VIEW.to_owned(),
            conditions: self.conditions(),
            order: Self::ORDER,
            descending: Self::DESCENDING != page.reversed,
            after: page.after,
            limit: page.limit,
        }
    }

    /// The place of a row that this list showed, as text that [`Filter::after`] reads again.
    fn place(row: &Value) -> Option<(String, String)> {
        let id = row.get("id")?.as_str()?.to_owned();
        let order = match row.get(Self::ORDER)? {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some((order, id))
    }

    /// The place that [`Filter::place`] told; `None` if it is none of this list.
    fn after(order: &str, id: &str) -> Option<(Cell, String)> {
        let cell = match Self::ORDER_KIND {
            ColumnType::Time => Cell::Time(DateTime::parse_from_rfc3339(order).ok()?.with_timezone(&Utc)),
            ColumnType::Integer => Cell::Integer(order.parse().ok()?),
            ColumnType::Boolean => Cell::Boolean(order.parse().ok()?),
            ColumnType::Text | ColumnType::Decimal | ColumnType::Json => Cell::Text(order.to_owned()),
        };
        Some((cell, id.to_owned()))
    }
}

/// The rows of a page, as JSON objects.
pub async fn list<F: Filter + Sync>(
    store: &dyn ReadStore,
    filter: &F,
    page: Page,
) -> Result<Vec<Value>, Unavailable> {
    store.query(&filter.page(page)).await
}

/// How many rows a filter matches, counted up to [`COUNT_CAP`].
pub async fn count<F: Filter + Sync>(store: &dyn ReadStore, filter: &F) -> Result<u64, Unavailable> {
    store.count(F::VIEW, &filter.conditions(), COUNT_CAP).await
}

/// One row of a view by its id.
pub async fn get(
    store: &dyn ReadStore,
    view: &str,
    organization: OrganizationId,
    id: &str,
) -> Result<Option<Value>, Unavailable> {
    let query = Query {
        from: view.to_owned(),
        conditions: Conditions::of(organization).is("id", Some(id.to_owned())).done(),
        order: "id",
        descending: false,
        after: None,
        limit: 1,
    };
    Ok(store.query(&query).await?.pop())
}

/// Conditions, built up from what is given.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions(Vec<Condition>);

impl Conditions {
    /// Rows of this organization.
    pub fn of(organization: OrganizationId) -> Self {
        Self(vec![Condition::Is("organization_id", organization.into_cell())])
    }

    /// Equals, if given.
    #[must_use]
    pub fn is<F: Field>(mut self, column: &'static str, value: Option<F>) -> Self {
        self.0.extend(value.map(|value| Condition::Is(column, value.into_cell())));
        self
    }

    /// Is one of, unless none is given.
    #[must_use]
    pub fn any<F: Field>(mut self, column: &'static str, values: Vec<F>) -> Self {
        if !values.is_empty() {
            self.0.push(Condition::In(column, values.into_iter().map(F::into_cell).collect()));
        }
        self
    }

    /// After and before, where given.
    #[must_use]
    pub fn between<F: Field>(mut self, column: &'static str, after: Option<F>, before: Option<F>) -> Self {
        self.0.extend(after.map(|value| Condition::After(column, value.into_cell())));
        self.0.extend(before.map(|value| Condition::Before(column, value.into_cell())));
        self
    }

    /// The conditions.
    pub fn done(self) -> Vec<Condition> {
        self.0
    }
}
