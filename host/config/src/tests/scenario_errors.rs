//! What a person reads about every mistake in a scenario.

use std::path::Path;

use insta::assert_snapshot;

use crate::Scenario;

/// A sound scenario of six nodes.
const SOUND: &str = r#"
[[data_centre]]
name = "dc1"
racks = ["r1", "r2"]
nodes_per_rack = 2

[[data_centre]]
name = "dc2"
racks = ["r1", "r2"]

[[keyspace]]
name = "orders"
replicas = { dc1 = 3 }
tables = ["lines"]
"#;

fn complaint(text: &str) -> String {
    match Scenario::parse(text, Path::new("storm.toml")) {
        Ok(_) => "(nothing)".to_owned(),
        Err(error) => error.to_string(),
    }
}

fn each(texts: &[&str], file: impl Fn(&str) -> String) -> String {
    let about = |text: &&str| format!("{text}\n---\n{}", complaint(&file(text)));
    texts.iter().map(about).collect::<Vec<_>>().join("\n\n")
}

/// The complaints about the sound scenario with each of these texts at the top.
fn at_the_top(texts: &[&str]) -> String {
    each(texts, |text| format!("{text}\n{SOUND}"))
}

/// The complaints about the sound scenario, which lasts two days, with each of these texts at its end.
fn at_the_end(texts: &[&str]) -> String {
    each(texts, |text| format!("horizon = \"2d\"\n{SOUND}\n{text}"))
}

/// The complaints about a scenario of nothing but each of these texts.
fn alone(texts: &[&str]) -> String {
    each(texts, |text| format!("horizon = \"2d\"\n{text}\n"))
}

/// The complaints about a scenario of a keyspace and each of these texts.
fn beside_keyspace(texts: &[&str]) -> String {
    let keyspace = "[[keyspace]]\nname = \"orders\"\nreplicas = { dc1 = 1 }\ntables = [\"lines\"]\n";
    each(texts, |text| format!("horizon = \"2d\"\n{text}\n{keyspace}"))
}

#[test]
fn the_sound_scenario_is_sound() {
    assert_eq!(at_the_end(&[""]), "\n---\n(nothing)");
}

#[test]
fn all_mistakes_are_reported_at_once_in_the_order_of_the_file() {
    assert_snapshot!(complaint(
        r#"
horizn = "2d"
tokens = 0

[[data_centre]]
name = "dc1"
racks = []

[[keyspace]]
name = "orders"
replica = { dc1 = 3 }

[load]
hint = true

[[fault]]
kind = "crsh"
node = "r1/1"
plugin = "repiar"

[[goal]]
kind = "runs-succeeded"
operation = "repiar.full"

[[window]]
name = "night"
"#
    ));
}

#[test]
fn unknown_keys() {
    assert_snapshot!(at_the_end(&[
        "[[fault]]\nkind = \"crash\"\nper_dya = 1",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\ncolour = 1",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nhealing = \"1d\"",
        "[lode]\nhints = true",
        // Sections of the configuration that are none of a scenario, and a key of such a section.
        "[[cluster]]\nname = \"a\"",
        "[load]\ncontact_points = []",
    ]));
}

#[test]
fn times_at_the_top() {
    assert_snapshot!(at_the_top(&[
        "",
        "horizon = \"0s\"",
        "horizon = \"401d\"",
        "horizon = 14",
        "horizon = \"2d\"\nhealing = \"401d\"",
        "horizon = \"2d\"\nbegin = \"2026-03-02\"",
        "horizon = \"2d\"\nbegin = 2026-03-02T00:00:00",
        "horizon = \"2d\"\nbegin = \"1999-12-31T23:59:59Z\"",
        "horizon = \"2d\"\nbegin = 7",
    ]));
}

#[test]
fn the_rest_at_the_top() {
    assert_snapshot!(at_the_top(&[
        "horizon = \"2d\"\nname = \"the storm\"",
        "horizon = \"2d\"\nabout = 1",
        "horizon = \"2d\"\ntokens = 257",
        "horizon = \"2d\"\nversion = \"3.11.17\"",
        "horizon = \"2d\"\nversion = \"5.0\"",
        "horizon = \"2d\"\nversion = \"5.1.0\"",
    ]));
}

#[test]
fn impossible_topologies() {
    assert_snapshot!("nothing_but_a_horizon", alone(&[""]));
    assert_snapshot!(beside_keyspace(&[
        "",
        "data_centre = []",
        "[data_centre]\nname = \"dc1\"\nracks = [\"r1\"]",
        "[[data_centre]]\nname = \"dc1\"",
        "[[data_centre]]\nname = \"dc1\"\nracks = []",
        "[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\", \"r1\", \"r/2\", 3]",
        "[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\"]\nnodes_per_rack = 0",
        "[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\"]\nnodes_per_rack = 1001",
        "[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\", \"r2\"]\nnodes_per_rack = 501",
        "[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\"]\nnodes_per_rack = 999\n\
         [[data_centre]]\nname = \"dc2\"\nracks = [\"r1\", \"r2\"]",
        "[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\"]\n[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\"]",
    ]));
}

#[test]
fn a_thousand_nodes_are_possible() {
    let thousand = "[[data_centre]]\nname = \"dc1\"\nracks = [\"r1\", \"r2\"]\nnodes_per_rack = 500";
    let keyspace = "[[keyspace]]\nname = \"orders\"\nreplicas = { dc1 = 3 }\ntables = [\"lines\"]";
    assert!(alone(&[&format!("{thousand}\n{keyspace}")]).ends_with("(nothing)"));
}

#[test]
fn replicas() {
    assert_snapshot!(at_the_end(&[
        "[[keyspace]]\nname = \"shop\"\nreplicas = { dc1 = 5 }\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"shop\"\nreplicas = { dc1 = 4, dc2 = 3 }\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"shop\"\nreplicas = { DC1 = 3, berlin = 1 }\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"shop\"\nreplicas = {}\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"shop\"\nreplicas = 3\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"shop\"\nreplicas = { dc1 = 0, dc2 = \"two\" }\ntables = [\"a\"]",
    ]));
}

#[test]
fn keyspaces_and_tables() {
    assert_snapshot!(at_the_end(&[
        "[[keyspace]]\nname = \"orders\"\nreplicas = { dc1 = 3 }\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"system_auth\"\nreplicas = { dc1 = 3 }\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"system\"\nreplicas = { dc1 = 3 }\ntables = [\"a\"]",
        "[[keyspace]]\nname = \"my-shop\"\nreplicas = { dc1 = 3 }\ntables = [\"a\", \"b\", \"a\"]",
        "[[keyspace]]\nname = \"shop\"\nreplicas = { dc1 = 3 }\ntables = []",
        "[[keyspace]]\nname = \"shop\"\nreplicas = { dc1 = 3 }\ntables = [\"a.b\"]\ngc_grace = \"10 days\"",
    ]));
}

#[test]
fn loads() {
    assert_snapshot!(at_the_end(&[
        "[load]\nwrites_per_second = -1",
        "[load]\nrow_bytes = \"0B\"\ntable_bytes = \"64MB\"\nhints = \"no\"",
        "[[load]]\nhints = true",
    ]));
}

#[test]
fn kinds_of_faults() {
    assert_snapshot!(at_the_end(&[
        "[[fault]]\nkind = \"crahs\"\nat = \"1h\"",
        "[[fault]]\nkind = \"meteor\"\nat = \"1h\"",
        "[[fault]]\nkind = \"disk_full\"\nat = \"1h\"",
        "[[fault]]\nat = \"1h\"",
        "[[fault]]\nkind = \"crash\"\non = \"before-cal\"",
        "[fault]\nkind = \"crash\"\nat = \"1h\"",
    ]));
}

#[test]
fn nodes_of_faults() {
    assert_snapshot!(at_the_end(&[
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nnode = \"dc1/r2/3\"",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nnode = \"dc3/r2/1\"",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nnode = \"berlin/rack-a/1\"",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nnode = \"dc1/r1/0\"",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nnode = \"10.0.0.1\"",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nnode = 1",
    ]));
}

#[test]
fn times_of_faults() {
    assert_snapshot!(at_the_end(&[
        "[[fault]]\nkind = \"crash\"",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nper_day = 2",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\non = \"before-call\"\nper_day = 2",
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nnth = 2",
        "[[fault]]\nkind = \"crash\"\non = \"before-call\"\nnth = 0",
        "[[fault]]\nkind = \"crash\"\nper_day = -1",
        "[[fault]]\nkind = \"crash\"\nat = \"2d\"",
        "[[fault]]\nkind = \"crash\"\nat = \"1d\"\n\n[[fault]]\nkind = \"hang\"\nat = \"3d\"\nfor = \"0s\"",
    ]));
}

#[test]
fn keys_that_do_not_fit_the_kind_of_a_fault() {
    assert_snapshot!(at_the_end(&[
        "[[fault]]\nkind = \"crash\"\nat = \"1h\"\nby = \"4s\"",
        "[[fault]]\nkind = \"hints-lost\"\nat = \"1h\"\nfor = \"1h\"",
        "[[fault]]\nkind = \"host-kill\"\nat = \"1h\"\nnode = \"dc1/r1/1\"",
        "[[fault]]\nkind = \"slow\"\nat = \"1h\"\nplugin = \"repair\"\ngrant = \"repair\"",
        "[[fault]]\nkind = \"grant-revoked\"\nat = \"1h\"",
        "[[fault]]\nkind = \"grant-revoked\"\nat = \"1h\"\nplugin = \"repair\"",
    ]));
}

#[test]
fn plugins_of_faults() {
    assert_snapshot!(at_the_end(&[
        "[[fault]]\nkind = \"grant-revoked\"\nat = \"1h\"\nplugin = \"repiar\"\ngrant = \"repair\"",
        "[[fault]]\nkind = \"grant-revoked\"\nat = \"1h\"\nplugin = \"backup\"\ngrant = \"cluster\"",
        "[[fault]]\nkind = \"grant-revoked\"\nat = \"1h\"\nplugin = \"repair\"\ngrant = \"lifecycle\"",
        "[[fault]]\nkind = \"grant-revoked\"\nat = \"1h\"\nplugin = \"health\"\ngrant = \"metric\"",
        "[[fault]]\nkind = \"grant-revoked\"\nat = \"1h\"\nplugin = \"health\"\ngrant = \"cluster\"\n\n\
         [[plugin]]\nname = \"health\"\nenabled = false",
    ]));
}

#[test]
fn runs() {
    assert_snapshot!(at_the_end(&[
        "[[run]]",
        "[[run]]\nat = \"3d\"\noperation = \"repair.full\"",
        "[[run]]\nat = \"1h\"\noperation = \"repair\"",
        "[[run]]\nat = \"1h\"\noperation = \"repiar.full\"",
        "[[run]]\nat = \"1h\"\noperation = \"repair.full\"\nparameters = [1]",
    ]));
}

#[test]
fn goals() {
    assert_snapshot!(at_the_end(&[
        "[[goal]]",
        "[[goal]]\nkind = \"no-divergance\"",
        "[[goal]]\nkind = \"no-divergence\"\ncount = 2",
        "[[goal]]\nkind = \"runs-succeeded\"",
        "[[goal]]\nkind = \"runs-succeeded\"\noperation = \"repair.full\"\ncount = 0\nfinding = \"down\"",
        "[[goal]]\nkind = \"runs-succeeded\"\noperation = \"helth.check\"",
        "[[goal]]\nkind = \"finding-opened\"",
        "[[goal]]\nkind = \"no-open-finding\"\nfinding = \"\"",
    ]));
}

#[test]
fn clusters_that_are_not_the_simulated_one() {
    assert_snapshot!(at_the_end(&[
        "[[schedule]]\noperation = \"repair.full\"\ncluster = \"simulatd\"\ncron = \"0 2 * * 6\"",
        "[[window]]\nname = \"night\"\ncluster = \"orders\"\nimpacts = [\"disrupt\"]\nfrom = \"22:00\"\nto = \"04:00\"",
    ]));
}
