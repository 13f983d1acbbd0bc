//! The real host in a story: the parts production makes of a configuration, on a simulated cluster.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::NodeId;
use ringkeeper_conductor::{ClusterParts, Conductor, Parts, PluginParts};
use ringkeeper_config::Scenario;
use ringkeeper_guard::Policy;
use ringkeeper_journal::{Journal, MemoryComponents};
use ringkeeper_observer::ObserverSettings;
use ringkeeper_sandbox::{Interruption, Sandbox, SandboxSettings};
use ringkeeper_seams::{Seams, TaskGroup, Timestamp};
use ringkeeper_signing::Trust;
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
    /// What plugins run in, or why there is none. Hosts of one story share what is compiled; instances they share none.
    pub(crate) sandbox: Result<Sandbox, String>,
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

/// What the plugins of a story run in; compiled ones are kept in `cache_dir`.
pub(crate) fn sandbox(cache_dir: Option<PathBuf>, seams: &Seams) -> Result<Sandbox, String> {
    let settings = SandboxSettings {
        interruption: Interruption::Fuel,
        cache_dir,
        ..SandboxSettings::default()
    };
    Sandbox::new(settings, seams.clone()).map_err(|error| error.to_string())
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
        (
            centre.name.clone(),
            u8::try_from(centre.nodes().min(3)).unwrap_or(3),
        )
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
    cluster.has_agents(scenario.agents);
    cluster.set_load(Some(Load {
        writes_per_second: scenario.load.writes_per_second,
        row_bytes: scenario.load.row_bytes,
        table_bytes: scenario.load.table_bytes,
        hints: scenario.load.hints,
        grows: scenario.load.grows,
        disk_bytes: scenario.load.disk_bytes,
    }));
    cluster
}

fn parts(ground: &Ground, without: &BTreeSet<(String, String)>) -> Result<Parts, String> {
    let scenario = &ground.scenario;
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
    let omitted = ground.gate.omitted.iter().filter_map(|omitted| match omitted {
        Mutation::Rule(rule) => Some(*rule),
        Mutation::Safeguard(_) => None,
    });
    let watched = ClusterParts {
        name: CLUSTER.to_owned(),
        cluster: Arc::new(ground.cluster.clone()),
        process: Arc::new(ground.cluster.clone()),
        machines: Arc::new(ground.cluster.clone()),
        tools: Arc::new(ground.cluster.clone()),
        observer: ObserverSettings {
            consistency: ringkeeper_assembly::consistency(&scenario.policy),
            ..ObserverSettings::new(CLUSTER)
        },
        check_every: Duration::from_secs(300),
        call_limit: CALL_LIMIT,
        mitigations: ringkeeper_assembly::mitigation_parts(&scenario.policy),
        policy: Policy {
            omitted: omitted.collect(),
            ..ringkeeper_assembly::guard_policy(
                &scenario.policy,
                &scenario.windows,
                &scenario.freezes,
                CLUSTER,
            )
        },
    };
    Ok(Parts {
        sandbox: ground.sandbox.clone()?,
        journal: Arc::clone(&ground.journal),
        clusters: vec![watched],
        plugins: plugins(scenario, without)?,
        trust: Trust::in_everything(),
        components: Arc::new(MemoryComponents::default()),
        schedules: scenario
            .schedules
            .iter()
            .map(ringkeeper_assembly::schedule_parts)
            .collect(),
        windows,
        freezes,
        faults: Arc::new(ground.gate.clone()),
        seams: ground.seams.clone(),
    })
}

/// The plugins of a scenario, as far as they are granted what they are.
fn plugins(scenario: &Scenario, without: &BTreeSet<(String, String)>) -> Result<Vec<PluginParts>, String> {
    let mut configs = scenario.plugins.clone();
    for config in &mut configs {
        config
            .grants
            .retain(|grant| !without.contains(&(config.name.clone(), grant.clone())));
    }
    let parts = ringkeeper_assembly::plugins(&configs, &Trust::in_everything(), Timestamp::default());
    parts.map_err(|error| error.to_string())
}
