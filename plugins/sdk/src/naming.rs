//! Nodes as a person names them.

use crate::words::{list_of, unknown};
use crate::{Fault, NodeId, Refusal};

/// Beginnings of host ids that are shorter say nothing.
const SHORTEST_BEGINNING: usize = 4;
/// Nodes shown where a beginning fits several.
const MOST_SHOWN: usize = 5;

/// A node that can be named: by its address, with or without port, or by a beginning of its host id of four characters at least.
pub trait Named {
    /// Its host id.
    fn id(&self) -> &NodeId;
    /// Its address with port.
    fn address(&self) -> &str;
}

impl Named for crate::cluster::Node {
    fn id(&self) -> &NodeId {
        &self.id
    }

    fn address(&self) -> &str {
        &self.address
    }
}

/// The one node that is meant.
///
/// # Errors
/// When there is none, with the nearest and those there are; or several.
pub fn node<'a, N: Named>(nodes: &'a [N], name: &str) -> Result<&'a N, Refusal> {
    let fits: Vec<&N> = nodes.iter().filter(|node| is_meant(*node, name)).collect();
    match fits.as_slice() {
        [node] => Ok(node),
        [] => Err(unknown("node", name, nodes.iter().map(Named::address), "")),
        several => {
            let shown: Vec<String> = several
                .iter()
                .map(|node| format!("{} ({})", node.address(), node.id()))
                .collect();
            let message = format!(
                "`{name}` is {} nodes: {}.",
                several.len(),
                list_of(&shown, MOST_SHOWN)
            );
            Err(Refusal::new(Fault::InvalidParameters, message))
        }
    }
}

fn is_meant(node: &impl Named, name: &str) -> bool {
    let address = node.address();
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let is_beginning =
        || name.len() >= SHORTEST_BEGINNING && node.id().starts_with(&name.to_ascii_lowercase());
    address == name || host == name || is_beginning()
}
