//! `ringkeeper nodes`.

use super::cluster_meant;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Lists the nodes of a cluster, or shows everything about one.
pub(crate) async fn run(
    client: &Client,
    cluster: Option<&str>,
    node: Option<&str>,
    output: &Output,
) -> Result<Exit, Failure> {
    let cluster = cluster_meant(client, cluster).await?;
    match node {
        Some(node) => output.one(&client.node(&cluster, node).await?, render::node::node)?,
        None => {
            let centres = client.cluster(&cluster).await?.data_centers;
            let nodes: Vec<_> = centres.into_iter().flat_map(|centre| centre.nodes).collect();
            output.several(&nodes, render::nodes::list)?;
        }
    }
    Ok(Exit::Done)
}
