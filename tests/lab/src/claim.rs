use std::env;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::process;

use anyhow::{Result, bail};

use crate::settings::{NODES_PER_DATA_CENTRE, NODES_PER_LAB};

/// Cassandra's own port between nodes.
pub(crate) const STORAGE_PORT: u16 = 7000;
/// The port for CQL clients.
pub(crate) const CQL_PORT: u16 = 9042;
/// Jolokia's usual port.
pub(crate) const JOLOKIA_PORT: u16 = 8778;
/// Cassandra serves local JMX on 127.0.0.1 alone, so every node of every lab needs a port of its own.
const FIRST_JMX_PORT: u16 = 12_000;
/// Networks a lab may take: 127.77.1 to 127.77.250.
const NETWORKS: std::ops::RangeInclusive<u8> = 1..=250;

/// A loopback network that belongs to this process until it ends or drops the claim.
///
/// The claim is a locked file in the folder for temporary files. The kernel gives the lock back however the process
/// ends, so there are no stale claims to clean up.
#[derive(Debug)]
pub(crate) struct Claim {
    network: u8,
    _lock: File,
}

impl Claim {
    /// Takes the first network that no other lab holds and whose ports are free.
    pub(crate) fn take() -> Result<Self> {
        for network in NETWORKS {
            if let Some(claim) = Self::try_take(network)
                && claim.ports_are_free()
            {
                return Ok(claim);
            }
        }
        bail!("no free loopback network 127.77.1.0 to 127.77.250.0")
    }

    fn try_take(network: u8) -> Option<Self> {
        let path = env::temp_dir().join(format!("ringkeeper-lab-127.77.{network}.lock"));
        // A file of another user cannot be opened: that network is simply not ours.
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .ok()?;
        lock.try_lock().ok()?;
        // For people who wonder who holds it; the lock is what counts.
        lock.set_len(0).ok()?;
        writeln!(lock, "{}", process::id()).ok()?;
        Some(Self { network, _lock: lock })
    }

    /// The name of the network, `127.77.Y`.
    pub(crate) fn name(&self) -> String {
        format!("127.77.{}", self.network)
    }

    /// The address of a node by the place of its data centre and its own place there.
    pub(crate) fn address(&self, data_centre: usize, node: usize) -> IpAddr {
        let host = data_centre * NODES_PER_DATA_CENTRE + node + 1;
        IpAddr::V4(Ipv4Addr::new(
            127,
            77,
            self.network,
            u8::try_from(host).unwrap_or(u8::MAX),
        ))
    }

    /// The JMX port of the lab's n-th node, counted over all data centres.
    pub(crate) fn jmx_port(&self, node: usize) -> u16 {
        let before = usize::from(self.network) * NODES_PER_LAB + node;
        FIRST_JMX_PORT + u16::try_from(before).unwrap_or_default()
    }

    /// Nodes of a lab that was killed need a moment to die; until then their network is passed over.
    fn ports_are_free(&self) -> bool {
        let jmx = (0..NODES_PER_LAB).map(|node| (IpAddr::V4(Ipv4Addr::LOCALHOST), self.jmx_port(node)));
        let others = (0..NODES_PER_LAB).flat_map(|node| {
            [STORAGE_PORT, CQL_PORT, JOLOKIA_PORT].map(|port| (self.address(0, node), port))
        });
        jmx.chain(others)
            .all(|(address, port)| TcpListener::bind(SocketAddr::new(address, port)).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::Claim;

    #[test]
    fn two_labs_never_share_a_network() {
        let one = Claim::take().unwrap();
        let other = Claim::take().unwrap();
        assert_ne!(one.name(), other.name());
        assert_ne!(one.jmx_port(0), other.jmx_port(0));
    }

    #[test]
    fn a_network_in_use_by_a_stranger_is_passed_over() {
        let free = Claim::take().unwrap();
        let _stranger = std::net::TcpListener::bind((free.address(0, 0), super::CQL_PORT)).unwrap();
        assert!(!free.ports_are_free());
    }

    #[test]
    fn data_centres_have_addresses_of_their_own() {
        let claim = Claim::take().unwrap();
        assert!(claim.address(0, 0).to_string().ends_with(".1"));
        assert!(claim.address(1, 2).to_string().ends_with(".13"));
    }
}
