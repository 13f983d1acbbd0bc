//! Benchmarks of the whole host, each beside its baseline in the same run. Prints a row of JSON each; `cargo xtask
//! bench` makes a table of them.
#![expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]

mod agent;
mod repair;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use ringkeeper_cassandra::{AccessSettings, CassandraCluster};
use ringkeeper_lab::{Lab, LabSettings};
use ringkeeper_observer::{Observer, ObserverSettings};
use ringkeeper_plan::{Cause, Request};
use ringkeeper_sandbox::{CallContext, Grants, Limits, MemoryState, Plugin, Sandbox, SandboxSettings};
use ringkeeper_seams::Seams;
use ringkeeper_sim::SimCluster;
use ringkeeper_suite::HEALTH_GRANTS;

const SWEEPS: usize = 50;
/// Of a thousand nodes: enough for a clock of 10 ms.
const LARGE_SWEEPS: u32 = 10;

fn main() -> Result<()> {
    let wanted = std::env::args().nth(1);
    let wants = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    if wants("sweep") || wants("start") || wants("repair") {
        let lab = Lab::start(LabSettings::default())?;
        lab.wait_until_all_see_all(Duration::from_secs(60))?;
        if wants("sweep") {
            sweep(&lab, &runtime)?;
        }
        if wants("start") {
            start(&lab)?;
        }
        if wants("repair") {
            repair::measure(&lab, &runtime)?;
        }
    }
    if wants("agent") {
        agent::measure()?;
    }
    if wants("sweep-1000") {
        sweep_1000(&runtime)?;
    }
    Ok(())
}

/// What something is measured against, and how that came out.
type Baseline<'a> = (&'a str, f64);

/// A row in milliseconds.
fn row(name: &str, what: &str, value: f64, baseline: Option<Baseline<'_>>, goal: &str) {
    row_in("ms", name, what, value, baseline, goal);
}

fn row_in(unit: &str, name: &str, what: &str, value: f64, baseline: Option<Baseline<'_>>, goal: &str) {
    let (baseline, baseline_value) = baseline.unzip();
    let row = serde_json::json!({
        "name": name, "what": what, "unit": unit, "value": value, "baseline": baseline,
        "baseline_value": baseline_value, "goal": goal,
    });
    println!("{row}");
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1_000.0
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).copied().map_or(f64::NAN, millis)
}

async fn health(seams: &Seams) -> Result<Plugin> {
    let sandbox = Sandbox::new(SandboxSettings::default(), seams.clone())?;
    let grants = Grants::parse(HEALTH_GRANTS)?;
    Ok(sandbox
        .load(
            "builtin:health",
            ringkeeper_bundled::HEALTH,
            &grants,
            Limits::default(),
        )
        .await?)
}

/// Membership and node tier of every node, then the health plugin on what was seen.
async fn look(observer: &mut Observer, health: &Plugin) -> Result<()> {
    observer.sweep().await;
    observer.read_node_metrics().await;
    let snapshot = observer.snapshots().borrow().clone();
    let request = Request {
        operation: "health.check".to_owned(),
        parameters: serde_json::json!({}),
        settings: serde_json::json!({}),
        cause: Cause::Schedule,
        already_done: Vec::new(),
    };
    let report = health
        .plan(
            CallContext::new("bench", snapshot, Arc::new(MemoryState::default())),
            &request,
        )
        .await;
    if let Err(refusal) = report.result? {
        bail!("the health plugin refuses: {}", refusal.message);
    }
    Ok(())
}

fn sweep(lab: &Lab, runtime: &tokio::runtime::Runtime) -> Result<()> {
    let seams = Seams::production()?;
    let contact = lab.nodes().first().context("a node")?.address().to_string();
    let cluster = CassandraCluster::new(AccessSettings::new([contact]), seams.clone())?;
    let mut observer = Observer::new(Arc::new(cluster), ObserverSettings::new("bench"), seams.clone());
    let times = runtime.block_on(async {
        let health = health(&seams).await?;
        for _ in 0..20 {
            look(&mut observer, &health).await?;
        }
        let before = cpu_of_nodes(lab)?;
        let mut times = Vec::new();
        for _ in 0..SWEEPS {
            let begun = Instant::now();
            look(&mut observer, &health).await?;
            times.push(begun.elapsed());
        }
        let spent = (cpu_of_nodes(lab)? - before) / u32::try_from(SWEEPS * lab.nodes().len())?;
        anyhow::Ok((times, spent))
    });
    let (times, spent) = times?;
    let begun = Instant::now();
    for node in lab.nodes() {
        for command in ["status", "info", "tpstats"] {
            lab.nodetool(node, &[command])?;
        }
    }
    let nodetool = (
        "nodetool status, info, tpstats on each node",
        millis(begun.elapsed()),
    );
    row(
        "sweep",
        "membership + node tier of 3 nodes, health plugin included",
        median(times),
        Some(nodetool),
        "<= 60 ms",
    );
    row(
        "sweep",
        "CPU time of one sweep on one node",
        millis(spent),
        None,
        "<= 20 ms",
    );
    Ok(())
}

/// CPU time all nodes have used since they started.
fn cpu_of_nodes(lab: &Lab) -> Result<Duration> {
    let mut spent = Duration::ZERO;
    for node in lab.nodes() {
        let pid = node.pid().context("a running node")?;
        spent += cpu_of(&pid.to_string())?;
    }
    Ok(spent)
}

/// CPU time a process has used since it started: fields 14 and 15 of proc_pid_stat(5).
fn cpu_of(pid: &str) -> Result<Duration> {
    ticks(pid, 14)
}

/// CPU time of the children of this process that have ended: fields 16 and 17.
fn cpu_of_children() -> Result<Duration> {
    ticks("self", 16)
}

/// Two fields of proc_pid_stat(5), from this one, in ticks of 10 ms.
fn ticks(pid: &str, field: usize) -> Result<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The one after the name is the third.
    let fields = stat.rsplit_once(')').context("a process name")?.1;
    let mut ticks = 0;
    for field in fields.split_whitespace().skip(field - 3).take(2) {
        ticks += field.parse::<u64>()?;
    }
    Ok(Duration::from_millis(ticks * 10))
}

fn sweep_1000(runtime: &tokio::runtime::Runtime) -> Result<()> {
    let mut builder = SimCluster::builder();
    for rack in ["rack1", "rack2", "rack3"] {
        builder = builder.rack("dc1", rack, 333);
    }
    let cluster = builder.rack("dc1", "rack1", 1).build();
    let seams = Seams::production()?;
    let mut observer = Observer::new(Arc::new(cluster), ObserverSettings::new("bench"), seams.clone());
    let spent = runtime.block_on(async {
        let health = health(&seams).await?;
        look(&mut observer, &health).await?;
        let before = cpu_of("self")?;
        for _ in 0..LARGE_SWEEPS {
            look(&mut observer, &health).await?;
        }
        anyhow::Ok((cpu_of("self")? - before) / LARGE_SWEEPS)
    });
    row(
        "sweep-1000",
        "CPU time of the same on 1,000 nodes in memory, their answers included",
        millis(spent?),
        None,
        "<= 1,000 ms of one core",
    );
    Ok(())
}

/// The binary beside this one.
fn ringkeeper() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let binary = here.parent().context("a folder")?.join("ringkeeper");
    ensure!(
        binary.is_file(),
        "{} is missing; build it with: cargo build --release -p ringkeeper",
        binary.display()
    );
    Ok(binary)
}

/// From the start of the process to the end of the first sweep, plugins compiled before.
fn start(lab: &Lab) -> Result<()> {
    let directory = tempfile::tempdir()?;
    let config = directory.path().join("ringkeeper.toml");
    let contact = lab.nodes().first().context("a node")?.address();
    let text = format!(
        "[host]\ndata_directory = {:?}\n[[cluster]]\nname = \"bench\"\ncontact_points = [\"{contact}\"]\n",
        directory.path().join("data")
    );
    std::fs::write(&config, text)?;
    let mut times = Vec::new();
    for round in 0..6 {
        let took = start_once(&config, &directory.path().join("data/ringkeeper.sock"))?;
        if round > 0 {
            times.push(took);
        }
    }
    let begun = Instant::now();
    lab.nodetool(lab.nodes().first().context("a node")?, &["status"])?;
    let nodetool = ("one nodetool status", millis(begun.elapsed()));
    row(
        "start",
        "binary start to first sweep, warm plugin cache",
        median(times),
        Some(nodetool),
        "<= 300 ms",
    );
    Ok(())
}

fn start_once(config: &Path, socket: &Path) -> Result<Duration> {
    let begun = Instant::now();
    let mut host = Command::new(ringkeeper()?)
        .args(["serve", "--config"])
        .arg(config)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    let took = loop {
        if ready(socket) {
            break begun.elapsed();
        }
        if begun.elapsed() > Duration::from_secs(60) {
            host.kill()?;
            bail!("the host is not ready after a minute");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Command::new("kill").arg(host.id().to_string()).status()?;
    host.wait()?;
    Ok(took)
}

fn ready(socket: &Path) -> bool {
    use std::io::{Read as _, Write as _};
    let Ok(mut stream) = std::os::unix::net::UnixStream::connect(socket) else {
        return false;
    };
    let mut answer = String::new();
    stream
        .write_all(b"GET /readyz HTTP/1.0\r\nHost: host\r\n\r\n")
        .is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.0 200")
}
