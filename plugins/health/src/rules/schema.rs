//! Nodes that do not run with the same schema.

use ringkeeper_sdk::prelude::*;

use crate::settings::Settings;
use crate::words;
use crate::world::World;

/// Versions that are named with their nodes; nobody reads more.
const MOST_SHOWN: usize = 5;

/// One finding while the nodes that answer have had more than one schema version for longer than a schema change takes
/// to reach them all.
pub(super) fn judge(world: &World, settings: &Settings) -> Vec<Finding> {
    let settle = i64::from(settings.schema_settle_seconds) * 1000;
    let Some(since) = world
        .schema_disagrees_since
        .filter(|since| world.now - since >= settle)
    else {
        return Vec::new();
    };
    let name = |id: &NodeId| {
        let member = world.members.iter().find(|member| member.node.id == *id);
        member.map_or(id.as_str(), |member| &member.name).to_owned()
    };
    let count = words::count(world.schema_versions.len(), "schema version");
    let title = format!("The nodes run with {count}.");
    let mut finding = Finding::new(Severity::Warning, "schema", title)
        .about(Subject::Cluster, Owner::Platform)
        .beyond("schema versions", world.schema_versions.len(), "1")
        .seen("in disagreement for", words::duration(world.now - since));
    for version in world.schema_versions.iter().take(MOST_SHOWN) {
        let nodes: Vec<String> = version.nodes.iter().map(name).collect();
        finding = finding.seen(format!("version {}", version.version), words::list(&nodes));
    }
    let down: Vec<&str> = world
        .members
        .iter()
        .filter(|member| member.is_down())
        .map(|member| member.name.as_str())
        .collect();
    if !down.is_empty() {
        finding = finding.seen("not asked, as they are down", words::list(&down));
    }
    vec![finding.suggest(
        "Change no schema while this lasts. Run `nodetool describecluster` on a node of each version first; if they \
         still differ and one version is in the minority, restart its nodes one at a time.",
    )]
}

#[cfg(test)]
mod tests {
    use ringkeeper_sdk::cluster::SchemaVersion;

    use super::*;
    use crate::testing::{NOW, Ring};

    /// What is found when the second of three nodes has had a version of its own for so many seconds.
    fn found(seconds: i64, settings: &Settings) -> Vec<Finding> {
        let mut ring = Ring::of(&[("dc1", 3)]);
        let version = |version: &str, nodes: &[&str]| SchemaVersion {
            version: version.into(),
            nodes: nodes.iter().map(|node| format!("id-10.0.1.{node}")).collect(),
        };
        ring.world.schema_versions = vec![version("one", &["1", "3"]), version("two", &["2"])];
        ring.world.schema_disagrees_since = Some(NOW - seconds * 1000);
        judge(&ring.world, settings)
    }

    #[test]
    fn a_lasting_disagreement_is_one_finding_that_names_the_nodes_and_its_age() {
        let found = found(150, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].title, "The nodes run with 2 schema versions.");
        let evidence: Vec<_> = found[0]
            .evidence
            .iter()
            .map(|fact| (fact.name.as_str(), fact.value.as_str()))
            .collect();
        assert_eq!(
            evidence,
            [
                ("schema versions", "2"),
                ("in disagreement for", "2 min"),
                ("version one", "10.0.1.1 and 10.0.1.3"),
                ("version two", "10.0.1.2"),
            ]
        );
    }

    #[test]
    fn the_seconds_after_a_schema_change_are_as_they_should_be() {
        assert_eq!(found(59, &Settings::default()), []);
        assert_eq!(found(60, &Settings::default()).len(), 1);
    }

    #[test]
    fn the_operator_says_how_long_a_schema_change_may_take() {
        let settings = Settings {
            schema_settle_seconds: 300,
            ..Settings::default()
        };
        assert_eq!(found(299, &settings), []);
        assert_eq!(found(300, &settings).len(), 1);
    }

    #[test]
    fn one_version_is_as_it_should_be() {
        assert_eq!(judge(&Ring::of(&[("dc1", 3)]).world, &Settings::default()), []);
    }
}
