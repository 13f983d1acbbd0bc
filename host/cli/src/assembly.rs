//! The configuration, turned into the parts the host is made of.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cassandra::{AccessSettings, CassandraCluster, CqlAccess, JolokiaAccess, Secret, TlsSettings};
use ringkeeper_cluster::{NoDriver, ProcessDriver};
use ringkeeper_commands::{CommandDriver, CommandLine, Commands};
use ringkeeper_conductor::{ClusterParts, PluginParts, ScheduleParts};
use ringkeeper_config::{
    ClusterConfig, Config, Credentials, KeyspacePolicy, PluginConfig, PluginLimits, PluginSource,
    PolicyConfig, ScheduleConfig, TlsConfig,
};
use ringkeeper_guard::Policy;
use ringkeeper_observer::{ConsistencyPolicy, ObserverSettings};
use ringkeeper_sandbox::{Grants, Limits};
use ringkeeper_seams::Seams;

use crate::component;
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
            consistency: consistency(&file.policy),
        },
        check_every: config.check_every,
        call_limit: config.jolokia.timeout,
        policy: guard_policy(file, &config.name),
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

/// What the file says, over what holds of Cassandra's own keyspaces anyway.
fn consistency(policy: &PolicyConfig) -> ConsistencyPolicy {
    let mut consistency = ConsistencyPolicy {
        default: Some(policy.default_consistency),
        ..ConsistencyPolicy::default()
    };
    // Logins must work at the level everything else must.
    consistency
        .keyspaces
        .insert("system_auth".to_owned(), Some(policy.default_consistency));
    consistency
        .keyspaces
        .extend(policy.keyspaces.iter().map(|(name, policy)| {
            let level = match policy {
                KeyspacePolicy::Keep(level) => Some(*level),
                KeyspacePolicy::Unwatched => None,
            };
            (name.clone(), level)
        }));
    consistency
}

/// What the guard holds a cluster to: the windows and freezes that are about it, and what holds of every cluster.
pub(crate) fn guard_policy(config: &Config, cluster: &str) -> Policy {
    let windows = config.windows.iter().map(|window| &window.hours);
    let freezes = config.freezes.iter().map(|freeze| &freeze.span);
    Policy {
        waivers: config
            .policy
            .waivers
            .iter()
            .map(|waiver| waiver.waiver.clone())
            .collect(),
        windows: windows
            .filter(|hours| hours.window().is_of(cluster))
            .cloned()
            .collect(),
        freezes: freezes
            .filter(|span| span.freeze().is_of(cluster))
            .cloned()
            .collect(),
        pressure: config.policy.pressure,
        omitted: BTreeSet::new(),
    }
}

/// What the conductor needs of a schedule.
pub(crate) fn schedule_parts(config: &ScheduleConfig) -> ScheduleParts {
    ScheduleParts {
        cluster: config.cluster.clone(),
        operation: config.operation.clone(),
        schedule: config.schedule.clone(),
    }
}

/// A plugin to load. One whose file cannot be read is listed with the reason, as one that is refused is.
pub(crate) fn plugin_parts(config: &PluginConfig) -> Result<PluginParts, Failure> {
    Ok(PluginParts {
        name: config.name.clone(),
        source: config.source.to_string(),
        component: component(&config.source),
        grants: grants(config)?,
        limits: limits(&config.limits),
        settings: config.settings.clone(),
    })
}

/// What a plugin may use.
pub(crate) fn grants(config: &PluginConfig) -> Result<Grants, Failure> {
    Grants::parse(&config.grants)
        .map_err(|error| Failure::plain(Exit::Usage, format!("plugin {}: {error}", config.name)))
}

/// The bytes of a component, or why they cannot be had.
pub(crate) fn component(source: &PluginSource) -> Result<Vec<u8>, String> {
    match source {
        PluginSource::Builtin(name) => ringkeeper_bundled::ALL
            .iter()
            .find(|(bundled, _)| bundled == name)
            .map(|(_, bytes)| bytes.to_vec())
            .ok_or_else(|| format!("this program was built without the plugin `{name}`")),
        PluginSource::File(path) => {
            component::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
        }
    }
}

/// What one call of a plugin may take.
pub(crate) const fn limits(config: &PluginLimits) -> Limits {
    let PluginLimits {
        memory_bytes,
        cpu,
        plan_wall,
        execute_wall,
        host_call_bytes,
        handles,
        log_bytes,
        state_bytes,
    } = *config;
    Limits {
        memory_bytes,
        cpu,
        plan_wall,
        execute_wall,
        host_call_bytes,
        handles,
        log_bytes,
        state_bytes,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use ringkeeper_cluster::{ConsistencyLevel, ProcessErrorKind, ProcessPlace, ProcessState};
    use ringkeeper_config::CAPABILITIES;
    use ringkeeper_sandbox::Capability;

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
        assert_eq!(limits(&config.plugins[0].limits), Limits::default());
    }

    #[test]
    fn grants_of_the_configuration_are_those_of_the_sandbox() {
        let mut grantable: Vec<_> = Capability::grantable().collect();
        let mut documented = CAPABILITIES.to_vec();
        grantable.sort_unstable();
        documented.sort_unstable();
        assert_eq!(documented, grantable);
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

    #[test]
    fn every_bundled_plugin_is_loaded_by_default() {
        let plugins: Vec<_> = config("")
            .plugins
            .iter()
            .map(|plugin| plugin_parts(plugin).unwrap())
            .collect();
        let loaded: Vec<_> = plugins.iter().map(|plugin| plugin.name.as_str()).collect();
        let bundled: Vec<_> = ringkeeper_bundled::ALL.iter().map(|(name, _)| *name).collect();
        assert_eq!(loaded, bundled);
        assert!(plugins.iter().all(|plugin| plugin.component.is_ok()));
    }

    #[test]
    fn the_guard_holds_a_cluster_to_what_is_about_it() {
        let config = config(
            r#"
[[cluster]]
name = "orders"
contact_points = ["10.1.0.1"]
[policy.pressure]
heap_percent = "off"
[[policy.waiver]]
keyspace = "staging"
reason = "one replica until the new racks stand"
until = "2026-12-31"
[[window]]
name = "everywhere"
impacts = ["disrupt"]
from = "22:00"
to = "04:00"
[[window]]
name = "orders-only"
cluster = "orders"
impacts = ["change"]
from = "22:00"
to = "04:00"
[[freeze]]
name = "christmas"
cluster = "analytics"
from = "2026-12-20T00:00"
to = "2027-01-06T00:00"
reason = "Christmas trade"
"#,
        );
        for (cluster, windows, freezes) in [
            ("analytics", &["everywhere"][..], &["christmas"][..]),
            ("orders", &["everywhere", "orders-only"], &[]),
        ] {
            let policy = guard_policy(&config, cluster);
            let named: Vec<_> = policy
                .windows
                .iter()
                .map(|hours| hours.window().name.as_str())
                .collect();
            assert_eq!(named, windows, "{cluster}");
            let named: Vec<_> = policy
                .freezes
                .iter()
                .map(|span| span.freeze().name.as_str())
                .collect();
            assert_eq!(named, freezes, "{cluster}");
            assert_eq!(policy.waivers.len(), 1);
            assert_eq!(policy.pressure.heap_percent, None);
            assert_eq!(policy.pressure.pending_compactions, Some(100));
        }
    }

    #[test]
    fn a_keyspace_keeps_the_level_of_the_file() {
        let config = config(
            "[policy]\ndefault_consistency = \"QUORUM\"\n[policy.keyspaces]\nlogs = \"unwatched\"\nsystem_traces = \"ONE\"\n",
        );
        let policy = consistency(&config.policy);
        assert_eq!(policy.default, Some(ConsistencyLevel::Quorum));
        assert_eq!(policy.keyspaces["logs"], None);
        assert_eq!(policy.keyspaces["system_auth"], Some(ConsistencyLevel::Quorum));
        assert_eq!(policy.keyspaces["system_distributed"], None);
        assert_eq!(policy.keyspaces["system_traces"], Some(ConsistencyLevel::One));
    }
}
