//! A node whose data lie on a small disk of their own, which is full.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use ringkeeper_lab::{LabNode, wait_until};
use ringkeeper_suite::DEADLINE;
use serde_json::Value;

use super::{Scene, series};

/// More than a node of a lab has, and quickly filled.
const SIZE: &str = "size=256m";
/// Looks of the host after which nothing more is to be expected.
const MANY_SWEEPS: u64 = 10;

/// A file system in memory, mounted where a node keeps its data. It is let go of with this value.
pub(super) struct SmallDisk {
    at: PathBuf,
}

impl SmallDisk {
    /// One below the data of a node that does not run.
    ///
    /// # Errors
    /// Why none can be mounted here.
    pub(super) fn below(node: &LabNode) -> Result<Self, String> {
        let at = node.directory().join("data");
        let before = node.directory().join("data-before");
        fs::rename(&at, &before).unwrap();
        fs::create_dir(&at).unwrap();
        let mounted = run("mount", &["-t", "tmpfs", "-o", SIZE, "small-disk"], &at);
        if let Err(why) = mounted {
            fs::remove_dir(&at).unwrap();
            fs::rename(&before, &at).unwrap();
            return Err(why);
        }
        let disk = Self { at };
        run("cp", &["-a", &format!("{}/.", before.display())], &disk.at).unwrap();
        fs::remove_dir_all(&before).unwrap();
        Ok(disk)
    }

    fn filler(&self) -> PathBuf {
        self.at.join("filler")
    }

    fn fill(&self) {
        let mut filler = File::create(self.filler()).unwrap();
        let piece = vec![0; 1 << 16];
        loop {
            match filler.write_all(&piece) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => return,
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A node may still have files open there.
        if let Err(why) = run("umount", &["--lazy"], &self.at) {
            eprintln!("{why}");
        }
    }
}

fn run(program: &str, words: &[&str], at: &Path) -> Result<(), String> {
    let ran = Command::new(program).args(words).arg(at).output();
    match ran.map_err(|error| format!("`{program}`: {error}"))? {
        ran if ran.status.success() => Ok(()),
        ran => Err(format!(
            "`{program}`: {}",
            String::from_utf8_lossy(&ran.stderr).trim()
        )),
    }
}

/// The host may start what died, and does not while it could not live: a person is asked, with the evidence, until there is
/// room.
pub(super) fn onto_a_full_disk_nothing_is_started(scene: &Scene, node: &LabNode, disk: &SmallDisk) {
    let (address, mount) = (node.address().to_string(), disk.at.display().to_string());
    disk.fill();
    wait_until("the agent telling that nothing is free", DEADLINE, || {
        let page = scene.page();
        let free = page.lines().find(|line| {
            line.starts_with("cassandra_machine_filesystem_free_bytes{") && line.contains(&mount)
        });
        let free: Option<f64> = free.and_then(|line| line.rsplit(' ').next()?.parse().ok());
        Ok(free.is_some_and(|free| free < 1.0).then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {}", scene.page()));
    // The disk of the machine itself may be told, too.
    wait_until("a finding about the full disk", DEADLINE, || {
        let is_it = |open: &Value| {
            let finding = &open["finding"];
            finding["key"]
                .as_str()
                .is_some_and(|key| key.starts_with("disk/"))
                && finding["severity"] == "severe"
                && finding["evidence"]
                    .to_string()
                    .contains(&format!("used of {mount}"))
        };
        Ok(scene
            .findings()
            .into_iter()
            .any(|open| is_it(&open))
            .then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {:#?}", scene.findings()));

    node.kill();
    let starts = node.starts();
    let asked = scene.finding("mitigation-in-vain/mitigation.start/node-process-dead/");
    let why = format!("{mount} is full: 0.0 % are free");
    assert!(asked.to_string().contains(&why), "{asked:#}");
    let dead = scene.finding("node-process-dead/");
    assert!(
        dead["finding"]["suggestion"].as_str().unwrap().contains(&mount),
        "{dead:#}"
    );
    let told = scene.sweep();
    wait_until("many more looks", DEADLINE, || {
        Ok((scene.sweep() >= told + MANY_SWEEPS).then_some(()))
    })
    .unwrap();
    assert_eq!(
        (node.starts(), node.is_running()),
        (starts, false),
        "it is left alone"
    );
    assert!(scene.open_finding("mitigation-in-vain/").is_some());

    disk.make_room();
    wait_until("the process running again", DEADLINE, || {
        Ok(node.is_running().then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {:#?}\n{}", scene.findings(), scene.evidence()));
    scene.every_node_answers();
    wait_until("nobody being asked any more", DEADLINE, || {
        let open = scene
            .open_finding("mitigation-in-vain/")
            .or(scene.open_finding("node-process-dead/"));
        Ok(open.is_none().then_some(()))
    })
    .unwrap();
    assert_eq!(node.starts(), starts + 1);
    // It is told with the numbers of its machine, once a minute.
    wait_until("its running being told", DEADLINE, || {
        let running = series(&scene.page(), "cassandra_process_running", &address);
        Ok((running == Some(1.0)).then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {}", scene.page()));
}
