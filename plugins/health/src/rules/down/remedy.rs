//! What to do first about one node that is down.

use crate::words;
use crate::world::Member;

/// What to do first. A node announces its shutdown to its peers also when it only switches its gossip off, so its own
/// word, where it still gives one, goes before what they heard.
pub(super) fn of(member: &Member) -> String {
    let announced = member.state.membership == "Stopped";
    if !member.answers() {
        return if announced {
            "It announced an orderly shutdown: see whether somebody works on it, and start it when that is done."
        } else {
            "See whether its machine and its Cassandra process run, and start what does not."
        }
        .to_owned();
    }
    if is_drained(member) {
        return "It was drained, and its process still runs: restart Cassandra there when the work on it is done."
            .to_owned();
    }
    if let Some(switched_off) = switched_off(member) {
        return format!("Its {switched_off}");
    }
    if announced {
        "It announced a shutdown, but its process answers: see in its log whether it goes down or comes up."
    } else {
        "It answers the host, so its process runs: look at the network between the nodes and at its gossip."
    }
    .to_owned()
}

/// What to do about a process that runs with gossip or the CQL service off, which Cassandra does itself when a disk
/// fails: a sentence after `Its`. None where both are on or not known, and after a drain, from which they do not come
/// back.
pub(super) fn switched_off(member: &Member) -> Option<String> {
    let off: Vec<(&str, &str)> = [
        (member.state.gossip_running, ("gossip", "`nodetool enablegossip`")),
        (
            member.state.native_transport_running,
            ("CQL clients", "`nodetool enablebinary`"),
        ),
    ]
    .into_iter()
    .filter(|(running, _)| *running == Some(false))
    .map(|(_, what)| what)
    .collect();
    if off.is_empty() || is_drained(member) {
        return None;
    }
    let (what, commands): (Vec<&str>, Vec<&str>) = off.into_iter().unzip();
    Some(format!(
        "process runs with {} switched off. Look in its log for a disk failure, on which `disk_failure_policy: \
         stop` does this; if there is none, run {} there.",
        words::list(&what),
        words::list(&commands)
    ))
}

fn is_drained(member: &Member) -> bool {
    matches!(
        member.state.operation_mode.as_deref(),
        Some("DRAINING" | "DRAINED")
    )
}
