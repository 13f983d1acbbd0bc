//! What an agent costs its node while nothing happens but that its host looks.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use ringkeeper_lab::{JolokiaMode, Lab, LabNode, LabSettings, wait_until};
use ringkeeper_suite::{DEADLINE, Product};

use super::{Baseline, cpu_of, cpu_of_children, row_in};

/// Eight looks at the node, two of them at its metrics.
const WATCHED: Duration = Duration::from_secs(120);
/// Until the first looks, which ask for most, are over.
const SETTLED: Duration = Duration::from_secs(30);
/// How often a house without an agent asks nodetool.
const MINUTE: Duration = Duration::from_secs(60);
const HOST_PORT: u16 = 7171;

/// Watches the agent of one node, whose host asks at its usual pace.
pub(crate) fn measure() -> Result<()> {
    let lab = Lab::start(LabSettings {
        data_centres: vec![("dc1".to_owned(), 1)],
        jolokia: JolokiaMode::None,
        ..LabSettings::default()
    })?;
    let node = lab.nodes().first().context("a node")?;
    let address = node.address().to_string();
    let at = format!("{address}:{HOST_PORT}");
    let product = Product::new(&format!(
        "agents = {at:?}\n[[cluster]]\nname = \"bench\"\ncontact_points = [{address:?}]\n[cluster.agents]\n"
    ))?;
    let _host = product.serve()?;
    product.enrol_agent(&lab, node, &format!("https://{at}"), "")?;
    let agent = product.run_agent(&address)?;
    wait_until("the node answering by its agent", DEADLINE, || {
        Ok((product.nodes_that_are_well()? == 1).then_some(()))
    })?;
    std::thread::sleep(SETTLED);

    let pid = agent.pid().to_string();
    let (begun, before) = (Instant::now(), cpu_of(&pid)?);
    std::thread::sleep(WATCHED);
    let share = percent(cpu_of(&pid)? - before, begun.elapsed());
    let (resident, own) = (memory_of(&pid, "VmRSS")?, memory_of(&pid, "RssAnon")?);
    row_in(
        "MiB",
        "agent",
        &format!(
            "resident memory of an agent that its host asks at the usual pace, Jolokia attached; {own:.1} MiB of it its own, the rest pages of the program"
        ),
        resident,
        None,
        "<= 30 MiB",
    );
    row_in(
        "% of a core",
        "agent",
        &format!("its processor time, over {} s", WATCHED.as_secs()),
        share,
        Some(nodetool(&lab, node)?),
        "<= 1 % of a core",
    );
    Ok(())
}

/// What a house without an agent has instead: nodetool, once a minute.
fn nodetool(lab: &Lab, node: &LabNode) -> Result<Baseline<'static>> {
    let before = cpu_of_children()?;
    lab.nodetool(node, &["info"])?;
    let spent = cpu_of_children()? - before;
    Ok(("`nodetool info` once a minute", percent(spent, MINUTE)))
}

fn percent(spent: Duration, of: Duration) -> f64 {
    100.0 * spent.as_secs_f64() / of.as_secs_f64()
}

/// A line of proc_pid_status(5), in MiB.
fn memory_of(pid: &str, name: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| {
        line.trim_matches(|c: char| !c.is_ascii_digit())
            .parse::<f64>()
            .ok()
    });
    Ok(kib.with_context(|| format!("no {name} of process {pid}"))? / 1024.0)
}
