//! `ringkeeper agents`: what the host knows of its agents.

use ringkeeper_api::TokenRequest;

use crate::arguments::AgentsCommand;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(client: &Client, command: AgentsCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        AgentsCommand::Token { node, lasts } => {
            let request = TokenRequest {
                node,
                lifetime_seconds: lasts.map(|lasts| lasts.as_secs()),
            };
            output.one(&client.agent_token(&request).await?, render::agents::token)?;
        }
        AgentsCommand::List => output.several(&client.agents().await?, render::agents::list)?,
        AgentsCommand::Show { node } => output.one(&client.agent(node).await?, render::agents::one)?,
        AgentsCommand::Revoke { node, reason } => {
            output.one(&client.revoke_agent(node, reason).await?, render::agents::one)?;
        }
    }
    Ok(Exit::Done)
}
