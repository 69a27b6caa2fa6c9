//! The mapped fields of one side, laid out once so that a record is written in one pass.

use serde_json::Value;

use super::writer::{self, utf16_order};
use crate::catalogue::FieldType;
use crate::fields::Fields;
use crate::sync_config::field_path::{FieldPath, Segment, offset};

/// A tree of the mapped fields, its branches in canonical order.
#[derive(Clone, Debug, Default)]
pub struct FieldSet {
    root: Branch,
    whole: bool,
}

#[derive(Clone, Debug, Default)]
struct Branch {
    names: Vec<(String, Node)>,
}

#[derive(Clone, Debug)]
enum Node {
    Leaf(FieldType),
    Names(Branch),
    Elements { inside: Branch, computed: Vec<(FieldPath, Value)> },
    Indexes(Vec<(i64, Node)>),
}

/// Whether `element` is the provider's own: one of these members has this value.
pub(crate) fn is_computed(element: &Value, computed: &[(FieldPath, Value)]) -> bool {
    let Value::Object(members) = element else { return false };
    computed.iter().any(|(path, value)| path.get(members) == Some(value))
}

impl FieldSet {
    /// Everything the record has, for an expression that reads all of it.
    pub(crate) fn cover_all(&mut self) {
        self.whole = true;
    }

    /// Adds a field of this type.
    pub(crate) fn cover(&mut self, path: &FieldPath, kind: &FieldType) {
        self.root.add(path.segments(), kind);
    }

    /// Adds a whole top-level field.
    pub(crate) fn cover_root(&mut self, name: &str) {
        self.root.add(&[Segment::Name(name.to_owned())], &FieldType::Any);
    }

    /// Leaves out the elements of the array at `path` in which one of these members has this value.
    pub(crate) fn leave_out(&mut self, path: &FieldPath, own: &[(FieldPath, Value)]) {
        let mut branch = &mut self.root;
        for segment in path.segments() {
            let Segment::Name(name) = segment else { return };
            match branch.names.iter_mut().find(|(other, _)| other == name) {
                Some((_, Node::Names(inner))) => branch = inner,
                Some((_, Node::Elements { computed, .. })) => {
                    *computed = own.to_vec();
                    return;
                }
                _ => return,
            }
        }
    }

    /// Writes the canonical form of the covered fields of `record`. A branch of which nothing is there is left out, so
    /// that the bytes differ only when a covered field does.
    pub fn write(&self, record: &Fields, out: &mut Vec<u8>) {
        if self.whole {
            writer::object_without(out, record, &[]);
        } else {
            self.root.write(record, out);
        }
    }
}

impl Branch {
    fn add(&mut self, path: &[Segment], kind: &FieldType) {
        let Some((Segment::Name(name), rest)) = path.split_first() else { return };
        match self.names.binary_search_by(|(other, _)| utf16_order(other, name)) {
            Ok(at) => self.names[at].1.grow(rest, kind),
            Err(at) => self.names.insert(at, (name.clone(), Node::new(rest, kind))),
        }
    }

    /// Writes what `fields` has of this branch; says whether that was anything.
    fn write(&self, fields: &Fields, out: &mut Vec<u8>) -> bool {
        out.push(b'{');
        let start = out.len();
        for (name, node) in &self.names {
            let Some(value) = fields.get(name) else { continue };
            let before = out.len();
            if before > start {
                out.push(b',');
            }
            writer::name_of(out, name);
            if !node.write(value, out) {
                out.truncate(before);
            }
        }
        let any = out.len() > start;
        out.push(b'}');
        any
    }
}

impl Node {
    fn new(path: &[Segment], kind: &FieldType) -> Self {
        let mut node = match path.first() {
            None => return Self::Leaf(kind.clone()),
            Some(Segment::Name(_)) => Self::Names(Branch::default()),
            Some(Segment::Each) => Self::Elements { inside: Branch::default(), computed: Vec::new() },
            Some(Segment::Index(_)) => Self::Indexes(Vec::new()),
        };
        node.grow(path, kind);
        node
    }

    /// Adds a path below. A place that is covered as a whole stays so; one that is named in two shapes becomes whole.
    fn grow(&mut self, path: &[Segment], kind: &FieldType) {
        match (&mut *self, path.split_first()) {
            (Self::Leaf(_), _) => {}
            (Self::Names(branch), Some((Segment::Name(_), _))) => branch.add(path, kind),
            (Self::Elements { inside, .. }, Some((Segment::Each, rest))) if !rest.is_empty() => {
                inside.add(rest, kind);
            }
            (Self::Indexes(items), Some((Segment::Index(index), rest))) => {
                match items.iter_mut().find(|(other, _)| other == index) {
                    Some((_, node)) => node.grow(rest, kind),
                    None => items.push((*index, Self::new(rest, kind))),
                }
            }
            (_, None) => *self = Self::Leaf(kind.clone()),
            _ => *self = Self::Leaf(FieldType::Any),
        }
    }

    /// Writes what `value` has of this node; says whether that was anything.
    fn write(&self, value: &Value, out: &mut Vec<u8>) -> bool {
        match (self, value) {
            (Self::Leaf(kind), _) => {
                writer::typed(out, value, kind);
                true
            }
            (Self::Names(branch), Value::Object(members)) => branch.write(members, out),
            (Self::Elements { inside, computed }, Value::Array(items)) => {
                let mut ours = items.iter().filter(|item| !is_computed(item, computed)).peekable();
                let any = ours.peek().is_some();
                writer::list(out, ours, |out, item| match item {
                    Value::Object(members) => {
                        inside.write(members, out);
                    }
                    other => writer::plain(out, other),
                });
                any
            }
            (Self::Indexes(nodes), Value::Array(items)) => {
                let mut members = Fields::new();
                for (index, _) in nodes {
                    if let Some(item) = offset(*index, items.len()).and_then(|at| items.get(at)) {
                        members.insert(format!("[{index}]"), item.clone());
                    }
                }
                Self::indexed(nodes).write(&members, out)
            }
            _ => false,
        }
    }

    /// The nodes of single elements as members named after their indexes.
    fn indexed(nodes: &[(i64, Self)]) -> Branch {
        let mut names: Vec<(String, Self)> =
            nodes.iter().map(|(index, node)| (format!("[{index}]"), node.clone())).collect();
        names.sort_by(|left, right| utf16_order(&left.0, &right.0));
        Branch { names }
    }
}
