use std::io;

use async_trait::async_trait;
use ringkeeper_cluster::{MetricKind, NoDriver, Unit, metric};
use ringkeeper_drivers::DriverError;
use ringkeeper_drivers::metrics::{HOST_METRICS, Kind, MemoryMetrics, Unit as HostUnit};
use ringkeeper_drivers::packages::MemoryPackages;
use ringkeeper_drivers::unit::Ending;
use ringkeeper_jvm::{Problem, ProcessKey, Seen};
use ringkeeper_seams::SystemClock;

use super::*;
use crate::orders;

#[test]
fn hosts_know_every_number_of_a_machine_in_the_same_unit() {
    for own in HOST_METRICS {
        let name = name_of(own.name);
        let known = metric(&name).unwrap_or_else(|| panic!("{name} is missing in METRICS"));
        let unit = match own.unit {
            HostUnit::Bytes => Unit::Bytes,
            HostUnit::Seconds => Unit::Seconds,
            HostUnit::Count => Unit::Count,
            HostUnit::Flag => Unit::Flag,
        };
        let kind = match own.kind {
            Kind::Counter => MetricKind::Counter,
            Kind::Gauge => MetricKind::Gauge,
        };
        assert_eq!((known.unit, known.kind), (unit, kind), "{name}");
    }
}

/// No Cassandra runs, or this process is one.
#[derive(Debug)]
struct Runs(bool);

impl Cassandras for Runs {
    fn running(&self) -> Result<Option<ProcessKey>, Problem> {
        Ok(self.0.then_some(ProcessKey { pid: 7, started: 7 }))
    }

    fn is_there(&self, _: ProcessKey) -> bool {
        self.0
    }

    fn look(&self, _: ProcessKey) -> io::Result<Seen> {
        Ok(Seen {
            is_replaced: Some(false),
            ..Seen::default()
        })
    }
}

#[derive(Debug)]
struct Says(Result<Ending, ()>);

#[async_trait]
impl Endings for Says {
    async fn last(&self) -> Result<Ending, DriverError> {
        self.0.map_err(|()| DriverError::Missing("systemd".to_owned()))
    }
}

async fn told(runs: bool, ending: Result<Ending, ()>, machine: Vec<HostSample>) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let (orders, _) = orders::open(folder.path(), Arc::new(NoDriver)).unwrap();
    let metrics = MemoryMetrics::default();
    metrics.set(machine);
    let settings = MachineSettings {
        cassandras: Arc::new(Runs(runs)),
        metrics: Arc::new(metrics),
        endings: Arc::new(Says(ending)),
        packages: Arc::new(MemoryPackages::default()),
        runtime: Runtime::inline(),
    };
    let watcher = Watcher::new(
        folder.path(),
        Arc::clone(&settings.cassandras),
        orders,
        Arc::new(SystemClock),
        Runtime::inline(),
    );
    let machine = Machine {
        settings,
        watcher: Arc::new(watcher),
        certificates: Arc::new(Certificates::new([127, 0, 0, 1].into(), Arc::new(SystemClock))),
        updates: Arc::new(Updates::new(Arc::new(MemoryPackages::default()))),
    };
    let samples = machine.samples().await;
    let named = samples
        .iter()
        .filter(|sample| sample.metric != "process.state_seconds");
    named
        .map(|sample| format!("{} {:?} {}", sample.metric, sample.part, sample.value))
        .collect()
}

fn of(metric: &'static str, part: Option<&str>, value: f64) -> HostSample {
    HostSample {
        metric,
        of: part.map(str::to_owned),
        value,
    }
}

#[tokio::test]
async fn a_machine_tells_of_itself_and_of_a_process_that_runs() {
    let machine = vec![
        of("filesystem.free_bytes", Some("/data"), 5.0),
        of("machine.uptime_seconds", None, 60.0),
    ];
    let ended = Ok(Ending {
        is_on_purpose: Some(true),
        is_for_memory: Some(false),
    });
    assert_eq!(
        told(true, ended, machine).await,
        [
            "process.running None 1",
            "process.starts_last_hour None 1",
            "process.release_replaced None 0",
            "machine.uptime_seconds None 60",
            "machine.filesystem.free_bytes Some(\"/data\") 5",
        ],
        "how it ended before is no matter while it runs"
    );
}

#[tokio::test]
async fn of_a_dead_process_is_told_how_it_ended_where_anybody_knows() {
    let killed = Ok(Ending {
        is_on_purpose: Some(false),
        is_for_memory: Some(true),
    });
    assert_eq!(
        told(false, killed, Vec::new()).await,
        [
            "process.running None 0",
            "process.starts_last_hour None 0",
            "process.stopped_on_purpose None 0",
            "process.killed_for_memory None 1",
        ]
    );
    let nothing_more = ["process.running None 0", "process.starts_last_hour None 0"];
    assert_eq!(told(false, Ok(Ending::default()), Vec::new()).await, nothing_more);
    assert_eq!(told(false, Err(()), Vec::new()).await, nothing_more);
}

#[tokio::test]
async fn a_machine_with_more_parts_than_anybody_needs_tells_of_itself_first() {
    let mut machine: Vec<HostSample> = (0..1_000)
        .map(|disk| of("disk.read_bytes", Some(&format!("sd{disk}")), 1.0))
        .collect();
    machine.push(of("cpu.count", None, 8.0));
    let told = told(true, Err(()), machine).await;
    assert_eq!(told.len(), MOST_SAMPLES - 1);
    assert!(told.contains(&"machine.cpu.count None 8".to_owned()));
}
