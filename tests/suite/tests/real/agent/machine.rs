//! The machine below a node and Cassandra's process on it, by the word of an agent, on a real ring.

mod full_disk;

use std::fs;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use ringkeeper_lab::wait_until;
use ringkeeper_suite::DEADLINE;
use serde_json::Value;

use super::ring::Scene;
use full_disk::{SmallDisk, onto_a_full_disk_nothing_is_started};

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn machines_are_told_by_agents_and_a_killed_process_is_found_within_two_sweeps() {
    let _turn = crate::turn::take();
    let mut scene = Scene::start("3m");
    scene.every_node_answers();
    numbers_of_machines_arrive(&scene);

    let third = &scene.lab.nodes()[2];
    let address = third.address().to_string();
    let before = scene.sweep();
    third.kill();
    let found = scene.finding("node-process-dead/");
    let after = scene.sweep();
    // The process went away during sweep `before` at the earliest, and what is said of it is seen after one more question.
    assert!(
        after - before <= 3,
        "found at sweep {after}, killed at sweep {before}"
    );
    for fact in ["nobody can tell", "starts in the last hour", "used of "] {
        assert!(found.to_string().contains(fact), "{fact}: {found}");
    }
    // Once its peers see it down it still is one finding, with what follows from that.
    wait_until("its peers seeing it down", DEADLINE, || {
        let dead = scene.finding("node-process-dead/").to_string();
        Ok(dead.contains("peers that see it down").then_some(()))
    })
    .unwrap();
    let about_it = scene.findings().into_iter().filter(|open| {
        let key = open["finding"]["key"].as_str().unwrap_or_default();
        key.starts_with("node-") || key.starts_with("silent")
    });
    assert_eq!(about_it.count(), 1, "one dead node is one finding");

    // An agent that was restarted meanwhile still knows where the dead one's files are.
    scene.kill_agent(&address);
    scene.run_agent(&address);
    wait_until("the new agent telling of the dead process", DEADLINE, || {
        let page = scene.page();
        let holds = series(&page, "cassandra_machine_filesystem_holds_data", &address).is_some();
        Ok((holds && series(&page, "cassandra_process_running", &address) == Some(0.0)).then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {}", scene.page()));

    // While it does not run it gets a disk of its own, which is full in the end.
    let third = &scene.lab.nodes()[2];
    let disk = SmallDisk::below(third);
    third.start().unwrap();
    third.wait_until_ready(DEADLINE).unwrap();
    wait_until("nothing being dead any more", DEADLINE, || {
        Ok(scene.open_finding("node-process-dead/").is_none().then_some(()))
    })
    .unwrap();
    scene.every_node_answers();
    wait_until("both starts being counted", DEADLINE, || {
        let starts = series(&scene.page(), "cassandra_process_starts_last_hour", &address);
        Ok(starts.is_some_and(|starts| starts >= 2.0).then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {}", scene.page()));
    what_dies_is_started_by_the_host(&mut scene);
    match &disk {
        Ok(disk) => onto_a_full_disk_nothing_is_started(&scene, &scene.lab.nodes()[2], disk),
        Err(why) => eprintln!("SKIPPED: no disk could be filled, as none can be mounted here: {why}"),
    }
}

/// An operator lets the host start what died: nobody else does, and it is back within a minute.
fn what_dies_is_started_by_the_host(scene: &mut Scene) {
    let file = scene.product.folder().join("ringkeeper.toml");
    let before = fs::read_to_string(&file).unwrap();
    let mitigation =
        "[[policy.mitigation]]\nfinding = \"node-process-dead\"\noperation = \"mitigation.start\"\n";
    fs::write(&file, format!("{before}\n{mitigation}")).unwrap();
    scene.kill_host();
    scene.serve();
    scene.every_node_answers();

    let second = &scene.lab.nodes()[1];
    second.kill();
    wait_until("the process running again", MINUTE, || {
        Ok(second.is_running().then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {:#?}\n{}", scene.findings(), scene.evidence()));
    let starts = || -> anyhow::Result<Vec<Value>> {
        let runs = scene.product.values(&["runs", "list"])?.into_iter();
        Ok(runs
            .filter(|run| run["operation"] == "mitigation.start")
            .collect())
    };
    wait_until("the end of its start", DEADLINE, || {
        Ok(starts()?
            .iter()
            .all(|run| run["state"] == "Succeeded")
            .then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {:#?}\n{}", starts(), scene.evidence()));
    assert_eq!(starts().unwrap().len(), 1);
    wait_until("nothing being dead any more", DEADLINE, || {
        Ok(scene.open_finding("node-process-dead/").is_none().then_some(()))
    })
    .unwrap();
    scene.every_node_answers();
}

/// Of every node, in Prometheus' form: what is said once, and what is said of parts.
fn numbers_of_machines_arrive(scene: &Scene) {
    let addresses: Vec<String> = scene
        .lab
        .nodes()
        .iter()
        .map(|node| node.address().to_string())
        .collect();
    let names = [
        "cassandra_machine_cpu_count",
        "cassandra_machine_cpu_iowait_seconds_total",
        "cassandra_machine_filesystem_free_bytes",
        "cassandra_machine_filesystem_holds_data",
        "cassandra_machine_filesystem_holds_commitlog",
        "cassandra_process_running",
    ];
    wait_until("numbers of all machines", DEADLINE, || {
        let page = scene.page();
        let has_all = |address: &String| names.iter().all(|name| series(&page, name, address).is_some());
        Ok(addresses.iter().all(has_all).then_some(()))
    })
    .unwrap_or_else(|error| panic!("{error}: {}\n{}", scene.evidence(), scene.page()));
    let page = scene.page();
    for address in &addresses {
        assert_eq!(series(&page, "cassandra_process_running", address), Some(1.0));
        let data = page.lines().find(|line| {
            line.starts_with("cassandra_machine_filesystem_holds_data") && line.contains(&labels(address))
        });
        assert!(data.is_some_and(|line| line.contains("part=\"/")), "{data:?}");
    }
}

fn labels(address: &str) -> String {
    format!("address=\"{address}\"")
}

/// The first number under this name that is said of this node.
fn series(page: &str, name: &str, address: &str) -> Option<f64> {
    let line = page
        .lines()
        .find(|line| line.starts_with(&format!("{name}{{")) && line.contains(&labels(address)))?;
    line.rsplit(' ').next()?.parse().ok()
}

impl Scene {
    fn sweep(&self) -> u64 {
        self.product.values(&["status"]).unwrap()[0]["sweep"]
            .as_u64()
            .unwrap()
    }

    fn findings(&self) -> Vec<Value> {
        self.product.values(&["findings"]).unwrap()
    }

    fn open_finding(&self, key: &str) -> Option<Value> {
        let is_it = |open: &Value| {
            open["finding"]["key"]
                .as_str()
                .is_some_and(|own| own.starts_with(key))
        };
        self.findings().into_iter().find(is_it)
    }

    fn finding(&self, key: &str) -> Value {
        wait_until(&format!("a finding {key}"), DEADLINE, || {
            Ok(self.open_finding(key))
        })
        .unwrap_or_else(|error| panic!("{error}: {:#?}\n{}", self.findings(), self.evidence()))
    }

    /// What Prometheus is told.
    fn page(&self) -> String {
        let mut socket = UnixStream::connect(self.product.folder().join("data/ringkeeper.sock")).unwrap();
        socket
            .write_all(b"GET /metrics HTTP/1.1\r\nHost: host\r\nConnection: close\r\n\r\n")
            .unwrap();
        let mut page = String::new();
        socket.read_to_string(&mut page).unwrap();
        page
    }
}
