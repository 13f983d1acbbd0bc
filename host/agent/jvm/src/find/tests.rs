//! On recorded trees of what the kernel says.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use super::*;

/// One Cassandra in the tree: where it listens and what it has open.
fn add(proc: &Path, pid: u32, address: &str, data: &str) {
    let place = proc.join(pid.to_string());
    fs::create_dir_all(place.join("fd")).unwrap();
    fs::create_dir_all(place.join("net")).unwrap();
    let me = std::process::id();
    let stat = fs::read_to_string(format!("/proc/{me}/stat")).unwrap();
    fs::write(place.join("stat"), stat).unwrap();
    fs::copy(format!("/proc/{me}/status"), place.join("status")).unwrap();
    let words = format!("java\0-Dcassandra.storagedir={data}\0{MAIN_CLASS}\0");
    fs::write(place.join("cmdline"), words).unwrap();
    fs::write(
        place.join("maps"),
        "7f00 r-xp /usr/lib/jvm/lib/server/libjvm.so\n",
    )
    .unwrap();
    symlink(format!("{data}/commitlog/CommitLog-7-1.log"), place.join("fd/3")).unwrap();
    symlink(format!("socket:[{pid}]"), place.join("fd/4")).unwrap();
    let ip: std::net::Ipv4Addr = address.parse().unwrap();
    let hex = format!("{:08X}", u32::from_le_bytes(ip.octets()));
    fs::write(
        place.join("net/tcp"),
        format!("  sl  local_address rem_address   st\n   0: {hex}:2352 00000000:0000 0A 00000000:00000000 00:00000000 00000000   110        0 {pid} 1\n"),
    )
    .unwrap();
}

fn two() -> (TempDir, Proc) {
    let folder = tempfile::tempdir().unwrap();
    add(folder.path(), 71, "10.0.0.1", "/srv/one");
    add(folder.path(), 72, "10.0.0.2", "/srv/two");
    let proc = Proc::at(folder.path());
    (folder, proc)
}

#[test]
fn two_on_one_machine_are_told_apart() {
    let (folder, proc) = two();
    let pid_file = folder.path().join("cassandra.pid");
    fs::write(&pid_file, "72\n").unwrap();
    for (wanted, expected) in [
        (
            Wanted {
                data_directory: Some("/srv/one".into()),
                ..Wanted::default()
            },
            71,
        ),
        (
            Wanted {
                listen_address: "10.0.0.2".parse().ok(),
                ..Wanted::default()
            },
            72,
        ),
        (
            Wanted {
                pid_file: Some(pid_file),
                ..Wanted::default()
            },
            72,
        ),
    ] {
        assert_eq!(wanted.find(&proc).unwrap().key.pid, expected, "{wanted:?}");
    }
}

#[test]
fn what_fits_both_or_none_is_an_error_that_says_so() {
    let (folder, proc) = two();
    let missing = folder.path().join("none.pid");
    let lines: Vec<String> = [
        Wanted::default(),
        Wanted {
            data_directory: Some("/srv".into()),
            ..Wanted::default()
        },
        Wanted {
            data_directory: Some("/srv/three".into()),
            ..Wanted::default()
        },
        Wanted {
            data_directory: Some("/srv/one".into()),
            listen_address: "10.0.0.2".parse().ok(),
            ..Wanted::default()
        },
    ]
    .iter()
    .map(|wanted| wanted.find(&proc).unwrap_err().to_string())
    .collect();
    insta::assert_snapshot!(lines.join("\n"));
    let wanted = Wanted {
        pid_file: Some(missing),
        ..Wanted::default()
    };
    assert!(matches!(wanted.find(&proc), Err(Problem::NotRunning { .. })));
}

#[test]
fn a_shell_that_starts_cassandra_is_not_cassandra() {
    let (_folder, proc) = two();
    fs::write(proc.of(72, "maps"), "7f00 r-xp /bin/dash\n").unwrap();
    assert_eq!(Wanted::default().find(&proc).unwrap().key.pid, 71);
}

#[test]
fn a_pid_file_that_names_something_else_is_told() {
    let (folder, proc) = two();
    fs::write(proc.of(72, "maps"), "7f00 r-xp /bin/dash\n").unwrap();
    let pid_file = folder.path().join("cassandra.pid");
    fs::write(&pid_file, "72").unwrap();
    let wanted = Wanted {
        pid_file: Some(pid_file.clone()),
        ..Wanted::default()
    };
    assert!(matches!(wanted.find(&proc), Err(Problem::NoJvm { pid: 72 })));
    fs::write(&pid_file, "many").unwrap();
    assert!(matches!(wanted.find(&proc), Err(Problem::Machine { .. })));
}

/// Whatever stands in the words of a process, a Cassandra is found or not.
#[test]
fn fuzz_words_of_processes() {
    let (folder, proc) = two();
    let file = folder.path().join("71/cmdline");
    let sample = fs::read(&file).unwrap();
    ringkeeper_fuzz::bytes("/proc/PID/cmdline", &[&sample], |bytes| {
        fs::write(&file, bytes).unwrap();
        let process = proc.process(71).map_err(|error| error.to_string())?;
        assert!(process.arguments.iter().all(|word| !word.is_empty()));
        let _ = process.property("cassandra.storagedir");
        Ok(())
    });
}
