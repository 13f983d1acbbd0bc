//! Attaching to a JVM, and everything that can be in the way.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::MetadataExt as _;
use std::process::Command;
use std::time::Duration;

use ringkeeper_jvm::{AttachError, AttachSettings, Jvm as _, Problem, Reached, Wanted};

use ringkeeper_lab::Jdk;

use super::java::{Jvm, free_address};
use super::{attaching, runtime, settings};

/// Nobody's, on every Linux.
const NOBODY: u32 = 65534;

fn of(jvm: &Jvm) -> AttachSettings {
    settings(jvm.folder.path(), jvm.address)
}

fn reach(settings: AttachSettings) -> Result<Reached, AttachError> {
    runtime().block_on(attaching(settings).reach())
}

fn problem(settings: AttachSettings) -> Problem {
    reach(settings).unwrap_err().problem
}

#[test]
fn a_jvm_is_attached_to_once_and_taken_over_from_then_on() {
    let mut jvm = Jvm::start(&[]);
    let first = reach(of(&jvm)).unwrap();
    assert!(first.is_new);
    assert_eq!(first.process.pid, jvm.pid());
    // Another agent, which knows nothing of the first.
    let second = reach(of(&jvm)).unwrap();
    assert!(!second.is_new);
    assert_eq!((second.process, &second.access), (first.process, &first.access));

    jvm.restart();
    let third = reach(of(&jvm)).unwrap();
    assert!(third.is_new);
    assert_ne!(third.process, first.process);
    assert_eq!(third.access, first.access);
}

#[test]
fn an_agent_that_lost_its_folder_makes_jolokia_take_a_new_password() {
    let jvm = Jvm::start(&[]);
    let first = reach(of(&jvm)).unwrap();
    fs::remove_dir_all(of(&jvm).folder).unwrap();
    let second = reach(of(&jvm)).unwrap();
    assert!(second.is_new);
    assert_ne!(second.access.password, first.access.password);
    assert_eq!(second.process, first.process);
}

#[test]
fn nothing_secret_is_seen_by_other_users() {
    let jvm = Jvm::start(&[]);
    reach(of(&jvm)).unwrap();
    let properties = of(&jvm).folder.join("jolokia.properties");
    assert_eq!(fs::metadata(&properties).unwrap().mode() & 0o777, 0o600);
    let text = fs::read_to_string(&properties).unwrap();
    let password = text
        .lines()
        .find_map(|line| line.strip_prefix("password="))
        .unwrap();
    for name in ["cmdline", "environ"] {
        let seen = fs::read(format!("/proc/{}/{name}", jvm.pid())).unwrap();
        assert!(!String::from_utf8_lossy(&seen).contains(password), "{name}");
    }
}

/// Root may be every user; the JVM wants its own.
#[test]
fn the_jvm_of_another_user_is_attached_to_by_root() {
    if !is_root() {
        return;
    }
    let jvm = Jvm::start_as(Some(NOBODY), &[]);
    let reached = reach(of(&jvm)).unwrap();
    assert!(reached.is_new);
    let about = fs::metadata(of(&jvm).folder.join("jolokia.properties")).unwrap();
    assert_eq!((about.uid(), about.mode() & 0o777), (NOBODY, 0o600));
}

#[test]
fn a_jar_that_cassandras_user_cannot_read_is_told() {
    if !is_root() {
        return;
    }
    let jvm = Jvm::start_as(Some(NOBODY), &[]);
    let settings = of(&jvm);
    fs::set_permissions(&settings.jar, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let problem = problem(settings);
    assert!(matches!(problem, Problem::NotVisible { .. }), "{problem}");
}

#[test]
fn attaching_that_is_switched_off_is_told_with_the_way_around() {
    let jvm = Jvm::start(&["-XX:+DisableAttachMechanism"]);
    let error = reach(of(&jvm)).unwrap_err();
    assert!(matches!(error.problem, Problem::Disabled { .. }), "{error}");
    let javaagent = error.javaagent.unwrap();
    let option = &javaagent.option;
    assert!(option.starts_with("-javaagent:/"), "{option}");
    assert!(option.contains("/jolokia.jar=config=/"), "{option}");
    assert!(javaagent.is_ready);
}

#[test]
fn the_line_that_stands_for_attaching_gives_the_same_jolokia() {
    let mut jvm = Jvm::start(&[]);
    reach(of(&jvm)).unwrap();
    let (jar, folder) = (of(&jvm).jar, of(&jvm).folder);
    let config = folder.join("jolokia.properties");
    jvm.restart_with(&format!(
        "-javaagent:{}=config={}",
        jar.display(),
        config.display()
    ));
    assert!(!reach(of(&jvm)).unwrap().is_new);
}

#[test]
fn a_jvm_that_a_signal_would_end_is_left_alone() {
    let jvm = Jvm::start(&["-Xrs"]);
    assert!(matches!(problem(of(&jvm)), Problem::Deaf { .. }));
    assert!(std::path::Path::new(&format!("/proc/{}/maps", jvm.pid())).exists());
}

#[test]
fn a_runtime_without_the_modules_is_told() {
    let stripped = tempfile::tempdir().unwrap();
    let home = stripped.path().join("jre");
    let linked = Command::new(Jdk::find().unwrap().program("jlink"))
        .args(["--add-modules", "java.base", "--output"])
        .arg(&home)
        .status()
        .unwrap();
    assert!(linked.success());
    let without_instrument = Jvm::start_on(&home.join("bin/java"), &[]);
    let problem_there = problem(of(&without_instrument));
    assert!(
        matches!(problem_there, Problem::NoInstrument { .. }),
        "{problem_there}"
    );
    // Jolokia loads, and finds no HTTP server in the JDK.
    let without_server = Jvm::start(&["--limit-modules", "java.base"]);
    let problem_there = problem(of(&without_server));
    assert!(
        matches!(problem_there, Problem::Refused { code: 102, .. }),
        "{problem_there}"
    );
}

#[test]
fn a_stopped_jvm_is_left_after_the_time_limit() {
    let jvm = Jvm::start(&[]);
    jvm.signal("STOP");
    let mut settings = of(&jvm);
    settings.within = Duration::from_millis(300);
    assert!(matches!(problem(settings), Problem::TimedOut { .. }));
    // What was begun is harmless, and is finished when it goes on.
    jvm.signal("CONT");
    assert!(reach(of(&jvm)).unwrap().is_new);
}

#[test]
fn a_port_that_belongs_to_others_is_told_with_its_owner() {
    let jvm = Jvm::start(&[]);
    let _taken = TcpListener::bind(jvm.address.socket()).unwrap();
    let problem = problem(of(&jvm));
    let me = std::process::id();
    assert!(
        matches!(problem, Problem::PortTaken { by: Some(pid), .. } if pid == me),
        "{problem}"
    );
}

#[test]
fn a_jolokia_of_the_operator_is_not_touched() {
    let scratch = tempfile::tempdir().unwrap();
    let jar = super::jar_in(scratch.path());
    let address = free_address();
    let (host, port) = (address.socket().ip(), address.socket().port());
    let option = format!("-javaagent:{}=host={host},port={port}", jar.display());
    let jvm = Jvm::start(&[&option]);
    let problem = problem(settings(jvm.folder.path(), address));
    assert!(matches!(problem, Problem::OwnJolokia { .. }), "{problem}");
}

#[test]
fn a_jar_that_is_none_is_told_with_where_to_get_it() {
    let jvm = Jvm::start(&[]);
    let settings = of(&jvm);
    let missing = AttachSettings {
        jar: jvm.folder.path().join("none.jar"),
        ..settings.clone()
    };
    assert!(matches!(problem(missing), Problem::NoJar { .. }));
    fs::write(&settings.jar, "PK").unwrap();
    let wrong = reach(settings.clone()).unwrap_err();
    assert!(matches!(wrong.problem, Problem::WrongJar { .. }), "{wrong}");
    assert!(wrong.to_string().contains("https://repo1.maven.org/"), "{wrong}");
    fs::set_permissions(&settings.jar, std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
    assert!(matches!(problem(settings), Problem::OpenJar { .. }));
}

#[test]
fn two_of_them_are_told_apart_by_where_they_listen() {
    let (one, other) = (
        Jvm::start(&[]),
        Jvm::start(&["-Dcassandra.storagedir=/srv/other"]),
    );
    reach(of(&one)).unwrap();
    let wanted = |address| Wanted {
        listen_address: address,
        ..Wanted::default()
    };
    let by_address = AttachSettings {
        wanted: wanted(Some(one.address.socket().ip())),
        ..of(&one)
    };
    assert_eq!(reach(by_address).unwrap().process.pid, one.pid());
    let Problem::Ambiguous(candidates) = problem(AttachSettings {
        wanted: wanted(None),
        ..of(&one)
    }) else {
        panic!("two Cassandras run here")
    };
    for pid in [one.pid(), other.pid()] {
        assert!(
            candidates.iter().any(|candidate| candidate.pid == pid),
            "{candidates:?}"
        );
    }
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}
