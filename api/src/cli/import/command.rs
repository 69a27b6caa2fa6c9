//! The subcommand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use domain::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT, ProjectId};

use super::invoice_lines::{Book, MissingCustomer, Options};
use super::mapping::ColumnMapping;
use super::pace::Pace;
use super::record::{BadLine, ImportedRecord};
use super::register::{BATCH, Register, Registered};
use super::source::Format;
use crate::cli::terminal::{self, Progress};
use crate::config::{DataConfig, KeysConfig};
use crate::wiring::{Place, Sources, Store};

/// Imports records from a file into the hub's database. Bad lines are listed and left out, the others are taken; a
/// second run of the same file writes nothing.
///
/// By columns:
///   headwater import customers.csv --entity customer --id CustomerNo --map "Company name=name" --map City=address.city
///   headwater import customers.csv --mapping customers.toml
///
/// By profile, for a shop's list of sold lines (customers, products, invoices and credit notes):
///   headwater import sales.csv --profile invoice-lines
#[derive(Args, Clone, Debug)]
#[command(verbatim_doc_comment)]
pub(crate) struct ImportArgs {
    /// The file: CSV with a header line, or NDJSON
    pub file: PathBuf,

    /// How the file is written [default: by its name]
    #[arg(long, value_enum)]
    format: Option<Format>,

    /// A known layout in place of a mapping of your own
    #[arg(long, value_enum, conflicts_with_all = ["mapping", "entity", "id", "map"])]
    profile: Option<Profile>,

    /// TOML file with `entity`, `id`, `[columns]` and `[constants]`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["entity", "id", "map"])]
    mapping: Option<PathBuf>,

    /// What the lines are (`customer`, `product`, `invoice` …)
    #[arg(long)]
    entity: Option<String>,

    /// The column that holds each record's id
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,

    /// A column and the field it becomes; without any, columns are the fields of their own names
    #[arg(long, value_name = "COLUMN=FIELD", value_parser = pair)]
    map: Vec<(String, String)>,

    /// Profile invoice-lines: what becomes of sales without a customer
    #[arg(long, value_enum, default_value = "cash-sale")]
    missing_customer: MissingCustomer,

    /// Profile invoice-lines: currency of the documents, ISO 4217 [default: the company's own]
    #[arg(long, value_name = "CODE")]
    currency: Option<String>,

    /// The project the records belong to [default: the default project]
    #[arg(long, value_name = "ID")]
    project: Option<ProjectId>,

    #[command(flatten)]
    data: DataConfig,

    #[command(flatten)]
    keys: KeysConfig,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Profile {
    /// `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country`
    InvoiceLines,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (column, field) = text.split_once('=').ok_or("write it as COLUMN=FIELD")?;
    Ok((column.trim().to_owned(), field.trim().to_owned()))
}

/// What an import did.
#[derive(Clone, Debug, Default)]
pub(crate) struct Imported {
    /// Records that were not there, by entity.
    pub(crate) created: BTreeMap<String, u64>,
    /// Records that were there and changed.
    pub(crate) changed: u64,
    /// Records that were there as they are.
    pub(crate) unchanged: u64,
    /// Lines left out: number and reason.
    pub(crate) left_out: Vec<(u64, String)>,
}

/// Records and bad lines in the order of the file, made as they are asked for.
type Records = Box<dyn Iterator<Item = Result<ImportedRecord, BadLine>> + Send>;

impl ImportArgs {
    /// Runs the subcommand. Answers whether every line was taken.
    pub(crate) async fn run(self) -> anyhow::Result<bool> {
        let progress = Progress::of(0, "records");
        let records = self.records(&progress)?;
        let place = Place { data: self.data.clone(), keys: self.keys.clone() };
        let store = Store::open(&place, Sources::default()).await?;
        crate::wiring::register_defaults(&store.dispatcher).await?;
        let project = self.project.unwrap_or(DEFAULT_PROJECT);
        let imported = register(&store, project, records, |_| {}).await?;
        progress.done();
        store.database.close().await;
        for (line, reason) in &imported.left_out {
            terminal::warn(&format!("{}:{line}: {reason}", self.file.display()));
        }
        terminal::say(&imported.to_string());
        Ok(imported.left_out.is_empty())
    }

    fn records(&self, progress: &Progress) -> anyhow::Result<Records> {
        if self.profile == Some(Profile::InvoiceLines) {
            let (missing_customer, currency) = (self.missing_customer, self.currency.clone());
            return invoices(&self.file, Options { missing_customer, currency }, progress);
        }
        let mapping = match &self.mapping {
            Some(file) => ColumnMapping::read(file)?,
            None => ColumnMapping {
                entity: self
                    .entity
                    .clone()
                    .context("say what the lines are: --entity, --mapping or --profile")?,
                id: self.id.clone().unwrap_or_default(),
                columns: self.map.iter().cloned().collect(),
                constants: BTreeMap::new(),
            },
        };
        let format = self.format.unwrap_or_else(|| Format::of(&self.file));
        let (columns, lines) = format.lines(&self.file, progress)?;
        let mapping = mapping.complete(&columns)?;
        Ok(Box::new(lines.map(move |line| line.and_then(|line| mapping.record(&line)))))
    }
}

fn invoices(file: &Path, options: Options, progress: &Progress) -> anyhow::Result<Records> {
    let (columns, lines) = Format::Csv.lines(file, progress)?;
    let mut book = Book::new(options, &columns)?;
    lines.for_each(|line| book.take(line));
    let (records, bad) = book.finish();
    Ok(Box::new(records.into_iter().map(Ok).chain(bad.into_iter().map(Err))))
}

/// Imports a shop's list of sold lines. `batch_done` is told how many records were taken so far.
pub(crate) async fn import(
    store: &Store,
    file: &Path,
    batch_done: impl FnMut(u64),
) -> anyhow::Result<Imported> {
    let records = invoices(file, Options::default(), &Progress::of(0, "records"))?;
    register(store, DEFAULT_PROJECT, records, batch_done).await
}

async fn register(
    store: &Store,
    project: ProjectId,
    mut records: Records,
    mut batch_done: impl FnMut(u64),
) -> anyhow::Result<Imported> {
    let dispatcher = &store.dispatcher;
    let register =
        Register { dispatcher, envelope: dispatcher.system(DEFAULT_ORGANIZATION, "import"), project };
    let (mut sum, mut bad, mut taken) = (Registered::default(), Vec::new(), 0);
    let mut pace = Pace::default();
    loop {
        let lines: Vec<_> = records.by_ref().take(BATCH).collect();
        if lines.is_empty() {
            break;
        }
        let mut batch = Vec::with_capacity(lines.len());
        for line in lines {
            match line {
                Ok(record) => batch.push(record),
                Err(line) => bad.push(line),
            }
        }
        pace.wait(dispatcher.log.as_ref(), store.checkpoints.as_ref()).await?;
        register.put(&batch, &mut sum).await?;
        taken += batch.len() as u64;
        batch_done(taken);
    }
    bad.append(&mut sum.refused);
    bad.sort();
    let left_out = bad.into_iter().map(|bad| (bad.line, bad.reason)).collect();
    Ok(Imported { created: sum.created, changed: sum.changed, unchanged: sum.unchanged, left_out })
}

impl std::fmt::Display for Imported {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let created: u64 = self.created.values().sum();
        write!(f, "{created} created, {} changed, {} as they were", self.changed, self.unchanged)?;
        for (entity, count) in &self.created {
            write!(f, "\n  {count} {entity}")?;
        }
        match self.left_out.len() {
            0 => Ok(()),
            count => write!(f, "\n{count} left out, each named above by its line"),
        }
    }
}
