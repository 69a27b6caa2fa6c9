//! The query endpoint: `select … from Entity where … orderby … startposition n maxresults m`.

mod filter;
mod lexer;
mod parser;
mod run;

#[cfg(test)]
mod tests;

pub(crate) use run::run;
