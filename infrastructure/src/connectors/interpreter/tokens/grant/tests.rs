use super::*;

fn merged(body: &str) -> String {
    String::from_utf8(with_member(body.as_bytes(), "access_token", "a\"b").unwrap()).unwrap()
}

#[test]
fn a_member_joins_a_json_body_and_nothing_else_of_it_changes() {
    assert_eq!(merged(r#"{"n":1.50}"#), r#"{"access_token":"a\"b","n":1.50}"#);
    assert_eq!(merged("{ }"), r#"{"access_token":"a\"b"}"#);
    assert_eq!(merged(""), r#"{"access_token":"a\"b"}"#);
}

#[test]
fn a_body_that_is_no_object_cannot_carry_a_credential() {
    assert_eq!(with_member(b"[1]", "t", "x").unwrap_err().class, ErrorClass::Mapping);
    assert_eq!(with_member(b"a=b", "t", "x").unwrap_err().class, ErrorClass::Mapping);
}
