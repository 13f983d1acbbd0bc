//! `ringkeeper guard`.

use ringkeeper_api::GuardQuestion;

use crate::arguments::GuardCommand;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Says whether work could begin now.
pub(crate) async fn run(client: &Client, command: GuardCommand, output: &Output) -> Result<Exit, Failure> {
    let GuardCommand::Explain(asked) = command;
    let question = GuardQuestion {
        cluster: asked.of.cluster,
        nodes: asked.nodes,
        racks: asked.racks,
        impact: asked.impact.into(),
        work: asked.work.map(Into::into),
    };
    let answer = client.explain(&question).await?;
    output.one(&answer, render::guard::answer)?;
    Ok(if answer.admitted {
        Exit::Done
    } else {
        Exit::Refused
    })
}
