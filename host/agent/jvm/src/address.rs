//! Where Jolokia listens.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

/// An address that only this machine can reach: Jolokia can do to Cassandra whatever an administrator can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loopback(SocketAddr);

impl Loopback {
    /// This address; none where others could reach it.
    #[must_use]
    pub const fn new(address: IpAddr, port: u16) -> Option<Self> {
        if address.is_loopback() && port != 0 {
            Some(Self(SocketAddr::new(address, port)))
        } else {
            None
        }
    }

    /// The address with its port.
    #[must_use]
    pub const fn socket(self) -> SocketAddr {
        self.0
    }
}

impl Default for Loopback {
    /// Jolokia's usual port.
    fn default() -> Self {
        Self(SocketAddr::from(([127, 0, 0, 1], 8778)))
    }
}

impl fmt::Display for Loopback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_could_reach_is_no_loopback() {
        for (address, is) in [
            ("127.0.0.1", true),
            ("127.77.1.2", true),
            ("::1", true),
            ("0.0.0.0", false),
            ("10.0.0.1", false),
        ] {
            assert_eq!(
                Loopback::new(address.parse().unwrap(), 8778).is_some(),
                is,
                "{address}"
            );
        }
        assert_eq!(Loopback::new([127, 0, 0, 1].into(), 0), None);
    }
}
