//! What the typed configuration says.

use std::path::Path;
use std::time::Duration;

use ringkeeper_cluster::ConsistencyLevel;
use ringkeeper_guard::{ApprovalPolicy, Consent, PressureLimits};
use ringkeeper_plan::Impact;
use serde_json::json;

use super::documents::FULL;
use super::{SMALLEST, folder, parse, parse_in};
use crate::{Approvers, Config, ConfigError, KeyspacePolicy, Origin, PluginSource, SecretSource};

#[test]
fn three_lines_are_enough() {
    let config = parse(SMALLEST).unwrap();
    assert_eq!(config.host.data_directory, Path::new("/var/lib/ringkeeper"));
    assert_eq!(
        config.host.socket,
        Path::new("/var/lib/ringkeeper/ringkeeper.sock")
    );
    let cluster = config.cluster("analytics").unwrap();
    assert_eq!(cluster.jolokia.url, "http://{address}:8778/jolokia/");
    assert_eq!(cluster.jolokia.max_response_bytes, 16 << 20);
    assert_eq!(cluster.cql.port, 9042);
    assert_eq!(cluster.sweep.membership, Duration::from_secs(15));
    assert_eq!(config.policy.default_consistency, ConsistencyLevel::LocalQuorum);
}

#[test]
fn the_bundled_plugins_are_there_without_being_named() {
    let config = parse(SMALLEST).unwrap();
    let found: Vec<_> = config
        .plugins
        .iter()
        .map(|plugin| {
            assert_eq!(plugin.source, PluginSource::Builtin(plugin.name.clone()));
            assert!(plugin.enabled);
            (plugin.name.as_str(), plugin.grants.join(" "))
        })
        .collect();
    let expected = [
        ("health", "cluster node-state metrics"),
        ("mitigation", "cluster node-state metrics lifecycle"),
        ("patching", "cluster node-state lifecycle"),
        ("repair", "cluster node-state metrics repair"),
        ("tools", "cluster lifecycle tool-catalogue tools"),
    ];
    assert_eq!(found, expected.map(|(name, grants)| (name, grants.to_owned())));
}

#[test]
fn a_table_for_the_health_plugin_changes_what_it_says_and_leaves_the_rest() {
    let text = format!("{SMALLEST}\n[[plugin]]\nname = \"health\"\nsettings = {{ heap = 1 }}\n");
    let config = parse(&text).unwrap();
    let [health, others @ ..] = config.plugins.as_slice() else {
        panic!("{:?}", config.plugins)
    };
    assert!(others.iter().all(|plugin| plugin.settings == json!({})));
    assert_eq!(health.settings, json!({ "heap": 1 }));
    assert_eq!(health.source, PluginSource::Builtin("health".to_owned()));
    assert_eq!(health.grants, ["cluster", "node-state", "metrics"]);
}

#[test]
fn paths_are_relative_to_the_folder_of_the_file() {
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    assert_eq!(config.host.data_directory, folder.path().join("data"));
    let credentials = config.clusters[0].jolokia.credentials.clone().unwrap();
    assert_eq!(
        credentials.password,
        SecretSource::File(folder.path().join("password"))
    );
    assert_eq!(credentials.password.read().unwrap().expose(), "s3cret");
}

#[test]
fn commands_are_words_and_a_program_with_a_slash_is_a_path() {
    assert_eq!(parse(SMALLEST).unwrap().clusters[0].process, None);
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    let process = config.clusters[0].process.clone().unwrap();
    let program = folder.path().join("start-node").display().to_string();
    assert_eq!(process.start, [program.as_str(), "{address}", "--port={port}"]);
    assert_eq!(
        process.stop,
        ["ssh", "{address}", "sudo systemctl stop cassandra"]
    );
    assert_eq!(process.status.unwrap().len(), 4);
    assert_eq!(process.limit, Duration::from_secs(90));
}

#[test]
fn settings_of_a_plugin_are_json() {
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    assert_eq!(
        config.plugins[0].settings,
        json!({ "heap_after_gc_percent": 80, "ratio": 0.5, "names": ["a", "b"] })
    );
}

#[test]
fn keyspaces_may_have_a_level_of_their_own_or_none() {
    let folder = folder();
    let policy = parse_in(folder.path(), FULL).unwrap().policy;
    assert_eq!(policy.default_consistency, ConsistencyLevel::Quorum);
    assert_eq!(
        policy.keyspaces["shop"],
        KeyspacePolicy::Keep(ConsistencyLevel::EachQuorum)
    );
    assert_eq!(policy.keyspaces["scratch"], KeyspacePolicy::Unwatched);
}

#[test]
fn pressure_limits_are_those_of_the_guard_unless_the_file_says_otherwise() {
    assert_eq!(
        parse(SMALLEST).unwrap().policy.pressure,
        PressureLimits::default()
    );
    let folder = folder();
    let pressure = parse_in(folder.path(), FULL).unwrap().policy.pressure;
    assert_eq!(
        pressure,
        PressureLimits {
            pending_compactions: Some(50),
            heap_percent: Some(92.5),
            dropped_per_second: None,
            hints_in_progress: Some(5_000),
        }
    );
}

#[test]
fn nobody_is_asked_unless_the_file_says_so() {
    assert_eq!(
        parse(SMALLEST).unwrap().policy.approval,
        ApprovalPolicy::default()
    );
    let folder = folder();
    let approval = parse_in(folder.path(), FULL).unwrap().policy.approval;
    for (operation, impact, consent) in [
        ("repair.full", Impact::Change, Consent::Auto),
        ("repair.full", Impact::Disrupt, Consent::Deny),
        ("patching.restart", Impact::Change, Consent::Ask),
        ("backup.take", Impact::Disrupt, Consent::Ask),
        ("backup.take", Impact::Change, Consent::Auto),
    ] {
        assert_eq!(
            approval.consent(operation, impact),
            consent,
            "{operation} {impact}"
        );
    }
    assert_eq!(approval.valid_for, Duration::from_secs(12 * 3_600));
}

#[test]
fn mitigations_name_what_was_found_and_what_cures_it() {
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    let [mitigation] = config.policy.mitigations.as_slice() else {
        panic!("{:?}", config.policy.mitigations)
    };
    assert_eq!(mitigation.finding, "node-process-dead");
    assert_eq!(mitigation.operation, "mitigation.start");
    assert_eq!(json!(mitigation.parameters), json!({ "wait_seconds": 120 }));
}

#[test]
fn waivers_windows_and_freezes_are_understood_and_know_their_place() {
    let folder = folder();
    let config = parse_in(folder.path(), FULL).unwrap();
    let [waiver] = config.policy.waivers.as_slice() else {
        panic!("{:?}", config.policy.waivers)
    };
    assert_eq!(waiver.waiver.keyspace, "staging");
    assert_eq!(waiver.waiver.until.to_string(), "2027-04-01T00:00:00.000Z");
    let [window] = config.windows.as_slice() else {
        panic!("{:?}", config.windows)
    };
    assert_eq!(
        serde_json::to_value(window.hours.window()).unwrap(),
        json!({
            "name": "night", "cluster": "analytics", "data_centres": ["dc1", "dc2"], "impacts": ["disrupt"],
            "days": ["sat", "sun"], "from": "22:00", "to": "04:00", "zone": "Europe/Berlin",
        })
    );
    let [freeze] = config.freezes.as_slice() else {
        panic!("{:?}", config.freezes)
    };
    assert_eq!(freeze.span.freeze().reason, "Christmas trade");
    assert_eq!(freeze.span.from().to_string(), "2026-12-19T23:00:00.000Z");
    let heading = |heading: &str| {
        FULL.lines()
            .position(|line| line == heading)
            .map(|line| (line + 1, 1))
    };
    assert_eq!(window.place.position, heading("[[window]]"));
    assert_eq!(freeze.place.position, heading("[[freeze]]"));
    assert_eq!(waiver.place.position, heading("[[policy.waiver]]"));
}

#[test]
fn a_file_is_read_from_disk() {
    let folder = folder();
    let path = folder.path().join("ringkeeper.toml");
    std::fs::write(&path, SMALLEST).unwrap();
    let config = Config::load(&path).unwrap();
    let name = config
        .effective()
        .iter()
        .find(|value| value.key == "cluster.analytics.name")
        .unwrap();
    assert_eq!(name.origin, Origin::File { file: path, line: 3 });
}

#[test]
fn a_missing_file_says_so() {
    let error = Config::load(Path::new("/nonexistent/ringkeeper.toml")).unwrap_err();
    assert!(matches!(error, ConfigError::Unreadable { .. }));
    insta::assert_snapshot!(error, @r"
    /nonexistent/ringkeeper.toml: cannot be read: No such file or directory (os error 2)
      fix: name an existing file (a configuration with --config FILE), and let this user read it
    ");
}

#[test]
fn the_host_listens_on_the_network_where_it_is_told_to() {
    assert_eq!(parse(SMALLEST).unwrap().host.listen, None);
    let local = parse(&format!("[host]\nlisten = \"127.0.0.1:7980\"\n{SMALLEST}"));
    let local = local.unwrap().host.listen.unwrap();
    assert_eq!((local.tls, local.allowed_hosts), (None, Vec::new()));
    assert_eq!(local.approvers, Approvers::Operator);
    let folder = folder();
    let full = parse_in(folder.path(), FULL).unwrap().host.listen.unwrap();
    assert_eq!(full.at.to_string(), "0.0.0.0:7980");
    assert_eq!(
        (full.allowed_hosts, full.approvers),
        (vec!["ringkeeper.example".to_owned()], Approvers::Admin)
    );
    assert_eq!(full.tls.unwrap().key_file, folder.path().join("host.key"));
}
