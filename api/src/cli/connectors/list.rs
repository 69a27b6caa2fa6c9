//! The connectors there are.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use infrastructure::connectors::embedded;
use infrastructure::connectors::manifest::from_files;

use super::facts::{Facts, LimitFacts};
use super::folders::folders;
use crate::cli::terminal;

/// How they are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// For people at a terminal.
    Table,
    /// Everything, for programs.
    Json,
    /// For the documentation.
    Markdown,
}

/// What stands above the table of the documentation.
const ABOVE: &str = "# Providers

What Headwater connects to without a line of your own code. This table is made from the manifests:
`headwater connectors list --markdown > docs/providers.md`. Write class: `a` the provider deduplicates by key, `b` it
enforces uniqueness, `c` a create can be looked up, `d` neither, so that an unknown outcome is for a person.
";

/// Lists them.
pub(super) fn list(folder: Option<&Path>, form: Form) -> anyhow::Result<()> {
    let mut all = embedded();
    if let Some(folder) = folder {
        all.extend(folders(folder)?);
    }
    let read = |(key, files): (String, _)| {
        let manifest = from_files(&files).with_context(|| format!("connector `{key}`"))?;
        Ok((key, Facts::of(&manifest)))
    };
    let all = all.into_iter().map(read).collect::<anyhow::Result<BTreeMap<String, Facts>>>()?;
    let facts: Vec<&Facts> = all.values().collect();
    terminal::say(&match form {
        Form::Json => serde_json::to_string_pretty(&facts)?,
        Form::Markdown => markdown(&facts),
        Form::Table => {
            terminal::table(&["key", "name", "auth", "entities"], facts.iter().map(|one| row(one)))
        }
    });
    Ok(())
}

fn row(facts: &Facts) -> Vec<String> {
    let entities: Vec<&str> = facts.entities.iter().map(|entity| entity.name.as_str()).collect();
    vec![facts.key.clone(), facts.name.clone(), auth(facts), entities.join(", ")]
}

fn auth(facts: &Facts) -> String {
    let mut kinds: Vec<&str> = facts.auth.iter().map(|method| method.kind).collect();
    kinds.dedup();
    kinds.join(", ")
}

fn markdown(all: &[&Facts]) -> String {
    let mut text = format!(
        "{ABOVE}\n| key | name | categories | auth | entities (write class) | operations | webhooks | limits | hook |\n|---|---|---|---|---|---|---|---|---|\n"
    );
    for facts in all {
        text.push_str(&line(facts));
        text.push('\n');
    }
    text.trim_end().to_owned()
}

fn line(facts: &Facts) -> String {
    let entities: Vec<String> =
        facts.entities.iter().map(|entity| format!("{} ({})", entity.name, entity.write_class)).collect();
    let operations: Vec<&str> = facts.operations.iter().map(|operation| operation.name.as_str()).collect();
    let webhooks = facts
        .webhooks
        .as_ref()
        .map_or("no", |webhooks| if webhooks.subscribes { "yes, subscribed by itself" } else { "yes" });
    let limits: Vec<String> = facts.limits.iter().map(limit).collect();
    let cells = [
        format!("`{}`", facts.key),
        format!("[{}]({})", facts.name, facts.docs),
        facts.categories.join(", "),
        auth(facts),
        entities.join(", "),
        operations.join(", "),
        webhooks.to_owned(),
        limits.join("; "),
        (if facts.hook { "yes" } else { "no" }).to_owned(),
    ];
    format!("| {} |", cells.map(|cell| cell.replace('|', "\\|")).join(" | "))
}

fn limit(limit: &LimitFacts) -> String {
    let of = if limit.scope == "app" { " of the app" } else { "" };
    let window = match limit.per_s {
        1 => "s".to_owned(),
        60 => "min".to_owned(),
        3_600 => "h".to_owned(),
        86_400 => "day".to_owned(),
        seconds => format!("{seconds} s"),
    };
    format!("{}/{window}{of}", limit.calls)
}
