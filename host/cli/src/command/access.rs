//! `ringkeeper token`: who may ask the host over the network.

use ringkeeper_api::AccessTokenRequest;

use crate::arguments::TokenCommand;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(client: &Client, command: TokenCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        TokenCommand::Create { name, role, lasts } => {
            let request = AccessTokenRequest {
                name,
                role,
                lifetime_seconds: lasts.map(|lasts| lasts.as_secs()),
            };
            output.one(&client.create_token(&request).await?, render::access::token)?;
        }
        TokenCommand::List => output.several(&client.tokens().await?, render::access::list)?,
        TokenCommand::Revoke { name, reason } => {
            output.one(&client.revoke_token(&name, reason).await?, render::access::one)?;
        }
    }
    Ok(Exit::Done)
}
