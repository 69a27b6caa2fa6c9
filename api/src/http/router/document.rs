//! What every operation has in common, written into the document once.

use utoipa::PartialSchema as _;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Components, Content, InfoBuilder, OpenApi, Ref, RefOr, Required, ResponseBuilder};

use crate::http::problem::ProblemBody;

const BEARER: &str = "operator_token";

/// Operations that need the token.
pub(super) fn secure(document: &mut OpenApi) {
    for (_, _, operation) in operations(document) {
        operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
    }
}

/// Names, problems, and the parameters that all operations of a kind take.
pub(super) fn complete(document: &mut OpenApi) {
    document.info = InfoBuilder::new()
        .title("Headwater")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Self-hosted integrations hub. Commands answer a position; reads with `at_least` wait for it. Refusals are \
             RFC 9457 problems.",
        ))
        .license(Some(utoipa::openapi::LicenseBuilder::new().name("Apache-2.0").build()))
        .build();
    for (path, method, operation) in operations(document) {
        operation.operation_id = Some(named(&path, method));
        add_problem(operation);
        if method == "get" {
            add(
                operation,
                parameter("at_least", ParameterIn::Query, "Wait until the views show this position."),
            );
        } else if path.starts_with("/v1") || path.starts_with("/api") {
            let doc = "Names the command: repeated with the same request, it answers the same position.";
            add(operation, parameter("Idempotency-Key", ParameterIn::Header, doc));
        }
    }
    let components = document.components.get_or_insert_with(Components::new);
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(scheme));
    components.schemas.insert("Problem".to_owned(), ProblemBody::schema());
    let mut more = Vec::new();
    <ProblemBody as utoipa::ToSchema>::schemas(&mut more);
    components.schemas.extend(more);
}

fn operations(document: &mut OpenApi) -> Vec<(String, &'static str, &mut Operation)> {
    let mut all = Vec::new();
    for (path, item) in &mut document.paths.paths {
        let PathItem { get, put, post, delete, patch, .. } = item;
        let of = [("get", get), ("put", put), ("post", post), ("delete", delete), ("patch", patch)];
        for (method, operation) in of {
            all.extend(operation.as_mut().map(|operation| (path.clone(), method, operation)));
        }
    }
    all
}

/// `get_v1_projects_by_id`: from method and path, so that it is unique and stays.
fn named(path: &str, method: &str) -> String {
    let parts = path.split('/').filter(|part| !part.is_empty()).map(|part| {
        let name = part.trim_start_matches('{').trim_end_matches('}').replace(['-', '.'], "_");
        if part.starts_with('{') { format!("by_{name}") } else { name }
    });
    std::iter::once(method.to_owned()).chain(parts).collect::<Vec<_>>().join("_")
}

fn add_problem(operation: &mut Operation) {
    let content = Content::new(Some(Ref::from_schema_name("Problem")));
    let response = ResponseBuilder::new()
        .description("Why it was refused; nothing happened.")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.insert("default".to_owned(), response.into());
}

fn add(operation: &mut Operation, parameter: Parameter) {
    let parameters = operation.parameters.get_or_insert_with(Vec::new);
    let named = |known: &RefOr<Parameter>| matches!(known, RefOr::T(known) if known.name == parameter.name);
    if !parameters.iter().any(named) {
        parameters.push(RefOr::T(parameter));
    }
}

fn parameter(name: &str, place: ParameterIn, doc: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(doc))
        .schema(Some(String::schema()))
        .build()
}
