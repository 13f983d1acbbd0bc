//! The documents that are generated from the table of keys.

use std::path::PathBuf;

use serde_json::{Value as Json, json};

use super::{SMALLEST, folder, parse_in};
use crate::file::ROOT;
use crate::key::Absent;
use crate::reading::{Reading, Table};
use crate::source::Source;
use crate::{
    CAPABILITIES, Scenario, agent_reference, agent_schema, reference, scenario, scenario_reference,
    scenario_schema, schema,
};

/// Everything set at once.
pub(super) const FULL: &str = include_str!("full.toml");

/// The same of a scenario.
pub(super) const FULL_SCENARIO: &str = include_str!("full-scenario.toml");

/// The smallest scenario.
pub(super) const SMALLEST_SCENARIO: &str = "horizon = \"1d\"\n[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\"]\n\
     [[keyspace]]\nname = \"orders\"\nreplicas = { dc1 = 1 }\ntables = [\"lines\"]\n";

#[test]
fn the_reference_is_not_stale() {
    compare("configuration.md", &reference());
}

#[test]
fn the_json_schema_is_not_stale() {
    compare("config-schema.json", &format!("{:#}\n", schema()));
}

#[test]
fn the_reference_of_agents_is_not_stale() {
    compare("agent-configuration.md", &agent_reference());
}

#[test]
fn the_json_schema_of_agents_is_not_stale() {
    compare("agent-schema.json", &format!("{:#}\n", agent_schema()));
}

#[test]
fn the_reference_of_scenarios_is_not_stale() {
    compare("scenarios.md", &scenario_reference());
}

#[test]
fn the_json_schema_of_scenarios_is_not_stale() {
    compare("scenario-schema.json", &format!("{:#}\n", scenario_schema()));
}

/// Compares a document with what is generated; writes it instead when `UPDATE_DOCS` is set.
fn compare(name: &str, generated: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs")).join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let shipped = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        shipped == generated,
        "docs/{name} is stale; run UPDATE_DOCS=1 cargo test -p ringkeeper-config documents"
    );
}

#[test]
fn the_schema_accepts_what_the_host_accepts_and_refuses_unknown_keys() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for text in [SMALLEST, FULL] {
        let value = as_json(text);
        let complaints: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(complaints, Vec::<String>::new());
    }
    for text in [
        "[host]\ncolour = 1",
        "[[cluster]]\nname = \"a\"",
        "[[cluster]]\nname = \"a\"\ncontact_points = []",
    ] {
        assert!(!validator.is_valid(&as_json(text)), "{text}");
    }
}

#[test]
fn the_schema_of_scenarios_accepts_what_is_read_and_refuses_unknown_keys() {
    let validator = jsonschema::validator_for(&scenario_schema()).unwrap();
    // A moment without quotes is TOML's own; editors see it as such, whatever the schema says.
    let full = FULL_SCENARIO.replace("2026-05-04T06:00:00Z", "\"2026-05-04T06:00:00Z\"");
    for text in [SMALLEST_SCENARIO, &full] {
        let value = as_json(text);
        let complaints: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| error.to_string())
            .collect();
        assert_eq!(complaints, Vec::<String>::new());
    }
    for text in [
        "colour = 1".to_owned(),
        SMALLEST_SCENARIO.replace("horizon", "horizn"),
        SMALLEST_SCENARIO.replace("[\"r1\"]", "[]"),
        "horizon = \"1d\"".to_owned(),
        SMALLEST_SCENARIO.replace("keyspace", "keyspaces"),
        format!("{SMALLEST_SCENARIO}\n[[fault]]\nkind = \"crsh\""),
        format!("{SMALLEST_SCENARIO}\n[[cluster]]\nname = \"a\""),
    ] {
        assert!(!validator.is_valid(&as_json(&text)), "{text}");
    }
}

fn as_json(text: &str) -> Json {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap()).unwrap()
}

#[test]
fn every_default_fits_its_own_schema() {
    let sections = [ROOT.every(), scenario::ROOT.every()].concat();
    for key in sections.iter().flat_map(|section| section.keys) {
        let Absent::Default(text) = key.absent() else {
            continue;
        };
        let value = as_json(&format!("it = {text}"));
        let validator = jsonschema::validator_for(&key.schema()).unwrap();
        assert!(validator.is_valid(&value["it"]), "{} = {text}", key.name());
    }
}

#[test]
fn every_key_stands_in_the_reference_and_in_the_full_file() {
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    for section in ROOT.every() {
        for key in section.keys {
            assert!(
                reference().contains(&format!("**`{}`**", key.name())),
                "{}",
                key.name()
            );
            let read = config.effective().iter().any(|value| {
                value
                    .key
                    .starts_with(section.path.split('.').next().unwrap_or_default())
                    && value.key.ends_with(&format!(".{}", key.name()))
            });
            assert!(
                read,
                "{}.{} is documented, but never read",
                section.path,
                key.name()
            );
        }
    }
}

#[test]
fn every_key_of_a_scenario_is_documented_and_read() {
    let documented = format!("{}{}", scenario_reference(), reference());
    let document = toml::de::DeTable::parse(FULL_SCENARIO).unwrap();
    let source = Source {
        file: "full-scenario.toml".as_ref(),
        text: FULL_SCENARIO,
    };
    let mut reading = Reading::of(source, &scenario::ROOT);
    let root = Table::root(document.get_ref(), &mut reading);
    assert!(Scenario::read(&root, &mut reading).is_some());
    for section in scenario::ROOT.every() {
        let top = section.path.split('.').next().unwrap_or_default();
        for key in section.keys {
            let name = key.name();
            assert!(documented.contains(&format!("**`{name}`**")), "{name}");
            let is_it = |read: &str| match top {
                "" => read == name,
                top => read.starts_with(top) && read.ends_with(&format!(".{name}")),
            };
            let read = reading.effective.iter().any(|value| is_it(&value.key));
            assert!(
                read || section.path == "policy.waiver",
                "{}.{name} is documented, but never read",
                section.path
            );
        }
    }
}

#[test]
fn capabilities_are_the_interfaces_of_the_contract() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit");
    let without_a_grant = [
        "README",
        "types",
        "maintenance",
        "worlds",
        "run",
        "clock",
        "random",
        "log",
        "jobs",
    ];
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| entry.unwrap().path().file_stem()?.to_str().map(str::to_owned))
        .filter(|name| !without_a_grant.contains(&name.as_str()))
        .collect();
    names.sort();
    let mut known = CAPABILITIES.to_vec();
    known.sort_unstable();
    assert_eq!(known, names);
}

#[test]
fn a_schema_of_the_file_needs_a_cluster() {
    assert_eq!(schema()["required"], json!(["cluster"]));
}
