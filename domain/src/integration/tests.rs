mod connection;
mod create;
mod mappings;
mod support;
mod switch;
