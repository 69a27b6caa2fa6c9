//! What to do about a file that cannot be read, told from the parser's own words.

#[cfg(test)]
mod tests;

/// The remedy for a message of the parser.
pub(super) fn remedy(message: &str) -> String {
    if message.contains("unknown field") || message.contains("unknown variant") {
        return misspelt(message);
    }
    if message.contains("invalid type") || message.contains("invalid value") {
        return kind_of(message.rsplit("expected ").next().unwrap_or_default()).to_owned();
    }
    let told = if message.contains("missing field") {
        "add it; the reference says what it means"
    } else if message.contains("duplicate key") || message.contains("described twice") {
        "keep one of the two"
    } else if message.contains("`like` goes round") {
        "describe one of them whole, without `like`"
    } else if message.contains("to be like") {
        "name another entity of this manifest"
    } else if message.starts_with("a path") {
        "write it as in /v1/customers/{id}"
    } else if message.contains("hole") || message.contains("brace") || message.contains('{') {
        "correct the template"
    } else if message.contains("key with no value") || message.contains("expected `=`") {
        "write name = value"
    } else if message.contains("unclosed") || message.contains("quote") || message.contains("string") {
        "close what was opened: texts end with a quote, lists with ], tables with }"
    } else if message.contains("no manifest.toml") {
        "begin one with `headwater connectors new <key>`"
    } else {
        "correct this line"
    };
    told.to_owned()
}

/// The nearest word that there is, for one that there is not.
fn misspelt(message: &str) -> String {
    let mut words = message.split('`').skip(1).step_by(2);
    let given = words.next().unwrap_or_default();
    let near = words.map(|word| (distance(given, word), word)).min();
    let most = if given.len() < 4 { 1 } else { 1 + given.len() / 4 };
    match near {
        Some((far, word)) if far <= most => format!("did you mean `{word}`? Otherwise remove it"),
        _ if message.contains("unknown variant") => "use one of the values listed".to_owned(),
        _ => "remove it, or correct its spelling; the reference lists every field".to_owned(),
    }
}

/// Letters to change, to add or to leave out until one word is the other (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, letter) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], at + 1);
        for (column, known) in other.iter().enumerate() {
            let same = diagonal + usize::from(letter != *known);
            diagonal = row[column + 1];
            row[column + 1] = same.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

/// How a value of the expected kind is written.
fn kind_of(expected: &str) -> &'static str {
    let expected = expected.trim_start_matches("an ").trim_start_matches("a ");
    let begins = |words: &[&str]| words.iter().any(|word| expected.starts_with(word));
    if begins(&["u8", "u16", "u32", "u64", "usize"]) {
        "write a whole number from 0 on, without quotes"
    } else if begins(&["bool"]) {
        "write true or false, without quotes"
    } else if begins(&["string"]) {
        "write a text in quotes"
    } else if begins(&["sequence", "array"]) {
        "write a list, as in [\"one\", \"two\"]"
    } else if begins(&["map", "struct"]) {
        "write a table, as in { name = \"value\" }"
    } else {
        "write what is expected here"
    }
}
