//! The document that describes the HTTP interface: committed, current, and true of what is served.

use std::path::{Path, PathBuf};

use axum::http::Method;
use serde_json::Value;

use crate::api::client::Api;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn document() -> Value {
    serde_json::to_value(api::http::openapi()).unwrap()
}

#[test]
fn the_committed_document_is_the_generated_one() {
    let file = repository().join("api/openapi.json");
    let committed: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert!(committed == document(), "run `headwater openapi > api/openapi.json` and look at what changed");
}

#[test]
fn operations_have_unique_names_and_answer_problems() {
    let document = document();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut names = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{name} twice");
            assert!(operation["responses"]["default"].is_object(), "{method} {path} has no problem");
            assert!(
                !operation["summary"].as_str().unwrap_or_default().is_empty(),
                "{method} {path} says nothing"
            );
        }
    }
}

#[test]
fn every_reference_of_the_document_leads_somewhere() {
    let document = document();
    let mut missing = Vec::new();
    references(&document, &mut |reference| {
        let found = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
        if found.is_none() {
            missing.push(reference.to_owned());
        }
    });
    assert!(missing.is_empty(), "{missing:?}");
}

fn references(value: &Value, seen: &mut impl FnMut(&str)) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                match member.as_str() {
                    Some(reference) if name == "$ref" => seen(reference),
                    _ => references(member, seen),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, seen)),
        _ => {}
    }
}

/// A path is served when something else than "there is nothing here" answers.
#[tokio::test]
async fn every_documented_route_is_served() {
    let api = Api::at_rest().await;
    for (path, item) in document()["paths"].as_object().unwrap() {
        let concrete: Vec<&str> =
            path.split('/').map(|part| if part.starts_with('{') { "x" } else { part }).collect();
        for method in item.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = api.send((method.clone(), &concrete.join("/")), "", &[]).await;
            assert_ne!(answer.status.as_u16(), 405, "{method} {path} is documented, not served");
            assert!(!answer.text.contains("/problems/no-such-path"), "{path} is documented, not served");
        }
    }
}

/// Routes are declared with their documentation, never beside it.
#[test]
fn no_route_is_served_without_being_in_the_document() {
    let mut folders = vec![repository().join("api/src/http")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(!text.contains(".route("), "{}: declare the route with routes!(…)", path.display());
            }
        }
    }
}
