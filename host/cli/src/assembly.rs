//! The configuration, turned into the parts that are about real clusters; `ringkeeper-assembly` makes the others.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cassandra::{AccessSettings, CassandraCluster, CqlAccess, JolokiaAccess, Secret, TlsSettings};
use ringkeeper_cluster::{NoDriver, ProcessDriver};
use ringkeeper_commands::{CommandDriver, CommandLine, Commands};
use ringkeeper_conductor::ClusterParts;
use ringkeeper_config::{ClusterConfig, Config, Credentials, TlsConfig};
use ringkeeper_observer::ObserverSettings;
use ringkeeper_seams::Seams;

use crate::exit::Exit;
use crate::failure::Failure;

/// What a backend gets beyond its own limit to say that it passed.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// A cluster to watch.
pub(crate) fn cluster_parts(
    file: &Config,
    config: &ClusterConfig,
    seams: &Seams,
) -> Result<ClusterParts, Failure> {
    let sweep = config.sweep;
    Ok(ClusterParts {
        name: config.name.clone(),
        cluster: Arc::new(cluster(config, seams)?),
        process: process(config)?,
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
        policy: ringkeeper_assembly::guard_policy(&file.policy, &file.windows, &file.freezes, &config.name),
    })
}

/// A way to the nodes of a cluster. Nothing is asked yet.
pub(crate) fn cluster(config: &ClusterConfig, seams: &Seams) -> Result<CassandraCluster, Failure> {
    let access = access(config)?;
    CassandraCluster::new(access, seams.clone())
        .map_err(|error| Failure::plain(Exit::Usage, format!("cluster {}: {error}", config.name)))
}

/// What starts and stops Cassandra on the nodes of a cluster. Nothing is run yet.
fn process(config: &ClusterConfig) -> Result<Arc<dyn ProcessDriver>, Failure> {
    let Some(process) = &config.process else {
        return Ok(Arc::new(NoDriver));
    };
    Ok(Arc::new(CommandDriver::new(Commands {
        start: command(config, "start", &process.start)?,
        stop: command(config, "stop", &process.stop)?,
        status: process
            .status
            .as_deref()
            .map(|words| command(config, "status", words))
            .transpose()?,
        limit: process.limit,
    })))
}

fn command(config: &ClusterConfig, which: &str, words: &[String]) -> Result<CommandLine, Failure> {
    CommandLine::parse(words.iter().map(String::as_str)).map_err(|error| {
        let message = format!("cluster {}: `{which}` in [cluster.process]: {error}", config.name);
        Failure::plain(Exit::Usage, message)
    })
}

fn access(config: &ClusterConfig) -> Result<AccessSettings, Failure> {
    let (jolokia, cql) = (&config.jolokia, &config.cql);
    let (jolokia_username, jolokia_password) = credentials(config, jolokia.credentials.as_ref())?;
    let (cql_username, cql_password) = credentials(config, cql.credentials.as_ref())?;
    Ok(AccessSettings {
        contact_points: config.contact_points.clone(),
        jolokia: JolokiaAccess {
            url: jolokia.url.clone(),
            username: jolokia_username,
            password: jolokia_password,
            tls: jolokia.tls.as_ref().map(tls).unwrap_or_default(),
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

    use ringkeeper_cluster::{ProcessErrorKind, ProcessPlace, ProcessState};
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
        let parts = cluster_parts(&config, &config.clusters[0], &seams).unwrap();
        assert_eq!(parts.observer, ObserverSettings::new("analytics"));
        assert_eq!(parts.check_every, Duration::from_secs(300));
        assert_eq!(
            access(&config.clusters[0]).unwrap(),
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
        let without = process(&config("").clusters[0]).unwrap();
        let error = without.start(&node).await.unwrap_err();
        assert_eq!(error.kind, ProcessErrorKind::Unsupported);
        let commands = "[cluster.process]\nstart = [\"test\", \"{address}\", \"=\", \"10.0.0.1\"]\n\
                        stop = [\"false\"]\nstatus = [\"true\"]\nlimit = \"45s\"\n";
        let with = process(&config(commands).clusters[0]).unwrap();
        assert_eq!(with.limit(), Duration::from_secs(45));
        with.start(&node).await.unwrap();
        assert!(with.stop(&node).await.is_err());
        assert_eq!(with.state(&node).await, Ok(ProcessState::Running));
    }
}
