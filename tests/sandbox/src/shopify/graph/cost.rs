//! What a query asks for, in points.
//!
//! Objects with an id cost 1, scalars and plain value objects nothing, a connection 2 and its page
//! size times a node, a mutation 10 (fact sheet, "Rate limits"; the weights of connections and
//! mutations are not settled there).

use async_graphql_parser::types::{Field as Asked, OperationDefinition, Selection, SelectionSet};
use serde_json::{Map, Value};

use super::coerce::filled;
use super::request::Request;
use super::schema::{Schema, base_name, is_connection};
use super::validate::root_type;

/// Points of a mutation.
pub(crate) const MUTATION: u64 = 10;
/// Points of a connection before its nodes.
pub(crate) const CONNECTION: u64 = 2;

/// The cost a request is admitted at.
pub(crate) fn requested(schema: &Schema, request: &Request, variables: &Map<String, Value>) -> u64 {
    let Ok(operation) = request.operation() else { return 0 };
    let cost = Cost { schema, request, variables };
    match root_type(operation) {
        Some("Mutation") => mutations(operation),
        Some(root) => cost.of(root, &operation.selection_set.node),
        None => 0,
    }
}

struct Cost<'a> {
    schema: &'a Schema,
    request: &'a Request,
    variables: &'a Map<String, Value>,
}

fn mutations(operation: &OperationDefinition) -> u64 {
    let count = operation.selection_set.node.items.len();
    MUTATION.saturating_mul(u64::try_from(count).unwrap_or(u64::MAX))
}

impl Cost<'_> {
    fn of(&self, of: &str, set: &SelectionSet) -> u64 {
        let items = set.items.iter().map(|item| match &item.node {
            Selection::Field(asked) => self.field(of, &asked.node),
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref();
                let on = on.map_or(of, |condition| condition.node.on.node.as_str());
                self.of(on, &fragment.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                let Some(fragment) = self.request.document().fragments.get(name) else { return 0 };
                let on = fragment.node.type_condition.node.on.node.as_str();
                self.of(on, &fragment.node.selection_set.node)
            }
        });
        items.fold(0, u64::saturating_add)
    }

    fn field(&self, of: &str, asked: &Asked) -> u64 {
        let Some(field) = self.schema.field(of, asked.name.node.as_str()) else { return 0 };
        let base = base_name(&field.ty);
        let inside = self.of(base, &asked.selection_set.node);
        if is_connection(&field.ty) {
            return CONNECTION.saturating_add(self.page(asked).saturating_mul(inside));
        }
        // The nodes of a connection are counted where they are selected.
        inside.saturating_add(u64::from(self.schema.is_counted(base)))
    }

    fn page(&self, asked: &Asked) -> u64 {
        let size = |name| {
            let literal = asked.get_argument(name)?;
            filled(&literal.node, self.variables)?.as_u64()
        };
        size("first").or_else(|| size("last")).unwrap_or_default()
    }
}
