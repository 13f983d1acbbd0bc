//! The real host in a story: the parts production makes of a configuration, on a simulated cluster.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_conductor::{ClusterParts, Conductor, Parts, PluginParts, ScheduleParts};
use ringkeeper_config::{KeyspacePolicy, PluginConfig, PluginSource, Scenario};
use ringkeeper_guard::Policy;
use ringkeeper_journal::Journal;
use ringkeeper_observer::{ConsistencyPolicy, ObserverSettings};
use ringkeeper_sandbox::{Grants, Interruption, Limits, Sandbox, SandboxSettings};
use ringkeeper_seams::{Seams, TaskGroup};
use ringkeeper_sim::{Load, SimCluster};

use crate::atlas::replication;
use crate::gate::Gate;
use crate::mutation::Mutation;

/// What the simulated cluster is called.
pub(crate) const CLUSTER: &str = "simulated";
/// The time limit of one call, as in production.
const CALL_LIMIT: Duration = Duration::from_secs(5);
/// How long Cassandra's failure detector takes, by default.
const CONVICTION: Duration = Duration::from_secs(10);

/// What stays when a host is killed.
pub(crate) struct Ground {
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) seams: Seams,
    pub(crate) cluster: SimCluster,
    pub(crate) journal: Arc<dyn Journal>,
    pub(crate) gate: Gate,
    pub(crate) cache_dir: Option<PathBuf>,
}

/// A host at work.
pub(crate) struct Host {
    pub(crate) conductor: Arc<Conductor>,
    tasks: TaskGroup,
}

impl Host {
    /// Starts a host whose configuration does not give these grants.
    pub(crate) async fn start(ground: &Ground, without: &BTreeSet<(String, String)>) -> Result<Self, String> {
        let mut tasks = TaskGroup::new();
        let parts = parts(ground, without)?;
        let conductor = Conductor::start(parts, &mut tasks)
            .await
            .map_err(|error| error.to_string())?;
        Ok(Self { conductor, tasks })
    }

    /// Ends it where it stands.
    pub(crate) async fn kill(mut self) {
        self.tasks.abort().await;
    }
}

/// The cluster of a scenario, with Cassandra's own keyspaces replicated as operators are told to.
pub(crate) fn cluster(scenario: &Scenario, seams: &Seams) -> SimCluster {
    let mut builder = SimCluster::builder()
        .name(CLUSTER)
        .clock(Arc::clone(&seams.clock))
        .tokens_per_node(scenario.tokens);
    for centre in &scenario.data_centres {
        for rack in &centre.racks {
            builder = builder.rack(&centre.name, rack, centre.nodes_per_rack);
        }
    }
    let thrice = scenario.data_centres.iter().map(|centre| {
        let nodes = centre.racks.len() * usize::from(centre.nodes_per_rack);
        (centre.name.clone(), u8::try_from(nodes.min(3)).unwrap_or(3))
    });
    let thrice = replication(&thrice.collect());
    builder = builder
        .keyspace("system_auth", thrice.clone(), &["roles"])
        .keyspace("system_distributed", thrice, &["repair_history"]);
    for keyspace in &scenario.keyspaces {
        let tables: Vec<&str> = keyspace.tables.iter().map(String::as_str).collect();
        builder = builder.keyspace(&keyspace.name, replication(&keyspace.replicas), &tables);
    }
    let cluster = builder.build();
    cluster.edit_schema(|schema| {
        for keyspace in &scenario.keyspaces {
            let tables = schema
                .keyspaces
                .get_mut(&keyspace.name)
                .map(|kept| &mut kept.tables);
            for table in tables.into_iter().flat_map(|tables| tables.values_mut()) {
                table.gc_grace_seconds = keyspace.gc_grace.as_secs();
            }
        }
    });
    let nodes: Vec<NodeId> = cluster.nodes();
    for node in nodes {
        cluster.edit(node, |node| node.release_version.clone_from(&scenario.version));
    }
    cluster.conviction_takes(CONVICTION);
    cluster.set_load(Some(Load {
        writes_per_second: scenario.load.writes_per_second,
        row_bytes: scenario.load.row_bytes,
        table_bytes: scenario.load.table_bytes,
        hints: scenario.load.hints,
    }));
    cluster
}

fn parts(ground: &Ground, without: &BTreeSet<(String, String)>) -> Result<Parts, String> {
    let scenario = &ground.scenario;
    let settings = SandboxSettings {
        interruption: Interruption::Fuel,
        cache_dir: ground.cache_dir.clone(),
        ..SandboxSettings::default()
    };
    let windows: Vec<_> = scenario
        .windows
        .iter()
        .map(|window| window.hours.clone())
        .collect();
    let freezes: Vec<_> = scenario
        .freezes
        .iter()
        .map(|freeze| freeze.span.clone())
        .collect();
    let omitted = match ground.gate.mutation {
        Some(Mutation::Rule(rule)) => BTreeSet::from([rule]),
        _ => BTreeSet::new(),
    };
    let watched = ClusterParts {
        name: CLUSTER.to_owned(),
        cluster: Arc::new(ground.cluster.clone()),
        process: Arc::new(ground.cluster.clone()),
        observer: ObserverSettings {
            consistency: consistency(scenario),
            ..ObserverSettings::new(CLUSTER)
        },
        check_every: Duration::from_secs(300),
        call_limit: CALL_LIMIT,
        policy: Policy {
            waivers: scenario
                .policy
                .waivers
                .iter()
                .map(|waiver| waiver.waiver.clone())
                .collect(),
            windows: windows.clone(),
            freezes: freezes.clone(),
            pressure: scenario.policy.pressure,
            omitted,
        },
    };
    Ok(Parts {
        sandbox: Sandbox::new(settings, ground.seams.clone()).map_err(|error| error.to_string())?,
        journal: Arc::clone(&ground.journal),
        clusters: vec![watched],
        plugins: scenario
            .plugins
            .iter()
            .map(|plugin| plugin_parts(plugin, without))
            .collect::<Result<_, _>>()?,
        schedules: scenario
            .schedules
            .iter()
            .map(|schedule| ScheduleParts {
                cluster: schedule.cluster.clone(),
                operation: schedule.operation.clone(),
                schedule: schedule.schedule.clone(),
            })
            .collect(),
        windows,
        freezes,
        faults: Arc::new(ground.gate.clone()),
        seams: ground.seams.clone(),
    })
}

fn plugin_parts(config: &PluginConfig, without: &BTreeSet<(String, String)>) -> Result<PluginParts, String> {
    let granted = config
        .grants
        .iter()
        .filter(|grant| !without.contains(&(config.name.clone(), (*grant).clone())));
    let component = match &config.source {
        PluginSource::Builtin(name) => ringkeeper_bundled::ALL
            .iter()
            .find(|(bundled, _)| bundled == name)
            .map(|(_, bytes)| bytes.to_vec())
            .ok_or_else(|| format!("this program was built without the plugin `{name}`")),
        PluginSource::File(path) => {
            std::fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))
        }
    };
    let limits = &config.limits;
    Ok(PluginParts {
        name: config.name.clone(),
        source: config.source.to_string(),
        component,
        grants: Grants::parse(granted.cloned().collect::<Vec<_>>()).map_err(|error| error.to_string())?,
        limits: Limits {
            memory_bytes: limits.memory_bytes,
            cpu: limits.cpu,
            plan_wall: limits.plan_wall,
            execute_wall: limits.execute_wall,
            host_call_bytes: limits.host_call_bytes,
            handles: limits.handles,
            log_bytes: limits.log_bytes,
            state_bytes: limits.state_bytes,
        },
        settings: config.settings.clone(),
    })
}

fn consistency(scenario: &Scenario) -> ConsistencyPolicy {
    let default = Some(scenario.policy.default_consistency);
    let mut consistency = ConsistencyPolicy {
        default,
        ..ConsistencyPolicy::default()
    };
    consistency.keyspaces.insert("system_auth".to_owned(), default);
    for (name, policy) in &scenario.policy.keyspaces {
        let level = match policy {
            KeyspacePolicy::Keep(level) => Some(*level),
            KeyspacePolicy::Unwatched => None,
        };
        consistency.keyspaces.insert(name.clone(), level);
    }
    consistency
}
