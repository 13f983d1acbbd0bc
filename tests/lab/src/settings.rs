use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Error, Result, bail, ensure};

/// Addresses of one data centre: 127.77.Y.1 to .10, the next .11 to .20, and so on.
pub(crate) const NODES_PER_DATA_CENTRE: usize = 10;
/// More would not fit a machine a test runs on, at 600 MB a node.
pub(crate) const NODES_PER_LAB: usize = 16;

/// What a lab should be. `LabSettings::default()` is three nodes of the newest Cassandra in one data centre
/// and three racks, with Jolokia and no security.
#[derive(Debug, Clone)]
pub struct LabSettings {
    /// The Cassandra version all nodes run.
    pub version: Version,
    /// Name and number of nodes of each data centre, at most ten nodes each and sixteen in all.
    pub data_centres: Vec<(String, usize)>,
    /// Racks per data centre; nodes are dealt to `rack1`, `rack2`, … in turn.
    pub racks: usize,
    /// Tokens per node.
    pub num_tokens: u32,
    /// Whether CQL clients must log in. See [`crate::Lab::credentials`].
    pub auth: bool,
    /// Whether CQL is served over TLS only. See [`crate::Lab::certificates`].
    pub tls: bool,
    /// How Jolokia runs in every node.
    pub jolokia: JolokiaMode,
    /// Whether Jolokia is served over https and asks for a password. See [`crate::Lab::jolokia_credentials`].
    pub jolokia_secured: bool,
    /// How keys become tokens.
    pub partitioner: Partitioner,
    /// Whether nodes keep writes for a replica that is down, and hand them over when it is back. Without, a replica lacks
    /// what was written meanwhile until it is repaired.
    pub hinted_handoff: bool,
    /// Largest heap of one node, in MiB.
    pub heap_mb: u32,
    /// The folder of the lab: data, logs and configuration of all nodes. It must not exist or be empty.
    /// Without one the lab lies in the target folder. It is removed when the lab ends well; set
    /// `RINGKEEPER_LAB_KEEP=1` to look at it afterwards.
    pub root: Option<PathBuf>,
}

impl Default for LabSettings {
    fn default() -> Self {
        Self {
            version: Version::newest(),
            data_centres: vec![("dc1".to_owned(), 3)],
            racks: 3,
            num_tokens: 16,
            auth: false,
            tls: false,
            jolokia: JolokiaMode::Threads(4),
            jolokia_secured: false,
            partitioner: Partitioner::Murmur3,
            hinted_handoff: true,
            heap_mb: 512,
            root: None,
        }
    }
}

impl LabSettings {
    pub(crate) fn check(&self) -> Result<()> {
        let nodes: usize = self.data_centres.iter().map(|(_, nodes)| nodes).sum();
        ensure!(
            (1..=NODES_PER_LAB).contains(&nodes),
            "a lab has 1 to {NODES_PER_LAB} nodes, not {nodes}"
        );
        for (name, nodes) in &self.data_centres {
            ensure!(
                (1..=NODES_PER_DATA_CENTRE).contains(nodes),
                "data centre {name} has 1 to {NODES_PER_DATA_CENTRE} nodes, not {nodes}"
            );
        }
        ensure!(self.racks > 0, "a data centre has at least one rack");
        ensure!(self.num_tokens > 0, "a node has at least one token");
        Ok(())
    }
}

/// A Cassandra version a lab can run.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(String);

impl Version {
    /// The newest version labs were tried with.
    #[must_use]
    pub fn newest() -> Self {
        Self("5.0.5".to_owned())
    }

    /// One tried version of each supported release line, oldest first.
    #[must_use]
    pub fn of_every_line() -> [Self; 3] {
        ["4.0.18", "4.1.9", "5.0.5"].map(|version| Self(version.to_owned()))
    }

    /// The version as Cassandra writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the old option names with units in them are the only ones known.
    pub(crate) fn names_units_in_options(&self) -> bool {
        self.0.starts_with("4.0.")
    }
}

impl FromStr for Version {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let parts: Vec<&str> = text.split('.').collect();
        match parts.as_slice() {
            ["4", "0" | "1", patch] | ["5", "0", patch] if patch.parse::<u32>().is_ok() => {
                Ok(Self(text.to_owned()))
            }
            _ => bail!("a lab runs Cassandra 4.0, 4.1 or 5.0, for example 5.0.5, not {text:?}"),
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// How Jolokia runs inside a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JolokiaMode {
    /// With so many threads; a slow read does not hold up the others.
    Threads(u16),
    /// As it comes: one thread, so a slow read holds up everything behind it.
    Single,
    /// Not at all.
    None,
}

/// How keys become tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partitioner {
    /// The default since Cassandra 1.2.
    Murmur3,
    /// The old one, still found in clusters that have lived long.
    Random,
}

/// A name and a password of the lab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Who logs in.
    pub user: String,
    /// Not a secret: it protects nothing but a lab.
    pub password: String,
}

impl Credentials {
    pub(crate) fn new(user: &str, password: &str) -> Self {
        Self {
            user: user.to_owned(),
            password: password.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LabSettings, Version};

    #[test]
    fn takes_the_supported_release_lines_only() {
        for version in Version::of_every_line() {
            assert_eq!(version.as_str().parse::<Version>().unwrap(), version);
        }
        for refused in ["3.11.19", "4.2.0", "5.0", "5.0.x", "5.0.5-SNAPSHOT", ""] {
            assert!(refused.parse::<Version>().is_err(), "{refused}");
        }
    }

    #[test]
    fn refuses_a_cluster_no_machine_could_hold() {
        let mut settings = LabSettings::default();
        assert!(settings.check().is_ok());
        settings.data_centres = vec![("dc1".to_owned(), 11)];
        assert!(settings.check().is_err());
        settings.data_centres = vec![("dc1".to_owned(), 9), ("dc2".to_owned(), 8)];
        assert!(settings.check().is_err());
        settings.data_centres = Vec::new();
        assert!(settings.check().is_err());
    }
}
