//! Nodes that do not run with the same schema.

use ringkeeper_sdk::prelude::*;

use crate::settings::Settings;
use crate::words;
use crate::world::World;

/// Versions that are named with their nodes; nobody reads more.
const MOST_SHOWN: usize = 5;

/// One finding while the nodes that answered have more than one schema version. The host remembers no beginning, so
/// none is told.
pub(super) fn judge(world: &World, _: &Settings) -> Vec<Finding> {
    if world.schema_versions.len() < 2 || world.is_dark() {
        return Vec::new();
    }
    let name = |id: &NodeId| {
        let member = world.members.iter().find(|member| member.node.id == *id);
        member.map_or(id.as_str(), |member| &member.name).to_owned()
    };
    let count = words::count(world.schema_versions.len(), "schema version");
    let title = format!("The nodes run with {count} at this moment.");
    let mut finding = Finding::new(Severity::Warning, "schema", title)
        .about(Subject::Cluster, Owner::Platform)
        .beyond("schema versions", world.schema_versions.len(), "1");
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
        "For some seconds after a schema change this is as it should be. If the next check says it too, change no \
         schema, and restart the smaller group one node at a time.",
    )]
}

#[cfg(test)]
mod tests {
    use ringkeeper_sdk::cluster::SchemaVersion;

    use super::*;
    use crate::testing::Ring;

    #[test]
    fn two_versions_are_one_finding_that_names_the_nodes() {
        let mut ring = Ring::of(&[("dc1", 3)]);
        let version = |version: &str, nodes: &[&str]| SchemaVersion {
            version: version.into(),
            nodes: nodes.iter().map(|node| format!("id-10.0.1.{node}")).collect(),
        };
        ring.world.schema_versions = vec![version("one", &["1", "3"]), version("two", &["2"])];
        let found = judge(&ring.world, &Settings::default());
        assert_eq!(found.len(), 1);
        assert_eq!(
            found[0].title,
            "The nodes run with 2 schema versions at this moment."
        );
        assert_eq!(found[0].evidence[1].name, "version one");
        assert_eq!(found[0].evidence[1].value, "10.0.1.1 and 10.0.1.3");
    }

    #[test]
    fn one_version_is_as_it_should_be() {
        assert_eq!(judge(&Ring::of(&[("dc1", 3)]).world, &Settings::default()), []);
    }
}
