//! What is sound in the file and yet odd: what is over, what contradicts itself, and what no cluster knows.

use std::collections::BTreeMap;

use ringkeeper_config::{Config, KnownNames, unknown_names};
use ringkeeper_seams::Timestamp;

use super::Check;
use super::nodes::ClusterSeen;

/// What the file itself shows at this moment.
pub(super) fn odd(config: &Config, now: Timestamp) -> Vec<Check> {
    let warnings = config.warnings(now).into_iter();
    warnings
        .map(|warning| {
            let message = format!("{}: {}: {}", warning.place, warning.key, warning.message);
            Check::warning("configuration", message, warning.remedy)
        })
        .collect()
}

/// Names in the file that none of the clusters has which they are about.
pub(super) fn unknown(config: &Config, known: &BTreeMap<String, KnownNames>) -> Vec<Check> {
    let unknown = unknown_names(config, known).into_iter();
    unknown
        .map(|unknown| Check::warning("configuration", unknown.to_string(), unknown.remedy()))
        .collect()
}

/// The names a cluster has; none where it could not tell all of them.
pub(super) fn names(seen: &ClusterSeen) -> Option<KnownNames> {
    let schema = seen.schema.as_ref().ok()?;
    (!seen.data_centres.is_empty()).then(|| KnownNames {
        keyspaces: schema.keyspaces.keys().cloned().collect(),
        data_centres: seen.data_centres.keys().cloned().collect(),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ringkeeper_cluster::{Keyspace, NodeError, NodeErrorKind, Schema};
    use ringkeeper_ring::Replication;

    use super::*;

    const FILE: &str = r#"
[[cluster]]
name = "analytics"
contact_points = ["10.0.0.1"]

[[policy.waiver]]
keyspace = "shpo"
reason = "one replica until the new racks stand"
until = "2026-05-01"

[[window]]
name = "night"
data_centres = ["dc3"]
impacts = ["disrupt"]
from = "22:00"
to = "04:00"
"#;

    fn config() -> Config {
        Config::parse(FILE, Path::new("ringkeeper.toml")).unwrap()
    }

    fn seen(schema: Result<Schema, NodeError>) -> ClusterSeen {
        ClusterSeen {
            by_agents: false,
            name: "analytics".to_owned(),
            contacts: Ok(Vec::new()),
            nodes: BTreeMap::new(),
            data_centres: BTreeMap::from([("dc1".to_owned(), 3)]),
            schema,
        }
    }

    fn shop() -> Schema {
        let shop = Keyspace {
            name: "shop".to_owned(),
            replication: Replication::Local,
            durable_writes: true,
            tables: BTreeMap::new(),
        };
        Schema {
            keyspaces: BTreeMap::from([("shop".to_owned(), shop)]),
            authenticator: None,
        }
    }

    fn said(checks: &[Check]) -> Vec<(&str, &str)> {
        let texts = checks.iter().map(|check| {
            let remedy = check.remedy.as_deref().unwrap_or_default();
            (check.message.as_str(), remedy)
        });
        texts.collect()
    }

    #[test]
    fn a_waiver_that_is_over_is_a_warning() {
        let checks = odd(&config(), Timestamp::from_millis(1_800_000_000_000));
        assert_eq!(
            said(&checks),
            [(
                "ringkeeper.toml:6:1: policy.waiver: the waiver for keyspace shpo is over since 2026-05-02T00:00:00.000Z: \
                 its availability is guarded again",
                "remove it, or move `until` if the reason still holds"
            )]
        );
    }

    #[test]
    fn names_that_the_cluster_does_not_have_are_warnings() {
        let names = names(&seen(Ok(shop()))).unwrap();
        let checks = unknown(&config(), &BTreeMap::from([("analytics".to_owned(), names)]));
        assert_eq!(
            said(&checks),
            [
                ("policy.waiver: no cluster has a keyspace `shpo`", "write `shop`"),
                (
                    "window.night.data_centres: no cluster has a data centre `dc3`",
                    "write `dc1`"
                ),
            ]
        );
    }

    #[test]
    fn a_cluster_that_does_not_answer_judges_no_name() {
        let silent = NodeError::new(NodeErrorKind::TimedOut, "10.0.0.1:9042", "no answer");
        assert_eq!(names(&seen(Err(silent))), None);
        let nowhere = ClusterSeen {
            data_centres: BTreeMap::new(),
            ..seen(Ok(shop()))
        };
        assert_eq!(names(&nowhere), None);
        assert!(unknown(&config(), &BTreeMap::new()).is_empty());
    }
}
