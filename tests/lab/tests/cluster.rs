//! Labs with real Cassandra processes. They take minutes, so they run only when asked for:
//! `cargo test -p ringkeeper-lab --test cluster -- --ignored --test-threads 1`.

mod support;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result};
use ringkeeper_lab::{Lab, LabNode, LabSettings, Version, wait_until};
use support::{connect, greet, log_in, read_attribute};

const DEADLINE: Duration = Duration::from_secs(120);
const LIVE_NODES: &str = "org.apache.cassandra.db:type=StorageService/LiveNodes";

fn live_nodes(node: &LabNode) -> Result<usize> {
    let live = read_attribute(node, LIVE_NODES, None, "")?;
    Ok(live.as_array().context("no list of nodes")?.len())
}

fn process_exists(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
#[ignore = "starts real clusters"]
fn nodes_stop_start_pause_and_die_one_at_a_time() {
    let lab = Lab::start(LabSettings::default()).unwrap();
    let [first, second, third] = lab.nodes() else {
        panic!("three nodes")
    };
    let sees = |count: usize| {
        wait_until(&format!("{count} live nodes"), DEADLINE, || {
            Ok((live_nodes(first)? == count).then_some(()))
        })
        .unwrap();
    };

    second.stop().unwrap();
    assert!(!second.is_running());
    sees(2);
    third.kill();
    assert!(!third.is_running());
    sees(1);
    assert!(second.wait_until_ready(DEADLINE).is_err());

    second.start().unwrap();
    third.start().unwrap();
    second.wait_until_ready(DEADLINE).unwrap();
    third.wait_until_ready(DEADLINE).unwrap();
    lab.wait_until_all_see_all(DEADLINE).unwrap();
    sees(3);

    second.pause().unwrap();
    assert!(second.is_running());
    sees(2);
    second.resume().unwrap();
    sees(3);
}

/// The program that asks the lab's owner.
fn command(lab: &Lab, verb: &str, node: &LabNode) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lab-node"));
    command
        .args([verb, &node.address().to_string(), "--lab"])
        .arg(lab.root());
    command
}

#[test]
#[ignore = "starts real clusters"]
fn nodes_stop_and_start_by_command() {
    let two = LabSettings {
        data_centres: vec![("dc1".to_owned(), 2)],
        ..LabSettings::default()
    };
    let lab = Lab::start(two).unwrap();
    let (first, second) = (&lab.nodes()[0], &lab.nodes()[1]);
    let by_command = |verb: &str, node: &LabNode| {
        let output = command(&lab, verb, node).output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        (output.status.code(), words)
    };
    let done = (Some(0), String::new());
    let pid = second.pid();

    assert_eq!(by_command("status", second), done);
    assert_eq!(by_command("start", second), done);
    assert_eq!(second.pid(), pid, "one that runs is left alone");
    assert_eq!(by_command("stop", second), done);
    assert!(!second.is_running() && first.is_running());
    assert_eq!(by_command("stop", second), done);
    assert_eq!(by_command("status", second), (Some(3), String::new()));

    second.fail_starts(1).unwrap();
    let (code, words) = by_command("start", second);
    assert_eq!(
        (code, words.as_str()),
        (Some(1), "the lab was told that this start fails")
    );

    second.hang_starts(true).unwrap();
    let mut hung = command(&lab, "start", second).spawn().unwrap();
    assert_eq!(
        by_command("status", second).0,
        Some(3),
        "others are answered meanwhile"
    );
    hung.kill().unwrap();
    hung.wait().unwrap();
    second.hang_starts(false).unwrap();

    assert_eq!(by_command("start", second), done);
    second.wait_until_ready(DEADLINE).unwrap();
    lab.wait_until_all_see_all(DEADLINE).unwrap();
    assert!(lab.process_commands().unwrap().contains("lab-node"));

    let (code, words) = by_command("restart", second);
    assert_eq!(code, Some(1));
    assert!(words.contains("start, stop or status"), "{words}");
    let mut orphaned = command(&lab, "status", second);
    drop(lab);
    let output = orphaned.output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{output:?}");
}

#[test]
#[ignore = "starts real clusters"]
fn a_dropped_lab_leaves_neither_process_nor_folder() {
    let one = LabSettings {
        data_centres: vec![("dc1".to_owned(), 1)],
        ..LabSettings::default()
    };
    let lab = Lab::start(one).unwrap();
    let (pid, root) = (lab.nodes()[0].pid().unwrap(), lab.root().to_path_buf());
    assert!(process_exists(pid) && root.exists());
    drop(lab);
    assert!(!process_exists(pid));
    assert!(!root.exists());
}

#[test]
#[ignore = "starts real clusters"]
fn security_holds_on_every_release_line() {
    for version in Version::of_every_line() {
        let lab = Lab::start(LabSettings {
            version,
            data_centres: vec![("dc1".to_owned(), 1)],
            auth: true,
            tls: true,
            jolokia_secured: true,
            ..LabSettings::default()
        })
        .unwrap();
        let node = &lab.nodes()[0];
        let user = lab.credentials().unwrap();

        let in_the_clear = connect(node.cql(), None).and_then(|mut wire| greet(&mut *wire));
        assert!(in_the_clear.is_err(), "answered without TLS");
        let mut wire = connect(node.cql(), lab.certificates()).unwrap();
        assert_eq!(greet(&mut *wire).unwrap(), 3, "asks for a password");
        assert_eq!(
            log_in(&mut *wire, &user.user, &user.password).unwrap(),
            16,
            "takes the right password"
        );
        let mut wire = connect(node.cql(), lab.certificates()).unwrap();
        greet(&mut *wire).unwrap();
        assert_eq!(
            log_in(&mut *wire, &user.user, "wrong").unwrap(),
            0,
            "refuses a wrong one"
        );

        // jolokia:ringkeeper
        let header = "Authorization: Basic am9sb2tpYTpyaW5na2VlcGVy\r\n";
        let live = read_attribute(node, LIVE_NODES, lab.certificates(), header).unwrap();
        assert_eq!(live.as_array().unwrap().len(), 1);
        assert!(
            read_attribute(node, LIVE_NODES, lab.certificates(), "").is_err(),
            "answered a stranger"
        );
    }
}

#[test]
#[ignore = "starts real clusters"]
fn a_node_that_cannot_start_shows_its_log() {
    // So little that Java refuses by itself, and at once; with a little more a node may hang as well as die.
    let heap_mb = 1;
    let one = vec![("dc1".to_owned(), 1)];
    let failed = Lab::start(LabSettings {
        data_centres: one,
        heap_mb,
        ..LabSettings::default()
    });
    let text = format!("{:#}", failed.expect_err("1 MiB is not enough"));
    assert!(
        text.contains("is not running") && text.contains("the log ends with"),
        "{text}"
    );
    assert!(text.contains("Too small"), "{text}");
}

/// Not a test of its own: the part of the next one that gets killed.
#[test]
#[ignore = "runs as a child of another test"]
fn owner_of_a_lab_until_killed() {
    let Some(told) = std::env::var_os("RINGKEEPER_LAB_TELL_PID") else {
        return;
    };
    let one = LabSettings {
        data_centres: vec![("dc1".to_owned(), 1)],
        ..LabSettings::default()
    };
    let lab = Lab::start(one).unwrap();
    let beside = Path::new(&told).with_extension("new");
    std::fs::write(&beside, lab.nodes()[0].pid().unwrap().to_string()).unwrap();
    std::fs::rename(beside, told).unwrap();
    let _ = wait_until("being killed", DEADLINE, || Ok(None::<()>));
}

#[test]
#[ignore = "starts real clusters"]
fn nodes_die_with_a_killed_owner() {
    let folder = tempfile::tempdir().unwrap();
    let told = folder.path().join("pid");
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "owner_of_a_lab_until_killed"])
        .env("RINGKEEPER_LAB_TELL_PID", &told)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let pid: u32 = wait_until("the owner's lab", DEADLINE, || {
        Ok(std::fs::read_to_string(&told)
            .ok()
            .and_then(|text| text.parse().ok()))
    })
    .unwrap();
    assert!(process_exists(pid));
    owner.kill().unwrap();
    owner.wait().unwrap();
    wait_until("the node's end", DEADLINE, || {
        Ok((!process_exists(pid)).then_some(()))
    })
    .unwrap();
}
