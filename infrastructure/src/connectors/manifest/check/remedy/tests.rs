use super::remedy;

#[test]
fn a_word_that_is_nearly_right_is_named_and_any_other_is_not_guessed() {
    for (message, told) in [
        ("unknown field `itmes`, expected one of `request`, `items`, `pages`", "did you mean `items`?"),
        ("unknown variant `pages`, expected one of `cursor`, `page`", "did you mean `page`?"),
        ("unknown field `banana`, expected `calls` or `per_s`", "remove it, or correct its spelling"),
        ("unknown variant `magic`, expected `oauth2` or `none`", "use one of the values listed"),
        ("unknown field `x`, there are no fields", "remove it"),
    ] {
        assert!(remedy(message).starts_with(told), "{message}: {}", remedy(message));
    }
}

#[test]
fn a_value_of_another_kind_is_told_how_to_be_written() {
    for (expected, told) in [
        ("u32", "whole number"),
        ("usize", "whole number"),
        ("a boolean", "true or false"),
        ("a string", "text in quotes"),
        ("a sequence", "list"),
        ("struct Limits", "table"),
        ("a map", "table"),
        ("é", "what is expected"),
        ("", "what is expected"),
    ] {
        let message = format!("invalid type: float `1.5`, expected {expected}");
        assert!(remedy(&message).contains(told), "{message}: {}", remedy(&message));
    }
}
