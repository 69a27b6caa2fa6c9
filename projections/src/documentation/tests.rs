//! The documentation is what the declarations say, and the declarations are whole.

use std::collections::BTreeSet;
use std::path::Path;

use application::ports::read_store::{ColumnType, Table};

use super::documentation;
use crate::publication::resolved;

fn tables() -> Vec<Table> {
    crate::all().iter().map(|projection| projection.table()).collect()
}

#[test]
fn the_page_is_what_the_declarations_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/views.md");
    let said = documentation(&crate::views());
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    if written != said {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, said).unwrap();
        panic!(
            "docs/views.md was not what the declarations say; it is now: look at the difference and commit it"
        );
    }
}

#[test]
fn every_view_reads_tables_that_projections_fill() {
    let resolved = resolved(&crate::views(), &tables());
    let names: Vec<_> = resolved.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, crate::views().iter().map(|view| view.name).collect::<Vec<_>>());
}

#[test]
fn every_view_shows_id_and_organization_first_and_no_internal_state() {
    for view in crate::views() {
        let names: Vec<_> = view.columns.iter().map(|column| column.name).collect();
        assert_eq!(names[..2], ["id", "organization_id"], "{}", view.name);
        assert!(!names.contains(&"state"), "{}", view.name);
        assert_eq!(
            names.iter().collect::<BTreeSet<_>>().len(),
            names.len(),
            "{} has a name twice",
            view.name
        );
        assert!(view.columns.iter().all(|column| column.doc.ends_with('.')), "{}", view.name);
    }
}

#[test]
fn every_table_has_its_key_and_organization_first() {
    for table in tables() {
        assert_eq!(table.columns[0].name, "id", "{}", table.name);
        assert_eq!(table.columns[0].kind, ColumnType::Text);
        assert_eq!(table.columns[1].name, "organization_id", "{}", table.name);
        for column in table.indexes.iter().copied().flatten() {
            assert!(table.columns.iter().any(|known| known.name == *column), "{}: {column}", table.name);
        }
    }
}

#[test]
fn computed_columns_are_texts_or_numbers_which_every_database_types_alike() {
    for view in crate::views() {
        for column in view.columns.iter().filter(|column| column.expression.contains(' ')) {
            assert!(
                matches!(column.kind, ColumnType::Text | ColumnType::Integer),
                "{}.{}",
                view.name,
                column.name
            );
        }
    }
}
