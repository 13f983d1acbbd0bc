//! `ringkeeper nodes`.

use super::{addresses, cluster_meant};
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::render;
use crate::render::findings::Addresses;

/// Lists the nodes of a cluster, or shows everything about one.
pub(crate) async fn run(
    client: &Client,
    cluster: Option<&str>,
    node: Option<&str>,
    output: &Output,
) -> Result<Exit, Failure> {
    let cluster = cluster_meant(client, cluster).await?;
    match node {
        Some(node) => match client.node(&cluster, node).await {
            Ok(detail) => output.one(&detail, render::node::node)?,
            Err(failure) if failure.exit == Exit::NotFound => {
                let known = addresses(client, &cluster).await;
                return Err(fits_several(node, &known).unwrap_or(failure));
            }
            Err(failure) => return Err(failure),
        },
        None => {
            let centres = client.cluster(&cluster).await?.data_centers;
            let nodes: Vec<_> = centres.into_iter().flat_map(|centre| centre.nodes).collect();
            output.several(&nodes, render::nodes::list)?;
        }
    }
    Ok(Exit::Done)
}

/// What to say where the beginning of a host id is that of several nodes; none where it is not.
fn fits_several(beginning: &str, known: &Addresses) -> Option<Failure> {
    let beginning = beginning.to_lowercase();
    let fitting: Vec<_> = known
        .iter()
        .filter(|(id, _)| id.to_string().starts_with(&beginning))
        .map(|(id, address)| format!("{id} ({})", address.ip()))
        .collect();
    (fitting.len() > 1).then(|| {
        Failure::new(
            Exit::NotFound,
            format!("the host ids of {} nodes begin with `{beginning}`", fitting.len()),
            format!("write more of one of: {}", fitting.join(", ")),
        )
    })
}

#[cfg(test)]
mod tests {
    use ringkeeper_cluster::{Endpoint, NodeId};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_beginning_of_several_host_ids_is_said_to_be_one() {
        let known: Addresses = [(1, "10.0.0.1:7000"), (2, "10.0.0.2:7000")]
            .map(|(id, address)| {
                let address: std::net::SocketAddr = address.parse().unwrap();
                (NodeId::new(Uuid::from_u128(id)), Endpoint::new(address))
            })
            .into();
        let several = fits_several("0", &known).unwrap();
        assert_eq!(several.message, "the host ids of 2 nodes begin with `0`");
        assert!(
            several
                .remedy
                .unwrap()
                .contains("00000000-0000-0000-0000-000000000002 (10.0.0.2)")
        );
        assert_eq!(fits_several("00000000-0000-0000-0000-000000000001", &known), None);
        assert_eq!(fits_several("f", &known), None);
    }
}
