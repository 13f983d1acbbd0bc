//! `ringkeeper repairs`.

use super::cluster_meant;
use crate::arguments::RepairsCommand;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Shows how far tables are repaired.
pub(crate) async fn run(client: &Client, command: RepairsCommand, output: &Output) -> Result<Exit, Failure> {
    let RepairsCommand::Coverage { keyspace, of } = command;
    let cluster = cluster_meant(client, of.cluster.as_deref()).await?;
    let rows = client.coverage(&cluster, keyspace.as_deref()).await?;
    output.several(&rows, render::coverage::coverage)?;
    Ok(Exit::Done)
}
