//! A repair through the host, beside the same repair by nodetool.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use ringkeeper_api::RunSummary;
use ringkeeper_cassandra::{AccessSettings, CassandraCluster};
use ringkeeper_cluster::Cluster as _;
use ringkeeper_lab::{Lab, wait_until};
use ringkeeper_rows::Client;
use ringkeeper_seams::{Clock as _, Seams, SystemClock, Timestamp};
use tokio::runtime::Runtime;

use super::{cpu_of_nodes, median, ready, ringkeeper, row};

const KEYSPACE: &str = "bench";
const TABLES: usize = 40;
const ROWS: i32 = 500;
/// Of each kind, in turn.
const ROUNDS: usize = 7;
/// Between two repairs, so that the host has seen that the one by nodetool is over.
const REST: Duration = Duration::from_secs(5);
const DEADLINE: Duration = Duration::from_secs(120);

/// What the repairs of one kind took.
#[derive(Default)]
struct Took {
    /// From the start of the command to its end.
    command: Vec<Duration>,
    /// The repair alone, by the host's or Cassandra's record.
    repair: Vec<Duration>,
    /// Processor time of all nodes meanwhile.
    nodes: Vec<Duration>,
}

/// A host of the lab, which ends with this value.
struct Host {
    process: Child,
    configuration: PathBuf,
}

impl Drop for Host {
    fn drop(&mut self) {
        // Nothing it holds outlives the bench.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Repairs forty small tables by nodetool and through the host, in turn.
pub(crate) fn measure(lab: &Lab, runtime: &Runtime) -> Result<()> {
    make_tables(lab)?;
    let directory = tempfile::tempdir()?;
    let host = serve(lab, directory.path())?;
    let (mut plain, mut ours) = (Took::default(), Took::default());
    // One of each that does not count: the first one finds everything cold.
    by_nodetool(lab, runtime, &mut Took::default())?;
    through_the_host(lab, &host, &mut Took::default())?;
    for _ in 0..ROUNDS {
        by_nodetool(lab, runtime, &mut plain)?;
        through_the_host(lab, &host, &mut ours)?;
    }
    row(
        "repair",
        "`ringkeeper run repair.full --follow`: 40 small tables, 3 nodes, RF 3",
        median(ours.command),
        Some(("`nodetool repair -full`", median(plain.command))),
        "<= 1.05x",
    );
    row(
        "repair",
        "the run alone, from opened to closed",
        median(ours.repair),
        Some(("the repair alone, by Cassandra's record", median(plain.repair))),
        "",
    );
    row(
        "repair",
        "CPU time of the three nodes meanwhile",
        median(ours.nodes),
        Some(("for nodetool", median(plain.nodes))),
        "",
    );
    Ok(())
}

fn make_tables(lab: &Lab) -> Result<()> {
    let client = Client::of(lab.nodes().iter().map(|node| node.cql()))?;
    let names: Vec<String> = (0..TABLES).map(|number| format!("t{number:02}")).collect();
    client.create(KEYSPACE, 3, &names)?;
    for name in names {
        client.write(&format!("{KEYSPACE}.{name}"), 0..ROWS)?;
    }
    Ok(())
}

fn serve(lab: &Lab, directory: &Path) -> Result<Host> {
    let configuration = directory.join("ringkeeper.toml");
    let contact = lab.nodes().first().context("a node")?.address();
    let data = directory.join("data");
    let text = format!(
        "[host]\ndata_directory = {data:?}\n[[cluster]]\nname = \"bench\"\ncontact_points = [\"{contact}\"]\n\
         [cluster.sweep]\nmembership = \"3s\"\nnode_limit = \"2s\"\n\
         [[schedule]]\noperation = \"repair.full\"\ncron = \"0 22 * * 6\"\nenabled = false\n"
    );
    std::fs::write(&configuration, text)?;
    let log = directory.join("host.log");
    let process = Command::new(ringkeeper()?)
        .args(["serve", "--config"])
        .arg(&configuration)
        .stdout(Stdio::null())
        .stderr(std::fs::File::create(&log)?)
        .spawn()?;
    let mut host = Host {
        process,
        configuration,
    };
    wait_until("the host", DEADLINE, || {
        if let Some(status) = host.process.try_wait()? {
            bail!("the host ended ({status}): {}", std::fs::read_to_string(&log)?);
        }
        Ok(ready(&data.join("ringkeeper.sock")).then_some(()))
    })?;
    Ok(host)
}

fn by_nodetool(lab: &Lab, runtime: &Runtime, took: &mut Took) -> Result<()> {
    std::thread::sleep(REST);
    let node = lab.nodes().first().context("a node")?;
    let (since, cpu) = (SystemClock.now(), cpu_of_nodes(lab)?);
    let begun = Instant::now();
    lab.nodetool(node, &["repair", "-full", KEYSPACE])?;
    took.command.push(begun.elapsed());
    took.nodes.push(cpu_of_nodes(lab)? - cpu);
    took.repair.push(runtime.block_on(recorded(lab, since))?);
    Ok(())
}

/// How long the only repair since then took, by Cassandra's record.
async fn recorded(lab: &Lab, since: Timestamp) -> Result<Duration> {
    let contacts = lab.nodes().iter().map(|node| node.address().to_string());
    let cluster = CassandraCluster::new(AccessSettings::new(contacts), Seams::production()?)?;
    let repairs = cluster.repair_history(since).await?;
    let mut repairs = repairs
        .iter()
        .filter(|repair| repair.keyspace == KEYSPACE && repair.started_at >= since);
    let (repair, another) = (repairs.next().context("no repair")?, repairs.next());
    ensure!(another.is_none(), "two repairs where there was one");
    let ended_at = repair.ended_at.context("a repair without an end")?;
    Ok(ended_at.since(repair.started_at))
}

fn through_the_host(lab: &Lab, host: &Host, took: &mut Took) -> Result<()> {
    std::thread::sleep(REST);
    let cpu = cpu_of_nodes(lab)?;
    let begun = Instant::now();
    let parameter = format!("keyspaces=[\"{KEYSPACE}\"]");
    command(host, &["run", "repair.full", "-p", &parameter, "--follow"])?;
    took.command.push(begun.elapsed());
    took.nodes.push(cpu_of_nodes(lab)? - cpu);
    let listed = command(host, &["runs", "list", "--format", "json"])?;
    let newest = listed.lines().next().context("a run")?;
    let run: RunSummary = serde_json::from_str(newest)?;
    ensure!(run.state == "Succeeded", "{run:?}");
    took.repair
        .push(run.ended_at.context("an ended run")?.since(run.opened_at));
    Ok(())
}

fn command(host: &Host, arguments: &[&str]) -> Result<String> {
    let output = Command::new(ringkeeper()?)
        .arg("--config")
        .arg(&host.configuration)
        .args(arguments)
        .output()?;
    if !output.status.success() {
        bail!(
            "{arguments:?} failed: {}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8(output.stdout)?)
}
