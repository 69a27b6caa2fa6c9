//! What people see: lines, progress that is quiet when piped, tables.

use std::io::{self, Write as _};

use comfy_table::{ContentArrangement, Table, presets};
use indicatif::{ProgressBar, ProgressStyle};

/// A line on standard output. Whoever closed it does not want to hear more.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// A line on standard error.
pub(crate) fn warn(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// A table with a header.
pub(crate) fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.to_vec());
    table.add_rows(rows);
    table.to_string()
}

/// A progress bar on a terminal; nothing when piped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar of `total` things.
    pub(crate) fn of(total: u64, what: &str) -> Self {
        let bar = ProgressBar::new(total);
        bar.set_style(style("{wide_bar} {pos}/{len} {msg} {eta}"));
        bar.set_message(what.to_owned());
        Self(bar)
    }

    /// Follows the bytes of a file as they are read.
    pub(crate) fn reading<R: io::Read + Send>(&self, input: R, size: u64) -> impl io::Read + Send + use<R> {
        self.0.set_length(size);
        self.0.set_style(style("{wide_bar} {bytes}/{total_bytes} {eta}"));
        self.0.wrap_read(input)
    }

    /// So many are done.
    pub(crate) fn at(&self, count: u64, total: u64) {
        self.0.set_length(total);
        self.0.set_position(count);
    }

    /// Ends it.
    pub(crate) fn done(&self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
