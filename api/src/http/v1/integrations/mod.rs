//! Integrations: one provider connected for one project.

mod body;
mod catalogue;
mod connect;
mod connected;
mod create;
mod deadlines;
mod delete;
mod disable;
mod disconnect;
mod disconnect_by_delete;
mod enable;
mod get;
mod list;
mod prefixed;
mod put_credentials;
mod realms;
mod select_realm;
mod test;
mod update;

pub(crate) use prefixed::{earlier_routes, routes, shared_routes};
pub(crate) use put_credentials::SecretsBody;
pub(crate) use realms::RealmShape;
pub(crate) use test::TestOutcome;

const VIEW: &str = "v_project_integrations";
