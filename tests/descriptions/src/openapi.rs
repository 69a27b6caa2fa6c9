//! OpenAPI 3.0 and 3.1 documents.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;

use anyhow::Context as _;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Map, Value, json};

mod form;
mod members;
mod route;
mod schema;

use super::Verdict;
use super::exchange::{Exchange, media_type};
use route::Routes;
use schema::Schemas;

/// Where the document is known to the validator.
const DOCUMENT: &str = "urn:description";

/// One document.
pub struct OpenApi {
    document: Schemas,
    routes: Routes,
    draft: Draft,
    registry: Registry<'static>,
    validators: RefCell<HashMap<String, Rc<Validator>>>,
}

impl OpenApi {
    /// Reads a document; `None` for one that describes no paths, only webhooks.
    ///
    /// Errors: it cannot be read, or is no OpenAPI document.
    pub fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let text = std::fs::read_to_string(path)?;
        let document: Value =
            serde_saphyr::from_str(&text).with_context(|| format!("{} is no YAML", path.display()))?;
        if document["paths"].is_null() {
            return Ok(None);
        }
        Self::new(document).map(Some).with_context(|| path.display().to_string())
    }

    /// A document that was read.
    pub(crate) fn new(document: Value) -> anyhow::Result<Self> {
        let version = document["openapi"].as_str().context("the document names no OpenAPI version")?;
        let draft = if version.starts_with("3.0") { Draft::Draft4 } else { Draft::Draft202012 };
        let document = Schemas::new(document, draft == Draft::Draft4);
        let routes = Routes::of(&document)?;
        let resource = draft.create_resource(document.whole().clone());
        let registry = Registry::new().add(DOCUMENT, resource)?.prepare()?;
        Ok(Self { document, routes, draft, registry, validators: RefCell::default() })
    }

    /// Holds an exchange against the document.
    pub(crate) fn check(&self, exchange: &Exchange) -> Verdict {
        let Some(found) = self.routes.find(&exchange.method, &exchange.path) else {
            return Verdict::Undescribed(exchange.summary());
        };
        let mut problems = Vec::new();
        let parameters = self.parameters(&found.pointer, &found.path_pointer);
        self.check_path(&parameters, &found.values, &mut problems);
        self.check_query(&parameters, exchange, &mut problems);
        // A refused request may be wrong on purpose: that is what cases of refusals show.
        if exchange.status < 400 {
            self.check_body(&found.pointer, exchange, &mut problems);
        } else {
            problems.clear();
        }
        self.check_answer(&found.pointer, exchange, &mut problems);
        Verdict::Checked { operation: format!("{} {}", exchange.method, found.template), problems }
    }

    /// Parameters of an operation: name and place, with the schema's pointer.
    fn parameters(&self, operation: &str, path: &str) -> Vec<Parameter> {
        let mut all = Vec::new();
        for owner in [format!("{operation}/parameters"), format!("{path}/parameters")] {
            let count = self.document.at(&owner).and_then(Value::as_array).map_or(0, Vec::len);
            for at in 0..count {
                let pointer = self.document.resolve(&format!("{owner}/{at}"));
                let Some(parameter) = self.document.at(&pointer) else { continue };
                all.push(Parameter {
                    name: text(parameter, "name"),
                    place: text(parameter, "in"),
                    required: parameter["required"] == true,
                    schema: format!("{pointer}/schema"),
                });
            }
        }
        all
    }

    fn check_path(&self, parameters: &[Parameter], values: &[(String, String)], problems: &mut Vec<String>) {
        for (name, value) in values {
            let Some(parameter) = parameters.iter().find(|p| p.place == "path" && p.name == *name) else {
                continue;
            };
            self.hold("path", parameter, std::slice::from_ref(value), problems);
        }
    }

    fn check_query(&self, parameters: &[Parameter], exchange: &Exchange, problems: &mut Vec<String>) {
        let given = exchange.parameters();
        let known: Vec<&Parameter> = parameters.iter().filter(|p| p.place == "query").collect();
        for parameter in &known {
            let values: Vec<String> = given
                .iter()
                .filter(|(name, _)| parameter.takes(name))
                .map(|(_, value)| value.clone())
                .collect();
            if values.is_empty() && parameter.required {
                problems.push(format!("query parameter `{}` is required", parameter.name));
            } else if !values.is_empty() {
                self.hold("query", parameter, &values, problems);
            }
        }
        let unknown = given.iter().filter(|(name, _)| !known.iter().any(|p| p.takes(name)));
        problems.extend(unknown.map(|(name, _)| format!("query parameter `{name}` is not described")));
    }

    fn hold(&self, place: &str, parameter: &Parameter, values: &[String], problems: &mut Vec<String>) {
        let Some(schema) = self.document.at(&parameter.schema) else { return };
        let value = form::value_of(&self.document, schema, values);
        let problem = |why| format!("{place} parameter `{}`: {why}", parameter.name);
        problems.extend(self.validate(&parameter.schema, &value).into_iter().map(problem));
    }

    fn check_body(&self, operation: &str, exchange: &Exchange, problems: &mut Vec<String>) {
        let body = self.document.resolve(&format!("{operation}/requestBody"));
        let Some(described) = self.document.at(&body) else {
            if !exchange.body.is_empty() {
                problems.push("a body is not described".to_owned());
            }
            return;
        };
        if exchange.body.is_empty() {
            if described["required"] == true {
                problems.push("a body is required".to_owned());
            }
            return;
        }
        let given = exchange.content_type.as_deref().map(media_type).unwrap_or_default();
        let Some(pointer) = self.content(&body, &given) else {
            problems.push(format!("a body of type `{given}` is not described"));
            return;
        };
        let Some(value) = self.body_value(&given, &pointer, exchange) else {
            problems.push(format!("the body is not what its type `{given}` says"));
            return;
        };
        self.examine("request", &pointer, &value, problems);
    }

    fn body_value(&self, given: &str, pointer: &str, exchange: &Exchange) -> Option<Value> {
        if given == "application/x-www-form-urlencoded" {
            return Some(form::body_of(&self.document, self.document.at(pointer)?, &exchange.body));
        }
        exchange.body_json()
    }

    fn check_answer(&self, operation: &str, exchange: &Exchange, problems: &mut Vec<String>) {
        let Some(responses) = self.document.at(&format!("{operation}/responses")).and_then(Value::as_object)
        else {
            return;
        };
        let exact = exchange.status.to_string();
        let class = format!("{}XX", exchange.status / 100);
        let key =
            [exact.as_str(), class.as_str(), "default"].into_iter().find(|key| responses.contains_key(*key));
        let Some(key) = key else {
            // Descriptions leave out most refusals; only a success that is not described is wrong.
            if exchange.status < 400 {
                problems.push(format!("status {} is not described", exchange.status));
            }
            return;
        };
        let response = self.document.resolve(&format!("{operation}/responses/{key}"));
        let given = exchange.answer_type.as_deref().map(media_type).unwrap_or_default();
        let Some(pointer) = self.content(&response, &given) else { return };
        match exchange.answer_json() {
            Some(value) => self.examine("answer", &pointer, &value, problems),
            None if exchange.answer.is_empty() => problems.push("the answer has no body".to_owned()),
            // A fault of the simulator: cut off, or a page of HTML.
            None => {}
        }
    }

    /// Pointer of the schema for a media type.
    fn content(&self, owner: &str, given: &str) -> Option<String> {
        let content = self.document.at(&format!("{owner}/content"))?.as_object()?;
        let fits = |described: &str| {
            let described = media_type(described);
            described == given || described == "*/*" || (is_json(&described) && is_json(given))
        };
        let key = content.keys().find(|key| media_type(key) == given);
        let key = key.or_else(|| content.keys().find(|key| fits(key)))?;
        Some(format!("{owner}/content/{}/schema", schema::escaped(key)))
    }

    fn examine(&self, what: &str, pointer: &str, value: &Value, problems: &mut Vec<String>) {
        let wrong = self.validate(pointer, value).into_iter();
        problems.extend(wrong.map(|why| format!("{what}: {why}")));
        let unknown = members::unknown(&self.document, pointer, value);
        problems.extend(unknown.into_iter().map(|path| format!("{what}: `{path}` is not described")));
    }

    /// What is wrong with `value`, the first few things.
    fn validate(&self, pointer: &str, value: &Value) -> Vec<String> {
        if self.document.at(pointer).is_none() {
            return Vec::new();
        }
        let validator = match self.validator(pointer) {
            Ok(validator) => validator,
            Err(why) => return vec![format!("the schema at {pointer} cannot be used: {}", short(&why))],
        };
        let wrong = validator.iter_errors(value).take(5);
        wrong.map(|error| format!("{} at `{}`", short(&error.to_string()), error.instance_path())).collect()
    }

    fn validator(&self, pointer: &str) -> Result<Rc<Validator>, String> {
        if let Some(known) = self.validators.borrow().get(pointer) {
            return Ok(Rc::clone(known));
        }
        let schema = json!({"$ref": format!("{DOCUMENT}#{}", schema::fragment(pointer))});
        let options = jsonschema::options().with_draft(self.draft).with_registry(&self.registry);
        let built = Rc::new(options.build(&schema).map_err(|why| why.to_string())?);
        self.validators.borrow_mut().insert(pointer.to_owned(), Rc::clone(&built));
        Ok(built)
    }
}

/// A described parameter.
struct Parameter {
    name: String,
    place: String,
    required: bool,
    schema: String,
}

impl Parameter {
    /// Whether a given name is this parameter's: `created[gte]` and `expand[]` are parts of theirs.
    fn takes(&self, name: &str) -> bool {
        name == self.name
            || name.strip_prefix(self.name.trim_end_matches("[]")).is_some_and(|rest| rest.starts_with('['))
    }
}

fn is_json(media: &str) -> bool {
    media == "application/json" || media.ends_with("+json")
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_default().to_owned()
}

fn short(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The members of an object, or none.
fn object(value: Option<&Value>) -> Option<&Map<String, Value>> {
    value.and_then(Value::as_object)
}
