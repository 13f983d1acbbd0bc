//! `ringkeeper runs`.

use super::{approve, follow, tools};
use crate::arguments::RunsCommand;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Looks at runs, or tells them what to do.
pub(crate) async fn run(client: &Client, command: RunsCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        RunsCommand::List { among } => {
            let runs = client.runs(among.cluster.as_deref()).await?;
            output.several(&runs, render::runs::list)?;
        }
        RunsCommand::Show { id, all } => {
            let run = client.run(&id).await?;
            output.one(&run, |run, screen| render::run::run(run, all, screen))?;
        }
        RunsCommand::Follow { id } => return follow::run(client, &id, output).await,
        RunsCommand::Output { id } => return tools::output(client, &id, output).await,
        RunsCommand::Approve { id, hash } => return approve::run(client, id, hash, output).await,
        RunsCommand::Reject { id, reason } => {
            output.one(&client.reject_run(&id, reason).await?, render::runs::told)?;
        }
        RunsCommand::Pause { id } => output.one(&client.pause_run(&id).await?, render::runs::told)?,
        RunsCommand::Resume { id } => output.one(&client.resume_run(&id).await?, render::runs::told)?,
        RunsCommand::Cancel { id, now } => {
            output.one(&client.cancel_run(&id, now).await?, render::runs::told)?;
        }
    }
    Ok(Exit::Done)
}
