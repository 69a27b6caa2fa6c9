//! The types of one API version, read from the schema files.

use std::collections::BTreeMap;

use async_graphql_parser::Positioned;
use async_graphql_parser::parse_schema;
use async_graphql_parser::types::{
    BaseType, ConstDirective, EnumType, FieldDefinition, InputValueDefinition, Type, TypeDefinition,
    TypeKind, TypeSystemDefinition,
};
use serde_json::Value;

const FILES: [&str; 3] = [
    include_str!("../schema/reading.graphql"),
    include_str!("../schema/selling.graphql"),
    include_str!("../schema/writing.graphql"),
];

/// A field of an object.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) ty: Type,
    pub(crate) args: BTreeMap<String, Input>,
    /// The access scope it needs.
    pub(crate) scope: Option<String>,
}

/// An argument, or a field of an input object.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    pub(crate) ty: Type,
    pub(crate) default: Option<Value>,
}

/// What a named type is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Scalar,
    Enum(Vec<String>),
    Object(BTreeMap<String, Field>),
    /// An interface or union: any object may stand there.
    Abstract(BTreeMap<String, Field>),
    Input(BTreeMap<String, Input>),
}

/// The types of one version.
#[derive(Debug)]
pub(crate) struct Schema {
    types: BTreeMap<String, Kind>,
}

impl Schema {
    /// The schema as of a version; `unstable` has everything.
    pub(crate) fn of(version: &str) -> Self {
        let mut types: BTreeMap<String, Kind> =
            ["Int", "Float", "String", "Boolean", "ID"].map(|name| (name.to_owned(), Kind::Scalar)).into();
        for file in FILES {
            let document = parse_schema(file).expect("the simulator's own schema is well formed");
            for definition in document.definitions {
                if let TypeSystemDefinition::Type(definition) = definition {
                    let definition = definition.node;
                    let name = definition.name.node.to_string();
                    types.insert(name, kind(definition, version));
                }
            }
        }
        let mut schema = Self { types };
        schema.add_connections();
        schema
    }

    /// Adds the connection and edge types that fields name.
    fn add_connections(&mut self) {
        let mut wanted = Vec::new();
        for kind in self.types.values() {
            let Kind::Object(fields) = kind else { continue };
            let names = fields.values().map(|field| base_name(&field.ty));
            wanted.extend(names.filter_map(|name| name.strip_suffix("Connection")).map(str::to_owned));
        }
        for node in wanted {
            let edge = [("cursor", "String!".to_owned()), ("node", format!("{node}!"))];
            self.types.insert(format!("{node}Edge"), Kind::Object(plain_fields(&edge)));
            let connection = [
                ("edges", format!("[{node}Edge!]!")),
                ("nodes", format!("[{node}!]!")),
                ("pageInfo", "PageInfo!".to_owned()),
            ];
            self.types.insert(format!("{node}Connection"), Kind::Object(plain_fields(&connection)));
        }
    }

    /// A type by its name.
    pub(crate) fn kind(&self, name: &str) -> Option<&Kind> {
        self.types.get(name)
    }

    /// A field of an object or interface.
    pub(crate) fn field(&self, of: &str, name: &str) -> Option<&Field> {
        match self.types.get(of)? {
            Kind::Object(fields) | Kind::Abstract(fields) => fields.get(name),
            _ => None,
        }
    }

    /// Whether a type has no fields to select.
    pub(crate) fn is_leaf(&self, name: &str) -> bool {
        matches!(self.types.get(name), Some(Kind::Scalar | Kind::Enum(_)))
    }

    /// Whether an object of the type counts in a query's cost: those with an id of their own.
    pub(crate) fn is_counted(&self, name: &str) -> bool {
        name == "Shop" || self.field(name, "id").is_some()
    }
}

/// The innermost name of a type.
pub(crate) fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name.as_str(),
        BaseType::List(inner) => base_name(inner),
    }
}

/// Whether a type is a connection.
pub(crate) fn is_connection(ty: &Type) -> bool {
    base_name(ty).ends_with("Connection")
}

fn parsed(ty: &str) -> Type {
    Type::new(ty).expect("the simulator writes only well-formed types")
}

fn plain_fields(fields: &[(&str, String)]) -> BTreeMap<String, Field> {
    let field = |ty: &str| Field { ty: parsed(ty), args: BTreeMap::new(), scope: None };
    fields.iter().map(|(name, ty)| ((*name).to_owned(), field(ty))).collect()
}

fn kind(definition: TypeDefinition, version: &str) -> Kind {
    match definition.kind {
        TypeKind::Scalar => Kind::Scalar,
        TypeKind::Enum(EnumType { values }) => {
            Kind::Enum(values.into_iter().map(|value| value.node.value.node.to_string()).collect())
        }
        TypeKind::Object(object) => Kind::Object(fields(object.fields, version)),
        TypeKind::Interface(interface) => Kind::Abstract(fields(interface.fields, version)),
        TypeKind::Union(_) => Kind::Abstract(BTreeMap::new()),
        TypeKind::InputObject(input) => Kind::Input(inputs(input.fields, version)),
    }
}

fn fields(definitions: Vec<Positioned<FieldDefinition>>, version: &str) -> BTreeMap<String, Field> {
    let mut fields = BTreeMap::new();
    for definition in definitions {
        let definition = definition.node;
        if !is_in(&definition.directives, version) {
            continue;
        }
        let mut args = inputs(definition.arguments, version);
        if is_connection(&definition.ty.node) {
            for (name, ty) in [
                ("first", "Int"),
                ("last", "Int"),
                ("after", "String"),
                ("before", "String"),
                ("reverse", "Boolean"),
            ] {
                args.insert(name.to_owned(), Input { ty: parsed(ty), default: None });
            }
        }
        let scope = directive(&definition.directives, "scope", "is");
        fields.insert(definition.name.node.to_string(), Field { ty: definition.ty.node, args, scope });
    }
    fields
}

fn inputs(definitions: Vec<Positioned<InputValueDefinition>>, version: &str) -> BTreeMap<String, Input> {
    let definitions = definitions.into_iter().map(|definition| definition.node);
    let present = definitions.filter(|definition| is_in(&definition.directives, version));
    let input = |definition: InputValueDefinition| {
        let default = definition.default_value.and_then(|value| value.node.into_json().ok());
        (definition.name.node.to_string(), Input { ty: definition.ty.node, default })
    };
    present.map(input).collect()
}

fn is_in(directives: &[Positioned<ConstDirective>], version: &str) -> bool {
    let since = directive(directives, "since", "v");
    let until = directive(directives, "until", "v");
    since.is_none_or(|since| version >= since.as_str()) && until.is_none_or(|until| version < until.as_str())
}

fn directive(directives: &[Positioned<ConstDirective>], name: &str, argument: &str) -> Option<String> {
    let found = directives.iter().find(|directive| directive.node.name.node == name)?;
    let value = found.node.get_argument(argument)?.node.clone().into_json().ok()?;
    value.as_str().map(str::to_owned)
}

#[cfg(test)]
impl Schema {
    /// Names of all types.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.types.keys().map(String::as_str)
    }
}
