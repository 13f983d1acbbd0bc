//! Nodes of a snapshot, as plugins name and order them.

use ringkeeper_cluster::{NodeId, NodeView, Snapshot};

use crate::bindings::ringkeeper::maintenance::types::Error;
use crate::call_state::Refused;

/// A node's id as a plugin sees it. Placements of a large ring hold tens of thousands, so no formatter is used.
pub(crate) fn id_text(id: NodeId) -> String {
    id.as_uuid().hyphenated().encode_lower(&mut [0; 36]).to_owned()
}

/// Members by data centre, rack and address.
pub(crate) fn members(snapshot: &Snapshot) -> Vec<&NodeView> {
    let mut members: Vec<&NodeView> = snapshot.nodes.values().collect();
    members.sort_by(|one, other| {
        (&one.data_centre, &one.rack, one.endpoint).cmp(&(&other.data_centre, &other.rack, other.endpoint))
    });
    members
}

/// The member a plugin names.
pub(crate) fn parse_node<'a>(snapshot: &'a Snapshot, text: &str) -> Result<&'a NodeView, Refused> {
    let id: NodeId = text.parse().map_err(|error| Error::Invalid(format!("{error}")))?;
    match snapshot.nodes.get(&id) {
        Some(node) => Ok(node),
        None => Err(Error::NotFound(format!("no node has the host id {id}")).into()),
    }
}
