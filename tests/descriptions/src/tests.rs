//! Given a small description, when an exchange is held against it, then what is not described is named.

use serde_json::{Value, json};

use super::{Description, Edmx, Exchange, GraphQl, OpenApi, Verdict};

fn shop() -> Description {
    let document = json!({
        "openapi": "3.0.1",
        "servers": [{"url": "https://api.example.com/v1"}],
        "paths": {
            "/orders": {
                "get": {
                    "parameters": [
                        {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 100}},
                        {"name": "created", "in": "query", "schema": {"anyOf": [
                            {"type": "object", "properties": {"gte": {"type": "integer"}}}, {"type": "integer"}]}}
                    ],
                    "responses": {"200": {"content": {"application/json": {"schema": {
                        "type": "array", "items": {"$ref": "#/components/schemas/Order"}}}}}}
                },
                "post": {
                    "requestBody": {"required": true, "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Order"}},
                        "application/x-www-form-urlencoded": {"schema": {"$ref": "#/components/schemas/Order"}}}},
                    "responses": {"201": {"content": {"application/json": {"schema": {
                        "$ref": "#/components/schemas/Order"}}}}}
                }
            },
            "/orders/{id}": {"get": {
                "parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "integer"}}],
                "responses": {"200": {}}}}
        },
        "components": {"schemas": {"Order": {
            "type": "object", "required": ["number"],
            "properties": {
                "number": {"type": "string"},
                "note": {"type": "string", "nullable": true},
                "lines": {"type": "array", "items": {"type": "object", "required": ["price"],
                    "properties": {"price": {"type": "integer"}}}}
            }}}}
    });
    Description::OpenApi(vec![OpenApi::new(document).unwrap()])
}

fn exchange(method: &str, path: &str, query: &str) -> Exchange {
    Exchange {
        method: method.into(),
        path: path.into(),
        query: query.into(),
        status: 200,
        answer_type: Some("application/json; charset=utf-8".into()),
        answer: b"[]".to_vec(),
        ..Exchange::default()
    }
}

fn posted(media: &str, body: &str, status: u16, answer: &Value) -> Exchange {
    Exchange {
        content_type: Some(media.into()),
        body: body.as_bytes().to_vec(),
        status,
        answer: answer.to_string().into_bytes(),
        ..exchange("POST", "/v1/orders", "")
    }
}

fn problems(description: &Description, exchange: &Exchange) -> Vec<String> {
    match description.check(exchange) {
        Verdict::Checked { problems, .. } => problems,
        Verdict::Undescribed(what) => panic!("undescribed: {what}"),
    }
}

#[test]
fn a_request_as_described_passes() {
    let shop = shop();
    assert_eq!(problems(&shop, &exchange("GET", "/v1/orders", "limit=5&created%5Bgte%5D=7")), [""; 0]);
    assert_eq!(problems(&shop, &exchange("GET", "/v1/orders/7", "")), [""; 0]);
    let sent = r#"{"number":"7","note":null,"lines":[{"price":3}]}"#;
    let answer = json!({"number": "7", "note": null});
    assert_eq!(problems(&shop, &posted("application/json", sent, 201, &answer)), [""; 0]);
    let form = "number=7&lines[0][price]=3";
    assert_eq!(problems(&shop, &posted("application/x-www-form-urlencoded", form, 201, &answer)), [""; 0]);
}

#[test]
fn an_unknown_query_parameter_or_a_wrong_value_is_named() {
    let found = problems(&shop(), &exchange("GET", "/v1/orders", "limit=500&page=2"));
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].contains("`limit`") && found[1].contains("`page` is not described"), "{found:?}");
    assert_eq!(problems(&shop(), &exchange("GET", "/v1/orders/x", "")).len(), 1);
}

#[test]
fn an_unknown_member_of_a_body_is_named_and_so_is_a_missing_one() {
    let sent = r#"{"lines":[{"price":"3","tax":1}]}"#;
    let found = problems(&shop(), &posted("application/json", sent, 201, &json!({"number": "7", "x": 1})));
    let all = found.join("\n");
    for wanted in ["\"number\" is a required", ".lines[0].tax", "answer: `.x`", "/lines/0/price"] {
        assert!(all.contains(wanted), "{wanted} in {all}");
    }
}

#[test]
fn a_wrong_request_that_was_refused_is_no_problem() {
    let refused = posted("application/json", "{}", 400, &json!({"error": "number is missing"}));
    assert_eq!(problems(&shop(), &refused), [""; 0]);
}

#[test]
fn a_path_that_is_not_there_is_undescribed() {
    let verdict = shop().check(&exchange("GET", "/v1/carts", ""));
    assert_eq!(verdict, Verdict::Undescribed("GET /v1/carts (200)".into()));
}

#[test]
fn a_graphql_request_and_its_answer_are_held_against_the_schema() {
    let schema =
        "type Query { shop(id: ID!): Shop } type Shop { name: String! plan: Plan } enum Plan { BASIC }";
    let schema = Description::GraphQl(Box::new(GraphQl::new(schema).unwrap()));
    let asked = |query: &str, answer: Value| Exchange {
        body: json!({"query": query, "variables": {"id": "1"}}).to_string().into_bytes(),
        answer: answer.to_string().into_bytes(),
        ..exchange("POST", "/admin/api/graphql.json", "")
    };
    let query = "query Q($id: ID!) { shop(id: $id) { name plan } }";
    let right = asked(query, json!({"data": {"shop": {"name": "a", "plan": "BASIC"}}}));
    assert_eq!(problems(&schema, &right), [""; 0]);
    let wrong = asked(query, json!({"data": {"shop": {"name": null, "plan": "GOLD", "x": 1}}}));
    assert_eq!(problems(&schema, &wrong).len(), 3);
    let unknown = asked("query Q($id: ID!) { shop(id: $id) { owner } }", json!({"data": null}));
    assert!(problems(&schema, &unknown).join("\n").contains("`owner`"));
}

/// What is on this machine can be used; a machine without descriptions says so.
#[test]
fn the_official_descriptions_can_be_used_where_they_are() {
    let asked = [
        ("stripe", exchange("GET", "/v1/customers/cus_1", "")),
        ("xero", exchange("GET", "/api.xro/2.0/Contacts", "page=1")),
        ("plaid", exchange("POST", "/transactions/sync", "")),
        ("companies_house", exchange("GET", "/company/06500244", "")),
        ("hmrc", exchange("GET", "/organisations/vat/123456789/obligations", "status=O")),
        ("quickbooks", exchange("GET", "/v3/company/1/invoice/7", "")),
    ];
    for (provider, exchange) in asked {
        let Some(description) = Description::of(provider).unwrap() else {
            println!("{provider}: no official description on this machine, nothing was held against it");
            continue;
        };
        let verdict = description.check(&exchange);
        println!("{provider}: {verdict:?}");
        assert!(matches!(verdict, Verdict::Checked { .. }), "{provider}: {verdict:?}");
    }
    Description::of("shopify").unwrap();
}

const METADATA: &str = r#"<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="SAPB1" xmlns="http://docs.oasis-open.org/odata/ns/edm">
<EnumType Name="Kind"><Member Name="cCustomer" Value="0"/></EnumType>
<ComplexType Name="Line"><Property Name="Quantity" Type="Edm.Double"/></ComplexType>
<EntityType Name="Partner"><Property Name="CardCode" Type="Edm.String"/><Property Name="CardType" Type="SAPB1.Kind"/>
<Property Name="Lines" Type="Collection(SAPB1.Line)"/></EntityType>
<Action Name="Login"><Parameter Name="UserName" Type="Edm.String"/></Action>
<Action IsBound="true" Name="Cancel"><Parameter Name="Params" Type="SAPB1.Partner"/></Action>
<EntityContainer Name="Layer"><EntitySet EntityType="SAPB1.Partner" Name="Partners"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"#;

#[test]
fn an_odata_exchange_names_what_its_metadata_does_not_have() {
    let description = Description::Edmx(Edmx::parse(METADATA).unwrap());
    let sent = |method: &str, path: &str, query: &str, body: &Value| {
        let mut one = posted("application/json", &body.to_string(), 200, &json!({"CardCode": "C1"}));
        (one.method, one.path, one.query) = (method.into(), format!("/b1s/v2/{path}"), query.into());
        one
    };
    let good = json!({"CardCode": "C1", "CardType": "cCustomer", "U_Own": 1, "Lines": [{"Quantity": 1.5}]});
    let of = |verdict: Verdict| match verdict {
        Verdict::Checked { operation, problems } => (operation, problems),
        Verdict::Undescribed(what) => (what, vec!["undescribed".to_owned()]),
    };
    let filter = "$filter=CardCode eq 'no and or' and startswith(CardCode,'x')&$orderby=CardCode desc";
    for (method, path, operation) in [
        ("POST", "Partners", "POST /Partners"),
        ("PATCH", "Partners('C1')", "PATCH /Partners({key})"),
        ("POST", "Partners('C1')/Cancel", "POST /Partners({key})/Cancel"),
    ] {
        assert_eq!(of(description.check(&sent(method, path, filter, &good))), (operation.to_owned(), vec![]));
    }
    for (path, query, body, wanted) in [
        ("Partners", "", json!({"Nothing": 1}), "`Nothing` is no property of `Partner`"),
        ("Partners", "", json!({"CardType": "C"}), "is no `Kind`"),
        ("Partners", "", json!({"Lines": [{"Quantity": "1"}]}), "is no `Edm.Double`"),
        ("Partners", "$filter=Missing eq 1", json!({}), "`Missing` is no property"),
        ("Partners('C1')/Close", "", json!({}), "`Close` is no action of `Partner`"),
        ("Login", "", json!({"User": "x"}), "`User` is no parameter"),
        ("Others", "", json!({}), "undescribed"),
    ] {
        let (_, problems) = of(description.check(&sent("POST", path, query, &body)));
        assert!(problems.iter().any(|problem| problem.contains(wanted)), "{wanted}: {problems:?}");
    }
}
