//! `ringkeeper findings`.

use std::collections::BTreeSet;

use super::addresses;
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use crate::render::findings::Addresses;

/// Shows what is wrong now.
pub(crate) async fn run(client: &Client, cluster: Option<&str>, output: &Output) -> Result<Exit, Failure> {
    let findings = client.findings(cluster).await?;
    let clusters: BTreeSet<_> = findings.iter().map(|open| open.cluster.as_str()).collect();
    let mut known = Addresses::new();
    for cluster in clusters {
        known.extend(addresses(client, cluster).await);
    }
    output.several(&findings, |findings, screen| {
        render::findings::findings(findings, &known, screen)
    })?;
    Ok(Exit::Done)
}
