//! `ringkeeper run`.

use ringkeeper_api::RunRequest;

use super::follow;
use crate::arguments::RunArguments;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Opens a run, and follows it if asked to.
pub(crate) async fn run(client: &Client, arguments: RunArguments, output: &Output) -> Result<Exit, Failure> {
    let request = RunRequest {
        operation: arguments.operation,
        cluster: arguments.of.cluster,
        parameters: arguments.given.parameters.into_iter().collect(),
        approve: arguments.approve,
        deadline: arguments.by,
        security: arguments.security,
    };
    let run = client.open_run(&request).await?;
    if arguments.follow {
        return follow::new_run(client, &run, output).await;
    }
    output.one(&run, render::runs::opened)?;
    Ok(Exit::of_run(&run.state).unwrap_or(Exit::Done))
}
