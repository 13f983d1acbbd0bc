use std::ffi::OsString;
use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::command::run;
use crate::lab::Lab;
use crate::tether::Tether;
use crate::wait::wait_until;

/// For one call of `ip`.
const DEADLINE: Duration = Duration::from_secs(20);
/// The switch in the namespace, and the two cables in it.
const SWITCH: &str = "switch";
const TO_MACHINE: &str = "machine";
const PLUG: &str = "plug";
/// What programs in the namespace have.
const HOST: &str = "host";

/// A network namespace of its own, from which a lab is reached through a cable and a switch, and nothing else is.
///
/// While the switch is [cut](Uplink::cut), packets vanish without a word in both directions, as they do where a network is
/// parted: nobody is told that a connection has ended. Unix sockets go across, as always.
///
/// ```text
/// programs in the namespace: HOST ── PLUG, SWITCH, TO_MACHINE ── the machine, 127.77.Y.*
/// ```
///
/// The namespace lives as long as one process in it, which is held by a [`Tether`]: so it and its cables go with whoever
/// made it, however that ends. Outside of them nothing is changed.
#[derive(Debug)]
pub struct Uplink {
    keeper: Tether,
    /// Third part of the lab's addresses, which no other lab has at the same time.
    network: u8,
}

impl Uplink {
    /// Why none can be made by this process; none where one can.
    #[must_use]
    pub fn lacks() -> Option<String> {
        if !rustix::process::geteuid().is_root() {
            return Some("a network namespace takes root".to_owned());
        }
        let mut shown = Command::new("unshare");
        shown.args(["--net", "ip", "link", "show"]);
        let error = run(&mut shown, DEADLINE).err()?;
        Some(format!("no network namespace can be made here: {error:#}"))
    }

    /// Makes a namespace with a way to this lab.
    ///
    /// # Errors
    /// When the system does not let it be made.
    pub fn to(lab: &Lab) -> Result<Self> {
        Self::to_network_of(lab.nodes().first().context("a lab has nodes")?.address())
    }

    fn to_network_of(node: IpAddr) -> Result<Self> {
        let IpAddr::V4(node) = node else {
            bail!("{node} is no IPv4 address");
        };
        let [_, _, network, _] = node.octets();
        let program = ["unshare", "--net", "sleep", "infinity"].map(OsString::from);
        let keeper = Tether::start(&program, Path::new("/dev/null"))?;
        let uplink = Self { keeper, network };
        wait_until("a network namespace", DEADLINE, || {
            let theirs = fs::read_link(format!("/proc/{}/ns/net", uplink.keeper.pid()))?;
            Ok((theirs != fs::read_link("/proc/self/ns/net")?).then_some(()))
        })?;
        uplink.connect().context("the way out of a network namespace")?;
        Ok(uplink)
    }

    /// The address of programs in the namespace.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.place(2)
    }

    /// The words before a program and its arguments that have it run in the namespace.
    #[must_use]
    pub fn words(&self) -> [OsString; 2] {
        let namespace = format!("--net=/proc/{}/ns/net", self.keeper.pid());
        ["nsenter".into(), namespace.into()]
    }

    /// Parts the namespace from the lab.
    ///
    /// # Errors
    /// When the switch does not do it.
    pub fn cut(&self) -> Result<()> {
        self.inside(&["link", "set", SWITCH, "down"])
    }

    /// Puts them together again.
    ///
    /// # Errors
    /// When the switch does not do it.
    pub fn mend(&self) -> Result<()> {
        self.inside(&["link", "set", SWITCH, "up"])
    }

    /// The namespace has no loopback, so that 127.77.Y.* is a network like any other there; `route_localnet` lets the machine
    /// answer for it.
    fn connect(&self) -> Result<()> {
        let (cable, keeper) = (self.cable(), self.keeper.pid().to_string());
        outside(&[
            "link", "add", &cable, "type", "veth", "peer", "name", TO_MACHINE, "netns", &keeper,
        ])?;
        outside(&["address", "add", &format!("{}/30", self.place(1)), "dev", &cable])?;
        outside(&["link", "set", &cable, "up"])?;
        fs::write(localnet(&cable), "1").with_context(|| localnet(&cable))?;

        self.inside(&["link", "add", SWITCH, "type", "bridge"])?;
        self.inside(&["link", "add", HOST, "type", "veth", "peer", "name", PLUG])?;
        for port in [TO_MACHINE, PLUG] {
            self.inside(&["link", "set", port, "master", SWITCH, "up"])?;
        }
        self.inside(&["address", "add", &format!("{}/30", self.address()), "dev", HOST])?;
        for link in [SWITCH, HOST] {
            self.inside(&["link", "set", link, "up"])?;
        }
        self.within(&["sh", "-c", &format!("echo 1 > {}", localnet(HOST))])?;
        let lab = format!("127.77.{}.0/24", self.network);
        self.inside(&["route", "add", &lab, "dev", HOST])
    }

    /// Of a network for benchmarks (RFC 2544), which is nobody's.
    fn place(&self, last: u8) -> IpAddr {
        Ipv4Addr::new(198, 18, self.network, last).into()
    }

    /// The end of the cable that is outside. A name has at most 15 letters.
    fn cable(&self) -> String {
        format!("rk-lab-{}", self.network)
    }

    fn inside(&self, arguments: &[&str]) -> Result<()> {
        self.within(&[&["ip"], arguments].concat())
    }

    fn within(&self, words: &[&str]) -> Result<()> {
        let [enter, namespace] = self.words();
        let mut command = Command::new(enter);
        run(command.arg(namespace).args(words), DEADLINE).map(drop)
    }
}

impl Drop for Uplink {
    fn drop(&mut self) {
        // It goes with the namespace anyway; now it is gone when this returns.
        let _ = outside(&["link", "delete", &self.cable()]);
    }
}

fn outside(arguments: &[&str]) -> Result<()> {
    run(Command::new("ip").args(arguments), DEADLINE).map(drop)
}

fn localnet(link: &str) -> String {
    format!("/proc/sys/net/ipv4/conf/{link}/route_localnet")
}

#[cfg(test)]
mod tests {
    use std::net::{SocketAddr, TcpListener};

    use super::*;
    use crate::claim::Claim;

    /// Whether a program in the namespace gets a connection within a second.
    fn reaches(uplink: &Uplink, to: SocketAddr) -> bool {
        let connect = format!("exec 3<>/dev/tcp/{}/{}", to.ip(), to.port());
        uplink.within(&["timeout", "1", "bash", "-c", &connect]).is_ok()
    }

    #[test]
    fn reaches_its_lab_until_it_is_cut_and_leaves_nothing_behind() {
        if let Some(why) = Uplink::lacks() {
            println!("skipped: {why}");
            return;
        }
        let claim = Claim::take().unwrap();
        let node = claim.address(0, 0);
        let listener = TcpListener::bind((node, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let stranger = TcpListener::bind(("127.0.0.1", 0)).unwrap();

        let uplink = Uplink::to_network_of(node).unwrap();
        let cable = Path::new("/sys/class/net").join(uplink.cable());
        assert!(cable.exists());
        assert!(reaches(&uplink, at));
        assert!(!reaches(&uplink, stranger.local_addr().unwrap()));
        uplink.cut().unwrap();
        assert!(!reaches(&uplink, at));
        uplink.mend().unwrap();
        assert!(reaches(&uplink, at));
        drop(uplink);
        assert!(!cable.exists());
    }
}
