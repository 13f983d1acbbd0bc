//! The configuration, turned into the parts that are about real clusters; `ringkeeper-assembly` makes the others.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_by_agents::{AgentDriver, AgentMachines, AgentTools};
use ringkeeper_cassandra::{
    AccessSettings, CassandraCluster, CqlAccess, JolokiaAccess, Secret, TlsSettings, ToAgents,
};
use ringkeeper_cluster::{Machines, NoDriver, NoMachines, NoTools, ProcessDriver, ToolDriver};
use ringkeeper_commands::{CommandDriver, CommandLine, Commands};
use ringkeeper_conductor::ClusterParts;
use ringkeeper_config::{ClusterConfig, Config, Credentials, ProcessConfig, TlsConfig};
use ringkeeper_observer::ObserverSettings;
use ringkeeper_seams::Seams;

use crate::exit::Exit;
use crate::failure::Failure;

/// How agents are connected to; none where the host has none.
pub(crate) type ByAgents<'a> = Option<&'a ToAgents>;

/// What a backend gets beyond its own limit to say that it passed.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A cluster to watch.
pub(crate) fn cluster_parts(
    file: &Config,
    config: &ClusterConfig,
    agents: ByAgents<'_>,
    seams: &Seams,
) -> Result<ClusterParts, Failure> {
    let sweep = config.sweep;
    Ok(ClusterParts {
        name: config.name.clone(),
        cluster: Arc::new(cluster(config, agents, seams)?),
        process: process(config, agents, seams)?,
        machines: machines(config, agents)?,
        tools: tools(config, agents)?,
        observer: ObserverSettings {
            cluster: config.name.clone(),
            membership_every: sweep.membership,
            node_metrics_every: sweep.node_metrics,
            table_metrics_every: sweep.table_metrics,
            schema_every: sweep.schema,
            node_limit: sweep.node_limit,
            schema_limit: config.cql.timeout + LAST_WORDS,
            concurrency: sweep.concurrency,
            consistency: ringkeeper_assembly::consistency(&file.policy),
        },
        check_every: config.check_every,
        call_limit: config.jolokia.timeout,
        mitigations: ringkeeper_assembly::mitigation_parts(&file.policy),
        policy: ringkeeper_assembly::guard_policy(&file.policy, &file.windows, &file.freezes, &config.name),
    })
}

/// A way to the nodes of a cluster. Nothing is asked yet.
pub(crate) fn cluster(
    config: &ClusterConfig,
    agents: ByAgents<'_>,
    seams: &Seams,
) -> Result<CassandraCluster, Failure> {
    let access = access(config, agents)?;
    CassandraCluster::new(access, seams.clone())
        .map_err(|error| Failure::plain(Exit::Usage, format!("cluster {}: {error}", config.name)))
}

/// What starts and stops Cassandra on the nodes of a cluster. Nothing is run yet.
fn process(
    config: &ClusterConfig,
    agents: ByAgents<'_>,
    seams: &Seams,
) -> Result<Arc<dyn ProcessDriver>, Failure> {
    match (&config.process, config.agents, agents) {
        (Some(process), _, _) => {
            let place = format!("cluster {}: [cluster.process]", config.name);
            Ok(Arc::new(commands(process, &place)?))
        }
        (None, Some(by), Some(agents)) => {
            let driver = AgentDriver::new(&agents.tls, by.port, by.limit, Arc::clone(&seams.clock));
            let driver = driver.map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
            Ok(Arc::new(driver))
        }
        (None, _, _) => Ok(Arc::new(NoDriver)),
    }
}

/// What tells of the machines of a cluster. Nothing is asked yet.
fn machines(config: &ClusterConfig, agents: ByAgents<'_>) -> Result<Arc<dyn Machines>, Failure> {
    let (Some(by), Some(agents)) = (config.agents, agents) else {
        return Ok(Arc::new(NoMachines));
    };
    let machines = AgentMachines::new(&agents.tls, by.port, Arc::clone(&agents.is_known));
    Ok(Arc::new(machines.map_err(|error| {
        Failure::plain(Exit::Failed, error.to_string())
    })?))
}

/// What runs Cassandra's tools beside the nodes of a cluster. Nothing is asked yet.
fn tools(config: &ClusterConfig, agents: ByAgents<'_>) -> Result<Arc<dyn ToolDriver>, Failure> {
    match (config.agents, agents) {
        (Some(by), Some(agents)) => {
            let driver = AgentTools::new(&agents.tls, by.port);
            let driver = driver.map_err(|error| Failure::plain(Exit::Failed, error.to_string()))?;
            Ok(Arc::new(driver))
        }
        _ => Ok(Arc::new(NoTools)),
    }
}

/// The commands of a file, which stand at `place` in it.
pub(crate) fn commands(process: &ProcessConfig, place: &str) -> Result<CommandDriver, Failure> {
    let command = |which: &str, words: &[String]| {
        CommandLine::parse(words.iter().map(String::as_str))
            .map_err(|error| Failure::plain(Exit::Usage, format!("{place}: `{which}`: {error}")))
    };
    let status = process.status.as_deref();
    Ok(CommandDriver::new(Commands {
        start: command("start", &process.start)?,
        stop: command("stop", &process.stop)?,
        status: status.map(|words| command("status", words)).transpose()?,
        limit: process.limit,
    }))
}

/// Where a node's Jolokia is asked: beside the node, or by way of its agent.
fn url(config: &ClusterConfig, agents: ByAgents<'_>) -> String {
    match config.agents.filter(|_| agents.is_some()) {
        Some(by) => format!("https://{{address}}:{}{}", by.port, JolokiaAccess::AGENT_PATH),
        None => config.jolokia.url.clone(),
    }
}

fn access(config: &ClusterConfig, agents: ByAgents<'_>) -> Result<AccessSettings, Failure> {
    let (jolokia, cql) = (&config.jolokia, &config.cql);
    let (jolokia_username, jolokia_password) = credentials(config, jolokia.credentials.as_ref())?;
    let (cql_username, cql_password) = credentials(config, cql.credentials.as_ref())?;
    Ok(AccessSettings {
        contact_points: config.contact_points.clone(),
        jolokia: JolokiaAccess {
            url: url(config, agents),
            username: jolokia_username,
            password: jolokia_password,
            tls: jolokia.tls.as_ref().map(tls).unwrap_or_default(),
            agents: config.agents.and(agents).cloned(),
            timeout: jolokia.timeout,
            max_response_bytes: usize::try_from(jolokia.max_response_bytes).unwrap_or(usize::MAX),
        },
        cql: CqlAccess {
            port: cql.port,
            username: cql_username,
            password: cql_password,
            tls: cql.tls.as_ref().map(tls),
            timeout: cql.timeout,
        },
    })
}

fn credentials(
    config: &ClusterConfig,
    credentials: Option<&Credentials>,
) -> Result<(Option<String>, Option<Secret>), Failure> {
    let Some(credentials) = credentials else {
        return Ok((None, None));
    };
    let secret = credentials
        .password
        .read()
        .map_err(|error| Failure::plain(Exit::Usage, format!("cluster {}: {error}", config.name)))?;
    Ok((
        Some(credentials.username.clone()),
        Some(Secret::new(secret.expose())),
    ))
}

fn tls(config: &TlsConfig) -> TlsSettings {
    let identity = config.identity.as_ref();
    TlsSettings {
        ca_file: Some(config.ca_file.clone()),
        certificate_file: identity.map(|identity| identity.certificate_file.clone()),
        key_file: identity.map(|identity| identity.key_file.clone()),
        verify_host_name: config.verify_host_name,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ringkeeper_cluster::{Order, ProcessErrorKind, ProcessPlace, ProcessState};
    use ringkeeper_sandbox::Limits;

    use super::*;

    fn config(more: &str) -> Config {
        let text = format!("[[cluster]]\nname = \"analytics\"\ncontact_points = [\"10.0.0.1\"]\n{more}");
        Config::parse(&text, Path::new("ringkeeper.toml")).unwrap()
    }

    #[test]
    fn documented_defaults_are_the_defaults_of_each_part() {
        let config = config("");
        let seams = Seams::production().unwrap();
        let parts = cluster_parts(&config, &config.clusters[0], None, &seams).unwrap();
        assert_eq!(parts.observer, ObserverSettings::new("analytics"));
        assert_eq!(parts.check_every, Duration::from_secs(300));
        assert_eq!(
            access(&config.clusters[0], None).unwrap(),
            AccessSettings::new(["10.0.0.1"])
        );
        assert_eq!(
            ringkeeper_assembly::limits(&config.plugins[0].limits),
            Limits::default()
        );
    }

    #[test]
    fn placeholders_of_the_configuration_are_those_of_the_commands() {
        assert_eq!(ringkeeper_config::PLACEHOLDERS, ringkeeper_commands::PLACEHOLDERS);
    }

    #[tokio::test]
    async fn processes_are_driven_by_the_commands_of_the_file_or_not_at_all() {
        let node = ProcessPlace {
            node: "00000000-0000-0000-0000-000000000007".parse().unwrap(),
            endpoint: "10.0.0.1:7000".parse().unwrap(),
            data_centre: "dc1".to_owned(),
            rack: "r1".to_owned(),
        };
        let order = Order {
            run: "run-1".to_owned(),
            step: "restart".to_owned(),
            number: 1,
        };
        let seams = Seams::production().unwrap();
        let without = process(&config("").clusters[0], None, &seams).unwrap();
        let error = without.start(&node, &order).await.unwrap_err();
        assert_eq!(error.kind, ProcessErrorKind::Unsupported);
        let commands = "[cluster.process]\nstart = [\"test\", \"{address}\", \"=\", \"10.0.0.1\"]\n\
                        stop = [\"false\"]\nstatus = [\"true\"]\nlimit = \"45s\"\n";
        let with = process(&config(commands).clusters[0], None, &seams).unwrap();
        assert_eq!(with.limit(), Duration::from_secs(45));
        with.start(&node, &order).await.unwrap();
        assert!(with.stop(&node, &order).await.is_err());
        assert_eq!(with.state(&node).await, Ok(ProcessState::Running));
    }
}
