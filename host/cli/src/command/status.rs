//! `ringkeeper status`.

use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;

/// Shows one cluster, or every one.
pub(crate) async fn run(client: &Client, cluster: Option<&str>, output: &Output) -> Result<Exit, Failure> {
    if let Some(name) = cluster {
        output.one(&client.cluster(name).await?, render::status::status)?;
        return Ok(Exit::Done);
    }
    let mut statuses = Vec::new();
    let mut missing = Vec::new();
    for cluster in client.clusters().await? {
        match client.cluster(&cluster.name).await {
            Ok(status) => statuses.push(status),
            Err(failure) => missing.push(failure),
        }
    }
    output.several(&statuses, |statuses, screen| {
        statuses
            .iter()
            .map(|status| render::status::status(status, screen))
            .collect::<Vec<_>>()
            .join("\n")
    })?;
    // The clusters that could be shown are; the first that could not is the command's failure.
    missing.into_iter().next().map_or(Ok(Exit::Done), Err)
}
