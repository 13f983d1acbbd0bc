//! `ringkeeper nodes log` and `nodes snapshots`: what the agent beside a node reads there now.

use ringkeeper_cluster::LogQuestion;

use super::cluster_meant;
use crate::arguments::BesideCommand;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

pub(crate) async fn run(client: &Client, command: BesideCommand, output: &Output) -> Result<Exit, Failure> {
    match command {
        BesideCommand::Log { of, level, lines } => {
            let cluster = cluster_meant(client, of.cluster.as_deref()).await?;
            let tail = client
                .node_log(&cluster, &of.node, LogQuestion { level, lines })
                .await?;
            output.one(&tail, render::beside::log)?;
        }
        BesideCommand::Snapshots { of } => {
            let cluster = cluster_meant(client, of.cluster.as_deref()).await?;
            let storage = client.node_storage(&cluster, &of.node).await?;
            output.one(&storage, render::beside::storage)?;
        }
    }
    Ok(Exit::Done)
}
