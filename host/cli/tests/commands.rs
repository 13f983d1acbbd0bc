//! The program as a shell sees it: what it prints, and how it ends.

use std::path::Path;
use std::process::{Command, Output};

/// Runs the program in `folder` with nothing of this process's environment that it might listen to.
fn ringkeeper(folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_ringkeeper"))
        .args(arguments)
        .current_dir(folder)
        .env_remove("RINGKEEPER_SOCKET")
        .env_remove("RINGKEEPER_HOST")
        .output()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const CONFIG: &str = "[host]\ndata_directory = \"data\"\n\n[[cluster]]\nname = \"analytics\"\ncontact_points = [\"127.0.0.1\"]\n\n[cluster.jolokia]\nurl = \"http://{address}:1/\"\n\n[cluster.cql]\nport = 1\n";

#[test]
fn wrong_arguments_end_with_2_and_say_what_is_right() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["stauts"][..],
        &["plan"],
        &["status", "--format", "xml"],
        &["plan", "health.check", "-p", "x"],
        &["run"],
        &["runs", "show"],
        &["schedules", "set", "repair.full"],
        &["schedules", "set", "repair.full", "--jitter", "soon"],
        &["freeze", "now"],
    ] {
        let output = ringkeeper(folder.path(), arguments).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).starts_with("error: "), "{}", stderr(&output));
    }
}

#[test]
fn an_argument_comes_before_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "no token of anybody's").unwrap();
    let asked = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_ringkeeper"))
            .args(arguments)
            .current_dir(folder.path())
            .env("RINGKEEPER_SOCKET", "of-the-environment.sock")
            .env("RINGKEEPER_HOST", "http://127.0.0.1:1")
            .output();
        stderr(&output.unwrap())
    };
    let told = asked(&["status", "--socket", "named.sock"]);
    assert!(told.contains("no host answers at named.sock"), "{told}");
    let told = asked(&["status", "--host", "not a URL", "--token-file", "token"]);
    assert!(told.contains("not a URL"), "{told}");
    let told = asked(&["status", "--host", "http://127.0.0.1:1", "--socket", "named.sock"]);
    assert!(told.contains("cannot be used with"), "{told}");
}

#[test]
fn a_host_that_is_not_there_ends_with_5() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ringkeeper.toml"), CONFIG).unwrap();
    for arguments in [
        &["status"][..],
        &["nodes"],
        &["findings"],
        &["plan", "health.check"],
        &["plugin", "list"],
        &["run", "repair.full", "--follow"],
        &["runs", "list"],
        &["runs", "follow", "shop-812"],
        &["runs", "cancel", "shop-812", "--now"],
        &["repairs", "coverage"],
        &["schedules", "next"],
        &["schedules", "set", "repair.full", "--jitter", "10m"],
        &["windows", "list"],
        &["guard", "explain", "--node", "10.0.0.1"],
        &["leases", "list"],
        &["freeze", "status"],
        &["freeze", "now", "--reason", "Black Friday"],
        &["journal", "backup", "copy.sqlite"],
    ] {
        let output = ringkeeper(folder.path(), arguments).unwrap();
        assert_eq!(output.status.code(), Some(5), "{arguments:?}");
        assert_eq!(
            stderr(&output).replace(&format!("{}/", folder.path().display()), ""),
            "error: no host answers at data/ringkeeper.sock: No such file or directory (os error 2)\n  fix: start it \
             with `ringkeeper serve`, run this as the host's user, or name its socket with --socket\n"
        );
    }
}

#[test]
fn a_wrong_configuration_ends_with_2_and_lists_every_mistake() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("ringkeeper.toml"),
        "[host]\nsokcet = 1\n[[cluster]]\nname = \"a\"\n",
    )
    .unwrap();
    for arguments in [&["serve", "--check"][..], &["serve"], &["status"]] {
        let output = ringkeeper(folder.path(), arguments).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            stderr(&output)
                .contains("ringkeeper.toml:2:1: host.sokcet: unknown key in [host]\n  fix: write `socket`")
        );
        assert!(
            stderr(&output).contains("ringkeeper.toml:3:1: cluster.a: [[cluster]] has no `contact_points`")
        );
    }
}

#[test]
fn no_configuration_ends_with_2() {
    let folder = tempfile::tempdir().unwrap();
    let output = ringkeeper(folder.path(), &["serve", "--config", "no-such.toml"]).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).starts_with("error: no-such.toml: cannot be read"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_check_prints_every_value_with_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ringkeeper.toml"), CONFIG).unwrap();
    let output = ringkeeper(folder.path(), &["serve", "--check"]).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines: Vec<_> = stdout(&output)
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert!(
        lines.contains(&"cluster.analytics.cql.port 1 ringkeeper.toml:12".to_owned()),
        "{lines:#?}"
    );
    assert!(
        lines.contains(&"policy.default_consistency \"LOCAL_QUORUM\" default".to_owned()),
        "{lines:#?}"
    );
    assert!(!folder.path().join("data").exists(), "a check makes nothing");
}

#[test]
fn a_check_finds_what_the_host_would_only_find_when_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ca.pem"), "hello").unwrap();
    std::fs::write(folder.path().join("notes.wasm"), "hello").unwrap();
    let more = "[cluster.cql.tls]\nca_file = \"ca.pem\"\n[[plugin]]\nname = \"health\"\nsettings.pending_compaction = 1\n\n[[plugin]]\nname = \"notes\"\nsource = \"notes.wasm\"\n[plugins]\nallow_unsigned = true\n";
    std::fs::write(folder.path().join("ringkeeper.toml"), format!("{CONFIG}{more}")).unwrap();
    let output = ringkeeper(folder.path(), &["serve", "--check"]).unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    for part in [
        "ca.pem",
        "ringkeeper.toml:17: plugin.health.settings: ",
        "`pending_compaction` is not known",
        "fix: did you mean `pending_compactions`?",
        "ringkeeper.toml:21: plugin.notes.source: the file is not WebAssembly\n  fix: ",
    ] {
        assert!(stderr(&output).contains(part), "{part}\n{}", stderr(&output));
    }
}

#[test]
fn a_check_warns_of_what_is_over_and_is_content() {
    let folder = tempfile::tempdir().unwrap();
    let more = "[[policy.waiver]]\nkeyspace = \"staging\"\nreason = \"new racks\"\nuntil = \"2020-05-01\"\n";
    std::fs::write(folder.path().join("ringkeeper.toml"), format!("{CONFIG}{more}")).unwrap();
    let output = ringkeeper(folder.path(), &["serve", "--check"]).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(
        stderr(&output),
        "warning: ringkeeper.toml:13:1: policy.waiver: the waiver for keyspace staging is over since \
         2020-05-02T00:00:00.000Z: its availability is guarded again\n  fix: remove it, or move `until` if the reason \
         still holds\n"
    );
}

#[test]
fn json_is_one_object_a_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ringkeeper.toml"), CONFIG).unwrap();
    let output = ringkeeper(folder.path(), &["serve", "--check", "--format", "json"]).unwrap();
    for line in stdout(&output).lines() {
        let object: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(
            object["key"].is_string() && object["origin"].is_string(),
            "{line}"
        );
    }
}

#[test]
fn the_doctor_ends_with_1_when_no_node_answers() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ringkeeper.toml"), CONFIG).unwrap();
    let output = ringkeeper(folder.path(), &["doctor"]).unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let text = stdout(&output);
    for part in [
        "ok       configuration",
        "warning  host: ",
        "PROBLEM  cluster analytics: 127.0.0.1 does not answer",
        "Not watched yet",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn a_component_that_is_none_is_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("notes.wasm"), "hello").unwrap();
    std::fs::write(folder.path().join("module.wasm"), b"\0asm\x01\0\0\0").unwrap();
    for (file, code, words) in [
        ("no-such.wasm", 4, "cannot be read"),
        ("notes.wasm", 3, "not WebAssembly"),
        ("module.wasm", 3, "not a component"),
    ] {
        let output = ringkeeper(folder.path(), &["plugin", "inspect", file]).unwrap();
        assert_eq!(output.status.code(), Some(code), "{file}");
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

#[test]
fn the_bundled_plugin_is_inspected_without_a_host() {
    let folder = tempfile::tempdir().unwrap();
    let (name, component) = ringkeeper_bundled::ALL.first().unwrap();
    std::fs::write(folder.path().join("plugin.wasm"), component).unwrap();
    let output = ringkeeper(folder.path(), &["plugin", "inspect", "plugin.wasm"]).unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(
        stdout(&output).starts_with(name) && stdout(&output).contains("health.check"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_component_is_signed_and_it_is_told_whether_that_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (_, component) = ringkeeper_bundled::ALL.first().unwrap();
    std::fs::write(folder.path().join("plugin.wasm"), component).unwrap();
    let run = |arguments: &[&str]| {
        let output = ringkeeper(folder.path(), arguments).unwrap();
        (
            output.status.code(),
            format!("{}{}", stdout(&output), stderr(&output)),
        )
    };
    let (code, told) = run(&["plugin", "key", "new", "release.key"]);
    assert_eq!(code, Some(0), "{told}");
    let key = told.split('"').find(|part| part.starts_with("RW")).unwrap();
    assert_eq!(
        run(&["plugin", "key", "new", "release.key"]).0,
        Some(1),
        "never over another"
    );
    let (code, told) = run(&["plugin", "sign", "plugin.wasm", "--key", "release.key"]);
    assert_eq!(code, Some(0), "{told}");
    let (_, told) = run(&["plugin", "inspect", "plugin.wasm"]);
    assert!(told.contains("NOT TRUSTED"), "{told}");
    let trusted = format!("{CONFIG}[[plugins.trusted_key]]\nname = \"release\"\nkey = \"{key}\"\n");
    std::fs::write(folder.path().join("ringkeeper.toml"), &trusted).unwrap();
    let (_, told) = run(&["plugin", "inspect", "plugin.wasm"]);
    assert!(told.contains("signed by release ("), "{told}");
    // The host loads it as this file says, and what was changed since it was signed it does not.
    let health = "[[plugin]]\nname = \"health\"\nsource = \"plugin.wasm\"\n";
    std::fs::write(
        folder.path().join("ringkeeper.toml"),
        format!("{trusted}{health}"),
    )
    .unwrap();
    let (code, told) = run(&["serve", "--check"]);
    assert_eq!(code, Some(0), "{told}");
    let mut changed = component.to_vec();
    changed.extend([0, 2, 1, b'a']);
    std::fs::write(folder.path().join("plugin.wasm"), changed).unwrap();
    let (code, told) = run(&["serve", "--check"]);
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("is not what release ("), "{told}");
}

#[test]
fn completions_and_the_manual_page_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [&["completions", "bash"][..], &["man"]] {
        let output = ringkeeper(folder.path(), arguments).unwrap();
        assert_eq!(output.status.code(), Some(0));
        for command in [
            "serve", "demo", "status", "nodes", "plan", "findings", "plugin", "doctor",
        ] {
            assert!(
                stdout(&output).contains(command),
                "{arguments:?} leaves out {command}"
            );
        }
    }
}

#[test]
fn the_demonstration_needs_nothing_and_reaches_its_goals() {
    let folder = tempfile::tempdir().unwrap();
    let output = ringkeeper(folder.path(), &["demo"]).unwrap();
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(0), "{text}{}", stderr(&output));
    for part in [
        "dc2/r1/2 crashes",
        "the disk of dc1/r2/1 turns slow",
        "takes up no change of the schema",
        "person  asks for repair.full",
        "waits for a person's word",
        "person  approves #",
        "drains and stops dc1/r1/1",
        "has brought dc1/r1/1 back",
        "All goals were reached.",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn tools_are_told_of_without_a_host() {
    let folder = tempfile::tempdir().unwrap();
    let listed = ringkeeper(folder.path(), &["tool", "list", "--all", "--format", "json"]).unwrap();
    assert_eq!(listed.status.code(), Some(0), "{}", stderr(&listed));
    let cleanup = stdout(&listed)
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .find(|tool| tool["name"] == "cleanup")
        .unwrap();
    assert_eq!(cleanup["impact"], "change");
    assert_eq!(cleanup["rule"], "for-real");
    assert_eq!(cleanup["parameters"][0]["place"]["option"], "-j");
    let explained = ringkeeper(folder.path(), &["tool", "explain", "cleanup"]).unwrap();
    assert!(
        stdout(&explained).contains("Can break: "),
        "{}",
        stdout(&explained)
    );
    let unknown = ringkeeper(folder.path(), &["tool", "explain", "clenup"]).unwrap();
    assert_eq!(unknown.status.code(), Some(4));
    assert!(
        stderr(&unknown).contains("did you mean cleanup?"),
        "{}",
        stderr(&unknown)
    );
}
