//! Network interfaces.

use procfs_core::FromRead as _;
use procfs_core::net::InterfaceDeviceStatus;

use super::proc_tree::Tree;
use super::{HostSample, number};

pub(super) fn read(tree: &Tree) -> Vec<HostSample> {
    let status = tree
        .open("proc/net/dev")
        .and_then(|file| InterfaceDeviceStatus::from_read(file).ok());
    let mut interfaces: Vec<_> = status
        .map(|status| status.0.into_iter().collect())
        .unwrap_or_default();
    interfaces.sort_by(|(one, _), (other, _): &(String, _)| one.cmp(other));
    let mut samples = Vec::new();
    for (name, status) in interfaces {
        if is_inside(&name) {
            continue;
        }
        let of = |metric, value: u64| HostSample::of(metric, &name, number(value));
        samples.extend([
            of("network.received_bytes", status.recv_bytes),
            of("network.sent_bytes", status.sent_bytes),
            of(
                "network.packets",
                status.recv_packets.saturating_add(status.sent_packets),
            ),
            of(
                "network.errors",
                status.recv_errs.saturating_add(status.sent_errs),
            ),
            of(
                "network.dropped",
                status.recv_drop.saturating_add(status.sent_drop),
            ),
        ]);
    }
    samples
}

/// Interfaces that lead nowhere but to programs of this machine. Containers have many.
fn is_inside(name: &str) -> bool {
    name == "lo" || name.starts_with("veth")
}
