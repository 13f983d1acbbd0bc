//! A whole host on a cluster in memory.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_access::Access;
use ringkeeper_cluster::{ConsistencyLevel, NodeId};
use ringkeeper_conductor::{
    ClusterParts, Conductor, Faults, MitigationParts, NoFaults, Parts, PluginParts, ScheduleParts,
};
use ringkeeper_guard::{Policy, Scope};
use ringkeeper_journal::{
    Components, Journal, MemoryComponents, MemoryJournal, Recorded, SqliteJournal, StatePut, Version,
};
use ringkeeper_observer::ObserverSettings;
use ringkeeper_ring::{Replicas, Replication};
use ringkeeper_sandbox::{Grants, Interruption, Limits, Sandbox, SandboxSettings};
use ringkeeper_schedule::Schedule;
use ringkeeper_seams::{Seams, TaskGroup, Timestamp};
use ringkeeper_signing::Trust;
use ringkeeper_sim::SimCluster;

use crate::slow_journal::SlowJournal;

/// What the health plugin needs.
pub const HEALTH_GRANTS: [&str; 3] = ["cluster", "node-state", "metrics"];

/// What the repair plugin needs.
pub const REPAIR_GRANTS: [&str; 5] = ["cluster", "node-state", "metrics", "repair-history", "repair"];

/// What the patching plugin needs.
const PATCHING_GRANTS: [&str; 3] = ["cluster", "node-state", "lifecycle"];

/// What the mitigation plugin needs.
const MITIGATION_GRANTS: [&str; 4] = ["cluster", "node-state", "metrics", "lifecycle"];
/// What the plugin of tools needs.
const TOOLS_GRANTS: [&str; 4] = ["cluster", "lifecycle", "tool-catalogue", "tools"];

/// Where a simulated story begins.
const BEGIN: Timestamp = Timestamp::from_millis(1_772_366_400_000);

/// A host on a cluster in memory. Run it on a current-thread runtime with a paused clock.
#[derive(Debug)]
pub struct SimHost {
    /// The cluster, with its knobs.
    pub cluster: SimCluster,
    /// The conductor that watches it.
    pub conductor: Arc<Conductor>,
    /// What the guard holds the cluster to, from the next start of the host on.
    pub policy: Policy,
    /// Keyspaces with a level of their own, from the next start of the host on.
    pub levels: BTreeMap<String, Option<ConsistencyLevel>>,
    /// Whose plugins it loads, from the next start of the host on.
    pub trust: Trust,
    seams: Seams,
    journal: Arc<dyn Journal>,
    /// Where versions of plugins are kept that were handed over.
    components: Arc<dyn Components>,
    plugins: Vec<SimPlugin>,
    schedules: Vec<ScheduleParts>,
    tasks: TaskGroup,
    /// Kept for as long as a journal lies in them.
    _directories: Vec<tempfile::TempDir>,
}

/// A plugin of a host on a cluster in memory.
#[derive(Clone, Debug)]
pub struct SimPlugin {
    /// Its name.
    pub name: &'static str,
    /// The component.
    pub component: &'static [u8],
    /// What it may use of the host.
    pub grants: Vec<&'static str>,
    /// How far that reaches.
    pub scope: Scope,
    /// What its calls may use.
    pub limits: Limits,
}

impl SimPlugin {
    /// A built-in plugin with these grants.
    fn bundled(name: &'static str, grants: &[&'static str]) -> Self {
        let component = match name {
            "repair" => ringkeeper_bundled::REPAIR,
            "patching" => ringkeeper_bundled::PATCHING,
            "mitigation" => ringkeeper_bundled::MITIGATION,
            "tools" => ringkeeper_bundled::TOOLS,
            _ => ringkeeper_bundled::HEALTH,
        };
        Self {
            name,
            component,
            grants: grants.to_vec(),
            scope: Scope::default(),
            limits: Limits::default(),
        }
    }
}

/// Three nodes in three racks, and a keyspace with three replicas.
#[must_use]
pub fn three_nodes() -> SimCluster {
    three_nodes_builder().build()
}

/// What [`three_nodes`] are built from.
#[must_use]
pub fn three_nodes_builder() -> ringkeeper_sim::Builder {
    let thrice = Replicas { all: 3, transient: 0 };
    let replication = |replicas| Replication::NetworkTopology(BTreeMap::from([("dc1".to_owned(), replicas)]));
    SimCluster::builder()
        .name("shop")
        .rack("dc1", "rack1", 1)
        .rack("dc1", "rack2", 1)
        .rack("dc1", "rack3", 1)
        .keyspace("system_auth", replication(thrice), &["roles"])
        .keyspace("orders", replication(thrice), &["lines"])
}

/// A story that is told with the same seed and the same beginning every time.
fn seams() -> Seams {
    Seams::simulation(7, BEGIN)
}

impl SimHost {
    /// Starts a host with the health plugin on [`three_nodes`].
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(grants: &[&'static str]) -> Self {
        let seams = seams();
        let cluster = three_nodes();
        Self::start_with(cluster, seams, vec![("health", grants.to_vec())], Vec::new()).await
    }

    /// Starts a host with the health plugin on a cluster with agents that `build` makes of [`three_nodes_builder`].
    ///
    /// # Panics
    /// When it does not start.
    pub async fn watching_machines(
        build: impl FnOnce(ringkeeper_sim::Builder) -> ringkeeper_sim::Builder,
    ) -> Self {
        let seams = seams();
        let cluster = build(three_nodes_builder().clock(Arc::clone(&seams.clock))).build();
        cluster.has_agents(true);
        let plugins = vec![("health", HEALTH_GRANTS.to_vec())];
        Self::start_with(cluster, seams, plugins, Vec::new()).await
    }

    /// Starts a host that starts dead processes by itself, on [`three_nodes`] with agents.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn mitigating() -> Self {
        let seams = seams();
        let cluster = three_nodes_builder().clock(Arc::clone(&seams.clock)).build();
        cluster.has_agents(true);
        let plugins = vec![
            ("health", HEALTH_GRANTS.to_vec()),
            ("mitigation", MITIGATION_GRANTS.to_vec()),
            ("patching", PATCHING_GRANTS.to_vec()),
        ];
        Self::start_with(cluster, seams, plugins, Vec::new()).await
    }

    /// Starts a host with the repair plugin on a cluster that `build` makes of [`three_nodes_builder`].
    ///
    /// # Panics
    /// When it does not start.
    pub async fn repairing(build: impl FnOnce(ringkeeper_sim::Builder) -> ringkeeper_sim::Builder) -> Self {
        let seams = seams();
        let cluster = build(three_nodes_builder().clock(Arc::clone(&seams.clock))).build();
        let plugins = vec![("repair", REPAIR_GRANTS.to_vec())];
        Self::start_with(cluster, seams, plugins, never_by_itself()).await
    }

    /// Starts a host with the patching and repair plugins on a cluster that `build` makes of [`three_nodes_builder`].
    ///
    /// # Panics
    /// When it does not start.
    pub async fn restarting(build: impl FnOnce(ringkeeper_sim::Builder) -> ringkeeper_sim::Builder) -> Self {
        let seams = seams();
        let cluster = build(three_nodes_builder().clock(Arc::clone(&seams.clock))).build();
        let plugins = vec![
            ("patching", PATCHING_GRANTS.to_vec()),
            ("repair", REPAIR_GRANTS.to_vec()),
        ];
        Self::start_with(cluster, seams, plugins, never_by_itself()).await
    }

    /// Starts a host with the plugin of tools on a cluster that `build` makes of [`three_nodes_builder`].
    ///
    /// # Panics
    /// When it does not start.
    pub async fn with_tools(build: impl FnOnce(ringkeeper_sim::Builder) -> ringkeeper_sim::Builder) -> Self {
        let seams = seams();
        let cluster = build(three_nodes_builder().clock(Arc::clone(&seams.clock))).build();
        Self::start_with(cluster, seams, vec![("tools", TOOLS_GRANTS.to_vec())], Vec::new()).await
    }

    /// Starts a host with the patching plugin and another on [`three_nodes`].
    ///
    /// # Panics
    /// When it does not start.
    pub async fn working_with(other: SimPlugin) -> Self {
        let seams = seams();
        let cluster = three_nodes_builder().clock(Arc::clone(&seams.clock)).build();
        let plugins = vec![SimPlugin::bundled("patching", &PATCHING_GRANTS), other];
        Self::start_plugins(cluster, seams, plugins, Vec::new()).await
    }

    /// What a plugin may use from the next start of the host on.
    pub fn grant(&mut self, plugin: &str, grants: &[&'static str]) {
        for entry in self.plugins.iter_mut().filter(|entry| entry.name == plugin) {
            entry.grants = grants.to_vec();
        }
    }

    /// How far the grants of a plugin reach from the next start of the host on.
    pub fn bound(&mut self, plugin: &str, scope: Scope) {
        for entry in self.plugins.iter_mut().filter(|entry| entry.name == plugin) {
            entry.scope = scope.clone();
        }
    }

    /// The component that a plugin is from the next start of the host on.
    pub fn replace(&mut self, plugin: &str, component: &'static [u8]) {
        for entry in self.plugins.iter_mut().filter(|entry| entry.name == plugin) {
            entry.component = component;
        }
    }

    /// Has a plugin keep an entry.
    ///
    /// # Panics
    /// When the journal does not take it.
    pub async fn keep(&self, plugin: &str, key: &str, value: &[u8]) {
        let put = StatePut {
            plugin,
            cluster: "shop",
            key,
            value,
            expected: 0,
            room: 1 << 20,
        };
        self.journal.state_put(put).await.unwrap();
    }

    /// From the next start of the host on each write to the journal takes so long.
    pub fn slow_down_journal(&mut self, write_takes: Duration) {
        let inner = Arc::clone(&self.journal);
        self.journal = Arc::new(SlowJournal { inner, write_takes });
    }

    /// Starts a host with these built-in plugins, each with its grants, and schedules.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(
        cluster: SimCluster,
        seams: Seams,
        plugins: Vec<(&'static str, Vec<&'static str>)>,
        schedules: Vec<ScheduleParts>,
    ) -> Self {
        let bundled = |(name, grants): (&'static str, Vec<&'static str>)| SimPlugin::bundled(name, &grants);
        let plugins = plugins.into_iter().map(bundled).collect();
        Self::start_plugins(cluster, seams, plugins, schedules).await
    }

    async fn start_plugins(
        cluster: SimCluster,
        seams: Seams,
        plugins: Vec<SimPlugin>,
        schedules: Vec<ScheduleParts>,
    ) -> Self {
        let journal: Arc<dyn Journal> = Arc::new(MemoryJournal::default());
        let components: Arc<dyn Components> = Arc::new(MemoryComponents::default());
        let parts = parts(
            &cluster,
            &seams,
            &journal,
            &components,
            &plugins,
            &schedules,
            Arc::new(NoFaults),
        );
        let mut tasks = TaskGroup::new();
        let conductor = Conductor::start(parts, &mut tasks).await.expect("a conductor");
        Self {
            cluster,
            conductor,
            policy: Policy::default(),
            levels: BTreeMap::new(),
            trust: Trust::in_everything(),
            seams,
            journal,
            components,
            plugins,
            schedules,
            tasks,
            _directories: Vec::new(),
        }
    }

    /// Ends the host where it stands, as a kill would, and starts another on the same journal. What happens at fault
    /// points is `faults`' business from now on.
    ///
    /// # Panics
    /// When it does not start again.
    pub async fn kill_and_restart(&mut self, faults: Arc<dyn Faults>) {
        self.tasks.abort().await;
        let mut parts = parts(
            &self.cluster,
            &self.seams,
            &self.journal,
            &self.components,
            &self.plugins,
            &self.schedules,
            faults,
        );
        parts.trust = self.trust.clone();
        for watched in &mut parts.clusters {
            watched.policy = self.policy.clone();
            let levels = self.levels.iter().map(|(name, level)| (name.clone(), *level));
            watched.observer.consistency.keyspaces.extend(levels);
        }
        self.conductor = Conductor::start(parts, &mut self.tasks)
            .await
            .expect("a conductor");
    }

    /// Ends the host where it stands.
    pub async fn stop(&mut self) {
        self.tasks.abort().await;
    }

    /// Ends the host, and starts another in whose directory there was a journal and is none any more.
    ///
    /// # Panics
    /// When the file system does not do it.
    pub async fn lose_journal(&mut self) {
        self.stop().await;
        let directory = tempfile::tempdir().unwrap();
        let open = || SqliteJournal::open(directory.path(), self.seams.runtime.clone()).unwrap();
        drop(open());
        for name in ["journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"] {
            let _ = std::fs::remove_file(directory.path().join(name));
        }
        self.journal = Arc::new(open());
        self._directories.push(directory);
        self.kill_and_restart(Arc::new(NoFaults)).await;
    }

    /// Who may ask it over the network.
    ///
    /// # Panics
    /// When the journal cannot be read.
    pub async fn access(&self) -> Access {
        Access::open(Arc::clone(&self.journal), self.seams.clone())
            .await
            .unwrap()
    }

    /// The moment now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.seams.clock.now()
    }

    /// Every event so far.
    ///
    /// # Panics
    /// When the journal cannot be read.
    pub async fn events(&self) -> Vec<(Version, Recorded)> {
        self.journal.read("shop", Version(0), 100_000).await.unwrap()
    }

    /// The n-th node, from 0.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn node(&self, position: usize) -> NodeId {
        self.cluster.nodes().get(position).copied().expect("a node")
    }

    /// Lets virtual time pass.
    pub async fn pass(&self, seconds: u64) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }

    /// Stops the host and answers its event log, a line of JSON an event.
    ///
    /// # Panics
    /// When the log cannot be read.
    pub async fn event_log(mut self) -> String {
        self.tasks.abort().await;
        let events = self.journal.read("shop", Version(0), 10_000).await.unwrap();
        events
            .iter()
            .map(|(_, recorded)| serde_json::to_string(recorded).unwrap() + "\n")
            .collect()
    }

    /// Keys of the findings open now, worst first.
    #[must_use]
    pub fn open_keys(&self) -> Vec<String> {
        self.conductor
            .findings(None)
            .unwrap_or_default()
            .into_iter()
            .map(|open| open.finding.key)
            .collect()
    }
}

/// The repair plugin's own schedule, switched off: a story has only what it tells.
fn never_by_itself() -> Vec<ScheduleParts> {
    let mut schedule = Schedule::at("0 0 1 1 *");
    schedule.enabled = false;
    vec![ScheduleParts {
        cluster: None,
        operation: "repair.full".to_owned(),
        schedule,
    }]
}

fn starts_what_died() -> MitigationParts {
    MitigationParts {
        finding: "node-process-dead".to_owned(),
        operation: "mitigation.start".to_owned(),
        parameters: serde_json::Map::new(),
    }
}

fn parts(
    cluster: &SimCluster,
    seams: &Seams,
    journal: &Arc<dyn Journal>,
    components: &Arc<dyn Components>,
    plugins: &[SimPlugin],
    schedules: &[ScheduleParts],
    faults: Arc<dyn Faults>,
) -> Parts {
    let settings = SandboxSettings {
        interruption: Interruption::Fuel,
        // A story may start many hosts; each would compile its plugins anew.
        cache_dir: Some(ringkeeper_lab::target_directory().join("suite-plugin-cache")),
        ..SandboxSettings::default()
    };
    let watched = ClusterParts {
        name: "shop".to_owned(),
        cluster: Arc::new(cluster.clone()),
        process: Arc::new(cluster.clone()),
        machines: Arc::new(cluster.clone()),
        tools: Arc::new(cluster.clone()),
        observer: ObserverSettings::new("shop"),
        check_every: Duration::from_secs(300),
        call_limit: Duration::from_secs(5),
        policy: Policy::default(),
        mitigations: match plugins.iter().any(|plugin| plugin.name == "mitigation") {
            true => vec![starts_what_died()],
            false => Vec::new(),
        },
    };
    let plugin = |plugin: &SimPlugin| PluginParts {
        name: plugin.name.to_owned(),
        source: format!("builtin:{}", plugin.name),
        component: Ok(plugin.component.to_vec()),
        signer: None,
        grants: Grants::parse(&plugin.grants).expect("known grants"),
        scope: plugin.scope.clone(),
        limits: plugin.limits,
        settings: serde_json::json!({}),
    };
    Parts {
        sandbox: Sandbox::new(settings, seams.clone()).expect("a sandbox"),
        journal: Arc::clone(journal),
        clusters: vec![watched],
        plugins: plugins.iter().map(plugin).collect(),
        trust: Trust::in_everything(),
        components: Arc::clone(components),
        schedules: schedules.to_vec(),
        windows: Vec::new(),
        freezes: Vec::new(),
        faults,
        seams: seams.clone(),
    }
}
