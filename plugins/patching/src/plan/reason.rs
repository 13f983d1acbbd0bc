//! Why a node is restarted: who meant it, and how its process stands.

use ringkeeper_sdk::words::duration;

use crate::parameters::Parameters;
use crate::world::{Node, Presence, World};

/// `every node is meant; its process runs for 3 d 4 h`.
pub(super) fn of(world: &World, node: &Node, parameters: &Parameters) -> String {
    format!("{}; {}", meant(parameters), process(world, node, parameters))
}

/// Which parameter means the node: the closest one.
fn meant(parameters: &Parameters) -> &'static str {
    match parameters {
        Parameters { nodes, .. } if !nodes.is_empty() => "it is named",
        Parameters { racks, .. } if !racks.is_empty() => "every node of its rack is meant",
        Parameters { data_centres, .. } if !data_centres.is_empty() => {
            "every node of its data centre is meant"
        }
        _ => "every node is meant",
    }
}

fn process(world: &World, node: &Node, parameters: &Parameters) -> String {
    let ago = |moment: i64| duration(world.now.saturating_sub(moment));
    if let Presence::Down(since) = node.seen.presence {
        return format!("its peers see it down for {}", ago(since));
    }
    let moment = parameters.if_started_before.as_ref();
    match (node.seen.process, moment.map(crate::moment::Moment::timestamp)) {
        (None, _) => "it never said since when its process runs".to_owned(),
        (Some(process), None) => format!("its process runs for {}", ago(process)),
        (Some(process), Some(moment)) => format!(
            "its process runs for {}, so it began {} before the moment that is meant",
            ago(process),
            duration(moment.saturating_sub(process))
        ),
    }
}
