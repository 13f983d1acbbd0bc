//! `ringkeeper doctor`: is everything in place, and if not, how to put it there.
//!
//! Each check is one line: ok, warning or problem, with what to do. [`machine`] looks at this machine and the host on it,
//! [`certificates`] at when those end that it lives by, [`plugins`] at the plugins, [`nodes`] asks the nodes, [`judge`] says what that means, which is pure, and [`mod@file`] what
//! is odd in the file, by itself and beside what the nodes said.

mod certificates;
mod file;
mod judge;
mod machine;
mod nodes;
mod plugins;

use std::collections::BTreeMap;
use std::sync::Arc;

use ringkeeper_cassandra::ToAgents;
use ringkeeper_config::{ClusterConfig, Config, ConfigError};
use ringkeeper_seams::Seams;
use ringkeeper_trust::{AllSigned, HostTrust};
use serde::Serialize;

use crate::arguments::Common;
use crate::command::serve::TRUST_FOLDER;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::place;
use crate::render;

/// What one check says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    /// How it is.
    pub(crate) verdict: Verdict,
    /// What was looked at, e.g. `cluster analytics`.
    pub(crate) about: String,
    /// What was seen.
    pub(crate) message: String,
    /// What to do; none where nothing is to be done.
    pub(crate) remedy: Option<String>,
}

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verdict {
    /// As it should be.
    Ok,
    /// It works, but not as well or not for long.
    Warning,
    /// It does not work.
    Problem,
    /// Nobody looks at it yet.
    Unwatched,
}

impl Check {
    fn ok(about: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Ok,
            about: about.into(),
            message: message.into(),
            remedy: None,
        }
    }

    fn warning(about: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Warning,
            remedy: Some(remedy.into()),
            ..Self::ok(about, message)
        }
    }

    fn problem(about: impl Into<String>, message: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            verdict: Verdict::Problem,
            remedy: Some(remedy.into()),
            ..Self::ok(about, message)
        }
    }
}

/// Checks everything, and says how to fix what is wrong.
pub(crate) async fn run(common: &Common, output: &Output) -> Result<Exit, Failure> {
    let checks = checks(common).await?;
    output.several(&checks, render::doctor::checks)?;
    let sound = checks.iter().all(|check| check.verdict != Verdict::Problem);
    Ok(if sound { Exit::Done } else { Exit::Failed })
}

async fn checks(common: &Common) -> Result<Vec<Check>, Failure> {
    let file = place::config_file(common)?;
    let config = match Config::load(&file) {
        Ok(config) => config,
        Err(error) => return Ok(configuration_problems(&error)),
    };
    let seams = Seams::production().map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
    let mut checks = vec![Check::ok("configuration", format!("{} is sound", file.display()))];
    checks.extend(file::odd(&config, seams.clock.now()));
    checks.push(machine::data_directory(&config.host.data_directory));
    let socket = place::socket(common)?;
    checks.push(machine::host(&socket).await);
    checks.extend(certificates::check(&config, &socket, &seams).await);
    checks.extend(plugins::check(&config, &seams).await);
    let mut known = BTreeMap::new();
    let agents = to_agents(&config, &seams)?;
    for cluster in &config.clusters {
        if cluster.agents.is_some() && agents.is_none() {
            checks.push(Check::problem(
                format!("cluster {}", cluster.name),
                "its nodes are reached by agents, and this host has none yet",
                "start the host, then enrol the agents: `ringkeeper agents token ADDRESS`",
            ));
            continue;
        }
        match nodes::ask(cluster, agents.as_ref(), &seams).await {
            Ok(seen) => {
                checks.extend(judge::cluster(&seen));
                known.extend(file::names(&seen).map(|names| (cluster.name.clone(), names)));
            }
            Err(failure) => {
                let remedy = "correct the cluster's part of the configuration";
                checks.push(Check::problem(
                    format!("cluster {}", cluster.name),
                    failure.message,
                    remedy,
                ));
            }
        }
    }
    checks.extend(file::unknown(&config, &known));
    checks.extend(unwatched(&config.clusters));
    Ok(checks)
}

/// How agents are connected to, where the host has any: by the authorities in its data directory. Which of them were revoked
/// since only the host knows.
fn to_agents(config: &Config, seams: &Seams) -> Result<Option<ToAgents>, Failure> {
    let folder = config.host.data_directory.join(TRUST_FOLDER);
    if config.host.agents.is_none() || !folder.exists() {
        return Ok(None);
    }
    let trust = HostTrust::open(&folder, Arc::clone(&seams.clock));
    let client = trust.and_then(|trust| trust.client(Arc::new(AllSigned)));
    let tls = client.map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
    Ok(Some(ToAgents {
        tls,
        is_known: Arc::new(|_| true),
    }))
}

fn configuration_problems(error: &ConfigError) -> Vec<Check> {
    match error {
        ConfigError::Unreadable { file, reason } => {
            let message = format!("{} cannot be read: {reason}", file.display());
            vec![Check::problem(
                "configuration",
                message,
                "name an existing file with --config FILE",
            )]
        }
        ConfigError::Invalid { problems } => problems
            .iter()
            .map(|problem| {
                let about = if problem.key.is_empty() {
                    String::new()
                } else {
                    format!("{}: ", problem.key)
                };
                let message = format!("{}: {about}{}", problem.place, problem.fault);
                Check::problem("configuration", message, problem.fault.remedy())
            })
            .collect(),
    }
}

/// What cannot be seen from outside a node, of clusters without agents; and what nobody looks at.
fn unwatched(clusters: &[ClusterConfig]) -> Vec<Check> {
    let by_agents = [
        (
            "disks",
            "how full they are and when they will be, whether they are slow, read-only or lost from an array",
        ),
        (
            "processes",
            "whether Cassandra runs on a node that does not answer, how it ended, how often it was started",
        ),
        ("clocks", "how far they are off"),
        ("certificates", "when those end that Cassandra shows"),
        (
            "updates",
            "what waits to be installed for security, and restarts that wait",
        ),
        (
            "memory and processors",
            "what the kernel killed for want of memory, I/O wait, time stolen by other guests",
        ),
    ];
    let without = clusters.iter().filter(|cluster| cluster.agents.is_none());
    let names: Vec<&str> = without.map(|cluster| cluster.name.as_str()).collect();
    let check = |about: &str, message: String| Check {
        verdict: Verdict::Unwatched,
        about: about.to_owned(),
        message,
        remedy: None,
    };
    let of_clusters = by_agents
        .iter()
        .filter(|_| !names.is_empty())
        .map(|(about, what)| {
            check(
                about,
                format!("{what}, in {} for want of agents", names.join(" and ")),
            )
        });
    let nobody = check("operating system", "kernel messages, pending updates".to_owned());
    of_clusters.chain([nobody]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(more: &str) -> Vec<String> {
        let text = format!(
            "[host]\nagents = \"127.0.0.1:7171\"\n[[cluster]]\nname = \"analytics\"\ncontact_points = [\"10.0.0.1\"]\n{more}"
        );
        let config = Config::parse(&text, std::path::Path::new("ringkeeper.toml")).unwrap();
        unwatched(&config.clusters)
            .into_iter()
            .map(|check| check.about)
            .collect()
    }

    #[test]
    fn with_agents_machines_are_watched() {
        assert_eq!(about("[cluster.agents]"), ["operating system"]);
        assert!(about("").contains(&"disks".to_owned()));
        let mixed =
            about("[cluster.agents]\n[[cluster]]\nname = \"orders\"\ncontact_points = [\"10.1.0.1\"]");
        assert!(mixed.contains(&"clocks".to_owned()));
    }
}
