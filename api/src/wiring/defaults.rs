//! What every installation starts with: one organization and one project, of fixed ids.

use application::dispatcher::Dispatcher;
use domain::ids::{DEFAULT_ORGANIZATION, DEFAULT_PROJECT};
use domain::project::{Project, ProjectCommand, RegisterProject};
use domain::stream::{Kind, StreamId};
use domain::value::DisplayName;

/// Registers the default project unless it is there.
pub async fn register(dispatcher: &Dispatcher) -> anyhow::Result<()> {
    let stream = StreamId::of(Kind::Project, DEFAULT_PROJECT.0);
    if dispatcher.load::<Project>(&stream).await?.head() > 0 {
        return Ok(());
    }
    let project = RegisterProject {
        organization: DEFAULT_ORGANIZATION,
        name: DisplayName::parse("Default project")?,
        country: None,
    };
    let envelope = dispatcher.system(DEFAULT_ORGANIZATION, "setup");
    dispatcher.dispatch::<Project>(&envelope, &stream, |_| ProjectCommand::Register(project.clone())).await?;
    Ok(())
}
