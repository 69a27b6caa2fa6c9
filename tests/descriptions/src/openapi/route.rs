//! Which operation a request is.

use serde_json::Value;

use super::object;
use super::schema::{Schemas, escaped};

/// All operations.
pub(super) struct Routes {
    /// Path prefixes of the servers.
    bases: Vec<String>,
    paths: Vec<Path>,
}

struct Path {
    template: String,
    segments: Vec<String>,
    methods: Vec<String>,
}

/// The operation of a request.
pub(super) struct Found {
    /// Its path as described.
    pub(super) template: String,
    /// Where the operation stands in the document.
    pub(super) pointer: String,
    /// Where its path stands.
    pub(super) path_pointer: String,
    /// The path parameters' values, decoded.
    pub(super) values: Vec<(String, String)>,
}

impl Routes {
    pub(super) fn of(document: &Schemas) -> anyhow::Result<Self> {
        let paths =
            object(document.at("/paths")).ok_or_else(|| anyhow::anyhow!("the document has no paths"))?;
        let paths = paths
            .iter()
            .map(|(template, operations)| Path {
                template: template.clone(),
                segments: split(template.split('?').next().unwrap_or_default()),
                methods: operations.as_object().into_iter().flat_map(|all| all.keys().cloned()).collect(),
            })
            .collect();
        Ok(Self { bases: bases(document), paths })
    }

    /// The operation of a request; where several templates fit, the one with the most fixed segments.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<Found> {
        let method = method.to_ascii_lowercase();
        let rests = self.bases.iter().filter_map(|base| path.strip_prefix(base.as_str()));
        let found = rests.flat_map(|rest| {
            let given = split(rest);
            self.paths.iter().filter_map(move |path| Some((path, path.values(&given)?)))
        });
        let (path, values) = found
            .filter(|(path, _)| path.methods.contains(&method))
            .min_by_key(|(_, values)| values.len())?;
        let path_pointer = format!("/paths/{}", escaped(&path.template));
        let pointer = format!("{path_pointer}/{method}");
        Some(Found { template: path.template.clone(), pointer, path_pointer, values })
    }
}

impl Path {
    /// The values of its parameters, if the segments fit.
    fn values(&self, given: &[String]) -> Option<Vec<(String, String)>> {
        if given.len() != self.segments.len() {
            return None;
        }
        let mut values = Vec::new();
        for (wanted, given) in self.segments.iter().zip(given) {
            match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(name) => values.push((name.to_owned(), decoded(given))),
                None if wanted == given => {}
                None => return None,
            }
        }
        Some(values)
    }
}

fn bases(document: &Schemas) -> Vec<String> {
    let servers = document.at("/servers").and_then(Value::as_array).into_iter().flatten();
    let paths = servers.filter_map(|server| {
        let address = server["url"].as_str()?;
        let path = address
            .split_once("://")
            .map_or(address, |(_, rest)| rest.find('/').map_or("", |at| &rest[at..]));
        Some(path.trim_end_matches('/').to_owned())
    });
    let mut bases: Vec<String> = paths.chain([String::new()]).collect();
    bases.sort();
    bases.dedup();
    bases
}

fn split(path: &str) -> Vec<String> {
    path.trim_matches('/').split('/').map(str::to_owned).collect()
}

fn decoded(segment: &str) -> String {
    let text = segment.replace('+', "%2B");
    url::form_urlencoded::parse(format!("v={text}").as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}
