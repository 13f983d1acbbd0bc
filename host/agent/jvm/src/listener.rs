//! Who listens where Jolokia should.

use std::io;
use std::net::{IpAddr, SocketAddr};

use crate::proc::{Proc, socket};

/// Who listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listener {
    /// Nobody.
    None,
    /// The process itself.
    Itself,
    /// Another process, by its number if that may be seen.
    Other(Option<u32>),
}

/// Looks who listens at `address`, as far as it concerns this process.
pub(crate) fn at(proc: &Proc, pid: u32, address: SocketAddr) -> io::Result<Listener> {
    let listeners = proc.listeners(pid)?;
    let there = listeners.iter().find(|(at, _)| covers(*at, address));
    let Some((_, inode)) = there else {
        return Ok(Listener::None);
    };
    let has_it = |pid: u32| {
        let files = proc.open_files(pid).unwrap_or_default();
        files.iter().any(|path| socket(path) == Some(*inode))
    };
    if has_it(pid) {
        return Ok(Listener::Itself);
    }
    Ok(Listener::Other(proc.pids()?.into_iter().find(|&pid| has_it(pid))))
}

/// Whether a socket that listens at `at` takes what is sent to `address`.
fn covers(at: SocketAddr, address: SocketAddr) -> bool {
    let is_any = match at.ip() {
        IpAddr::V4(ip) => ip.is_unspecified() && address.is_ipv4(),
        IpAddr::V6(ip) => ip.is_unspecified(),
    };
    at.port() == address.port() && (is_any || at.ip() == address.ip())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn who_listens_is_found_by_the_socket() {
        let proc = Proc::default();
        let me = std::process::id();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(at(&proc, me, address).unwrap(), Listener::Itself);
        let elsewhere = SocketAddr::new([127, 0, 0, 9].into(), address.port());
        assert_eq!(at(&proc, me, elsewhere).unwrap(), Listener::None);
    }

    #[test]
    fn a_socket_for_all_addresses_is_in_the_way_of_one() {
        let wanted = "127.0.0.1:8778".parse().unwrap();
        for (at, expected) in [
            ("127.0.0.1:8778", true),
            ("0.0.0.0:8778", true),
            ("[::]:8778", true),
            ("127.0.0.2:8778", false),
            ("127.0.0.1:8779", false),
        ] {
            assert_eq!(covers(at.parse().unwrap(), wanted), expected, "{at}");
        }
    }
}
