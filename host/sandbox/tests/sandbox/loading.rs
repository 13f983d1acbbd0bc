//! What is refused at load, and why.

use ringkeeper_bundled::fixtures::{BROKEN, GREEDY, HOSTILE, IDLE};
use ringkeeper_sandbox::{Grants, Limits, LoadError, Sandbox, SandboxSettings, inspect};
use ringkeeper_seams::Seams;

use crate::support::{EVERYTHING, sandbox};

async fn refused(bytes: &[u8]) -> LoadError {
    let grants = Grants::parse(EVERYTHING).unwrap();
    sandbox()
        .load("a test", bytes, &grants, Limits::default())
        .await
        .unwrap_err()
}

fn wat(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

#[tokio::test]
async fn a_file_that_is_no_component_is_refused() {
    insta::assert_snapshot!(refused(b"").await, @"the file is not WebAssembly");
    insta::assert_snapshot!(refused(b"#!/bin/sh\n").await, @"the file is not WebAssembly");
    insta::assert_snapshot!(refused(&wat("(module)")).await, @"the file is a WebAssembly module, not a component; `wasm-tools component new` makes one of it");
}

#[tokio::test]
async fn a_file_cut_off_anywhere_is_refused() {
    for cut in [5, 9, 100, HOSTILE.len() / 2, HOSTILE.len() - 1] {
        let error = refused(&HOSTILE[..cut]).await;
        assert!(
            matches!(error, LoadError::Malformed { .. }),
            "cut at {cut}: {error}"
        );
    }
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_before_anything_reads_it() {
    let settings = SandboxSettings {
        max_component_bytes: 1_000,
        ..SandboxSettings::default()
    };
    let sandbox = Sandbox::new(settings, Seams::production().unwrap()).unwrap();
    let error = sandbox
        .load("a test", vec![0; 1_001], &Grants::none(), Limits::default())
        .await
        .unwrap_err();
    assert_eq!(
        error,
        LoadError::TooLarge {
            size_bytes: 1_001,
            limit_bytes: 1_000
        }
    );
}

#[tokio::test]
async fn imports_without_a_grant_are_named_all_at_once_with_the_line_that_grants_them() {
    let grants = Grants::parse(["cluster"]).unwrap();
    let error = sandbox()
        .load("a test", GREEDY, &grants, Limits::default())
        .await
        .unwrap_err();
    insta::assert_snapshot!(error, @r#"it uses `state-write`, `telemetry`, not granted to it; to grant: grants = ["cluster", "state-write", "telemetry"]"#);
}

#[tokio::test]
async fn what_is_granted_and_not_used_does_no_harm() {
    let grants = Grants::parse(EVERYTHING).unwrap();
    let plugin = sandbox()
        .load("a test", IDLE, &grants, Limits::default())
        .await
        .unwrap();
    assert!(
        !plugin.capabilities().contains("cluster"),
        "{:?}",
        plugin.capabilities()
    );
}

#[tokio::test]
async fn imports_this_host_never_gives_are_named_with_the_reason() {
    let foreign = wat(r#"(component
        (import "wasi:io/poll@0.2.9" (instance))
        (import "ringkeeper:maintenance/cluster@0.2.0" (instance))
        (import "ringkeeper:maintenance/backup@0.1.0" (instance))
        (import "shop:orders/api@1.0.0" (instance))
        (import "print" (func)))"#);
    insta::assert_snapshot!(refused(&foreign).await.to_string().replace("; `", "\n`"), @"
    it imports what this host does not give: `wasi:io/poll@0.2.9` is WASI: a plugin has no files, environment, network or other clock; build for wasm32-unknown-unknown, or stub WASI when making the component
    `ringkeeper:maintenance/cluster@0.2.0` is of another version of the contract (0.2.0); this host offers 0.1.0
    `ringkeeper:maintenance/backup@0.1.0` is no interface of this host; a newer host may have it
    `shop:orders/api@1.0.0` is no part of the plugin contract
    `print` is not an interface, and the contract has nothing else
    ");
}

#[tokio::test]
async fn a_component_of_another_world_is_refused() {
    insta::assert_snapshot!(refused(&wat("(component)")).await, @"it is not a plugin for this host: it exports nothing, and a plugin exports `ringkeeper:maintenance/maintenance@0.1.0`");
    insta::assert_snapshot!(refused(&wat(r#"(component (instance $i) (export "shop:orders/api@1.0.0" (instance $i)))"#)).await, @"it is not a plugin for this host: it exports `shop:orders/api@1.0.0`, and a plugin exports `ringkeeper:maintenance/maintenance@0.1.0`");
    insta::assert_snapshot!(refused(&wat(r#"(component (instance $i) (export "ringkeeper:maintenance/maintenance@0.2.0" (instance $i)))"#)).await, @"it is not a plugin for this host: it exports version 0.2.0 of the contract, and this host calls ringkeeper:maintenance/maintenance@0.1.0");
}

#[tokio::test]
async fn a_function_that_is_missing_or_of_another_type_is_named() {
    let without =
        wat(r#"(component (instance $i) (export "ringkeeper:maintenance/maintenance@0.1.0" (instance $i)))"#);
    insta::assert_snapshot!(refused(&without).await, @"it is not a plugin for this host: instance export `ringkeeper:maintenance/maintenance@0.1.0` does not have export `describe`");
    let other_type = wat(r#"(component
        (core module $m (func (export "f")))
        (core instance $c (instantiate $m))
        (func $f (canon lift (core func $c "f")))
        (instance $i (export "describe" (func $f)) (export "plan" (func $f)) (export "execute" (func $f)))
        (export "ringkeeper:maintenance/maintenance@0.1.0" (instance $i)))"#);
    insta::assert_snapshot!(refused(&other_type).await, @"it is not a plugin for this host: `describe` has another type than in the contract: failed to convert function to given type: type mismatch with results: expected 1-tuple, found 0-tuple");
    let new_function = wat(r#"(component
        (import "ringkeeper:maintenance/clock@0.1.0" (instance (export "sleep" (func))))
        (instance $i) (export "ringkeeper:maintenance/maintenance@0.1.0" (instance $i)))"#);
    insta::assert_snapshot!(refused(&new_function).await, @"it is not a plugin for this host: component imports instance `ringkeeper:maintenance/clock@0.1.0`, but a matching implementation was not found in the linker: instance export `sleep` has the wrong type: function implementation is missing");
}

#[tokio::test]
async fn a_guest_that_crashes_while_describing_itself_is_refused() {
    let error = refused(BROKEN).await.to_string();
    assert!(
        error.starts_with("it could not describe itself: crashed: wasm `unreachable`"),
        "{error}"
    );
    assert!(error.ends_with("nobody knows what this plugin does"), "{error}");
}

#[tokio::test]
async fn a_bundled_plugin_says_what_it_is() {
    let grants = Grants::parse(EVERYTHING).unwrap();
    let plugin = sandbox()
        .load(
            "builtin:health",
            ringkeeper_bundled::HEALTH,
            &grants,
            Limits::default(),
        )
        .await
        .unwrap();
    assert_eq!(plugin.descriptor().name, "health");
    assert_eq!(plugin.manifest().unwrap().version, plugin.descriptor().version);
    assert_eq!(plugin.origin(), "builtin:health");
    assert_eq!(plugin.digest().as_str().len(), 64);
    for operation in &plugin.descriptor().operations {
        assert!(operation.name.starts_with("health."), "{}", operation.name);
    }
}

/// The component with this custom section behind it.
fn with_manifest(component: &[u8], json: &str) -> Vec<u8> {
    let name = ringkeeper_sandbox::MANIFEST_SECTION;
    let mut section = vec![u8::try_from(name.len()).unwrap()];
    section.extend(name.bytes().chain(json.bytes()));
    let mut bytes = component.to_vec();
    bytes.push(0);
    let mut length = section.len();
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
    bytes.extend(section);
    bytes
}

#[tokio::test]
async fn a_manifest_that_says_something_else_than_the_component_is_refused() {
    let manifest = |version: &str, capabilities: &str| {
        let json = format!(
            r#"{{"name":"greedy","version":"{version}","summary":"s","capabilities":{capabilities}}}"#
        );
        with_manifest(GREEDY, &json)
    };
    let all = r#"{"cluster":"w","state-write":"w","telemetry":"w"}"#;
    assert!(inspect(&manifest("0.1.0", all)).is_ok());
    insta::assert_snapshot!(refused(&manifest("0.1.0", r#"{"cluster":"w","telemetry":"w"}"#)).await, @"the manifest does not list `state-write`, which the component imports");
    insta::assert_snapshot!(refused(&manifest("0.1.0", r#"{"cluster":"w","state-write":"w","telemetry":"w","metrics":"w"}"#)).await, @"the manifest lists `metrics`, which the component does not import");
    insta::assert_snapshot!(refused(&manifest("0.2.0", all)).await, @"its descriptor is not valid: `version` is `0.1.0`, and the manifest says `0.2.0`");
    insta::assert_snapshot!(refused(&with_manifest(GREEDY, "{")).await, @"the manifest cannot be read: EOF while parsing an object at line 1 column 1");
    insta::assert_snapshot!(refused(&with_manifest(&manifest("0.1.0", all), "{}")).await, @"the manifest stands there twice");
}

#[tokio::test]
async fn inspecting_tells_all_without_running_anything() {
    let inspection = inspect(GREEDY).unwrap();
    assert_eq!(inspection.manifest, None);
    assert_eq!(inspection.size_bytes, GREEDY.len() as u64);
    insta::assert_snapshot!(inspection.needed(), @r#"grants = ["cluster", "state-write", "telemetry"]"#);
    assert_eq!(inspection.exports, ["ringkeeper:maintenance/maintenance@0.1.0"]);
    assert!(inspection.refused.is_empty());
}
