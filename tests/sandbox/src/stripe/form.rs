//! Form bodies and query strings with bracket notation, as a tree (fact sheet, "Base URL").

use serde_json::Value;

use super::refusal::Refusal;

/// Levels of brackets; none of the provider's parameters is deeper.
const DEEPEST: usize = 8;

/// A value, or what stands in its brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// The text behind `=`.
    Leaf(String),
    /// Names or indexes in the order they came; an empty name is `[]`.
    Branch(Vec<(String, Node)>),
}

impl Node {
    /// A tree without entries.
    pub(crate) fn empty() -> Self {
        Self::Branch(Vec::new())
    }

    /// The entries; none for a leaf.
    pub(crate) fn entries(&self) -> &[(String, Self)] {
        match self {
            Self::Leaf(_) => &[],
            Self::Branch(entries) => entries,
        }
    }

    /// One canonical line for every leaf, sorted: equal for equal requests.
    pub(crate) fn canonical(&self) -> String {
        let mut lines = Vec::new();
        flatten(self, "", &mut lines);
        lines.sort();
        lines.join("&")
    }

    /// The tree of a JSON object, as an administrator gives it. `null` unsets.
    pub(crate) fn of_json(value: &Value) -> Self {
        match value {
            Value::Null => Self::Leaf(String::new()),
            Value::String(text) => Self::Leaf(text.clone()),
            Value::Bool(flag) => Self::Leaf(flag.to_string()),
            Value::Number(number) => Self::Leaf(number.to_string()),
            Value::Array(items) => {
                let entries = items.iter().enumerate();
                Self::Branch(entries.map(|(at, item)| (at.to_string(), Self::of_json(item))).collect())
            }
            Value::Object(fields) => Self::Branch(
                fields.iter().map(|(name, value)| (name.clone(), Self::of_json(value))).collect(),
            ),
        }
    }
}

fn flatten(node: &Node, path: &str, lines: &mut Vec<String>) {
    match node {
        Node::Leaf(text) => lines.push(format!("{path}={text}")),
        Node::Branch(entries) => {
            for (at, (name, below)) in entries.iter().enumerate() {
                let name = if name.is_empty() { at.to_string() } else { name.clone() };
                flatten(below, &format!("{path}[{name}]"), lines);
            }
        }
    }
}

/// Reads `a=1&b[c]=2&d[0][e]=3&f[]=4`.
pub(crate) fn parse(text: &[u8]) -> Result<Node, Refusal> {
    let mut tree = Node::empty();
    for (key, value) in url::form_urlencoded::parse(text) {
        let path = segments(&key).ok_or_else(|| malformed(&key))?;
        insert(&mut tree, &path, value.into_owned()).ok_or_else(|| malformed(&key))?;
    }
    Ok(tree)
}

fn malformed(key: &str) -> Refusal {
    Refusal::invalid("", key, format!("Invalid request: the parameter '{key}' is malformed or given twice"))
}

/// `a[b][]` is `a`, `b` and an empty name.
fn segments(key: &str) -> Option<Vec<&str>> {
    let (head, mut rest) = key.find('[').map_or((key, ""), |at| key.split_at(at));
    let mut path = vec![head];
    while !rest.is_empty() {
        let (inside, after) = rest.strip_prefix('[')?.split_once(']')?;
        path.push(inside);
        rest = after;
    }
    (!head.is_empty() && path.len() <= DEEPEST).then_some(path)
}

/// Puts a value into the tree; `None` when something of another form stands there.
fn insert(tree: &mut Node, path: &[&str], value: String) -> Option<()> {
    let Node::Branch(entries) = tree else { return None };
    let (name, rest) = path.split_first()?;
    let known = entries.iter().position(|(given, _)| given == name).filter(|_| !name.is_empty());
    if rest.is_empty() {
        if known.is_some() {
            return None;
        }
        entries.push(((*name).to_owned(), Node::Leaf(value)));
        return Some(());
    }
    let at = known.unwrap_or_else(|| {
        entries.push(((*name).to_owned(), Node::empty()));
        entries.len() - 1
    });
    insert(&mut entries[at].1, rest, value)
}
