//! The conductor itself: what it is made of, and how it starts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use ringkeeper_api::{ClusterStatus, ClusterSummary, OpenFinding, PluginSummary};
use ringkeeper_cluster::{Cluster, Machines, ProcessDriver, Snapshot, ToolDriver};
use ringkeeper_guard::{Policy, Scope};
use ringkeeper_journal::{
    Checked, Components, Event, Folded, Journal, JournalError, Opened, PLUGINS, Recorded, Version,
    fold_open_findings,
};
use ringkeeper_observer::{Looker, Observer, ObserverSettings};
use ringkeeper_sandbox::{Grants, Limits, Reading, Sandbox};
use ringkeeper_schedule::{FrozenSpan, OpenHours};
use ringkeeper_seams::{Seams, TaskGroup, Timestamp};
use ringkeeper_signing::Trust;
use thiserror::Error;
use tokio::sync::{Notify, Semaphore, watch};

use crate::DryRunError;
use crate::certificates::CertificateEnds;
use crate::dry_run::MOST_AT_ONCE;
use crate::findings::{OpenFindings, worst_first};
use crate::plugins::{Entry, Plugins};
use crate::runs::{
    Book, Faults, History, MitigationParts, Safeguard, ScheduleParts, WorkState, in_doubt_window,
};
use crate::stream::Stream;
use crate::undelivered::Undelivered;
use crate::versions::book::VersionBook;

/// Events read from the journal at a time.
const PAGE: usize = 1_000;

/// What a conductor is made of.
#[derive(Debug)]
pub struct Parts {
    /// Clock, randomness and threads.
    pub seams: Seams,
    /// Where durable state goes.
    pub journal: Arc<dyn Journal>,
    /// What plugins run in.
    pub sandbox: Sandbox,
    /// Clusters to watch.
    pub clusters: Vec<ClusterParts>,
    /// Plugins to load.
    pub plugins: Vec<PluginParts>,
    /// Whose versions of them are loaded.
    pub trust: Trust,
    /// Where those are kept that are handed over.
    pub components: Arc<dyn Components>,
    /// Schedules of the configuration.
    pub schedules: Vec<ScheduleParts>,
    /// When work may happen, by the configuration; names unique.
    pub windows: Vec<OpenHours>,
    /// When it must not; names unique.
    pub freezes: Vec<FrozenSpan>,
    /// Where a test may end the host; [`crate::NoFaults`] otherwise.
    pub faults: Arc<dyn Faults>,
}

/// A cluster to watch.
#[derive(Debug)]
pub struct ClusterParts {
    /// The name in the configuration.
    pub name: String,
    /// How to ask it.
    pub cluster: Arc<dyn Cluster>,
    /// What starts and stops the processes of its nodes.
    pub process: Arc<dyn ProcessDriver>,
    /// What tells of the machines below them.
    pub machines: Arc<dyn Machines>,
    /// What runs Cassandra's tools beside them.
    pub tools: Arc<dyn ToolDriver>,
    /// How often to ask, and what its keyspaces must keep.
    pub observer: ObserverSettings,
    /// How often checks look when nothing changed.
    pub check_every: Duration,
    /// The time limit of one call to a node.
    pub call_limit: Duration,
    /// What the guard holds it to.
    pub policy: Policy,
    /// What is done by itself about findings.
    pub mitigations: Vec<MitigationParts>,
}

/// A plugin to load.
#[derive(Debug)]
pub struct PluginParts {
    /// The name in the configuration.
    pub name: String,
    /// Where it comes from, as people see it.
    pub source: String,
    /// The component, or why it could not be read.
    pub component: Result<Vec<u8>, String>,
    /// Who signed it; none where nobody did, or it is part of the host.
    pub signer: Option<String>,
    /// What it may use.
    pub grants: Grants,
    /// How far that reaches.
    pub scope: Scope,
    /// What it may take.
    pub limits: Limits,
    /// Its settings.
    pub settings: serde_json::Value,
}

/// Why the conductor does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The journal cannot be read.
    #[error("the journal cannot be read: {0}")]
    Journal(#[from] JournalError),
}

/// A cluster being watched.
#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) name: String,
    /// How it is asked, and told.
    pub(crate) access: Arc<dyn Cluster>,
    pub(crate) snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
    pub(crate) check_every: Duration,
    /// Our way into the journal's stream.
    pub(crate) stream: Stream,
    pub(crate) open: Mutex<OpenFindings>,
    /// Wakes the loop that carries runs on.
    pub(crate) wake: Notify,
    /// Wakes those who wait for a look, once it was compared with the one before. They do not watch `snapshots`: those
    /// who watch one channel are woken in an order that is drawn anew in every process.
    pub(crate) looked: Notify,
    /// What that loop remembers.
    pub(crate) work: WorkState,
    /// What was last read of the cluster's own repair history.
    pub(crate) history: History,
    /// Nothing that changes the cluster is begun before.
    held_until: Option<Timestamp>,
    /// The time limit of one call to a node.
    pub(crate) call_limit: Duration,
    /// Has the observer look now.
    pub(crate) looker: Looker,
    /// The time between two sweeps.
    pub(crate) sweep_every: Duration,
    pub(crate) process: Arc<dyn ProcessDriver>,
    pub(crate) machines: Arc<dyn Machines>,
    pub(crate) tools: Arc<dyn ToolDriver>,
    pub(crate) policy: Policy,
    pub(crate) mitigations: Vec<MitigationParts>,
    /// Keyspaces that have a consistency level of their own, or are unwatched, by the policy.
    pub(crate) levels: BTreeSet<String>,
    checked: Mutex<BTreeMap<String, Checked>>,
    /// Who could not be told of it.
    pub(crate) undelivered: Undelivered,
}

impl Watched {
    /// The newest snapshot; none before the first sweep.
    pub(crate) fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.snapshots.borrow().clone()
    }

    /// Nothing that changes the cluster is begun before this moment.
    pub(crate) const fn held_until(&self) -> Option<Timestamp> {
        self.held_until
    }

    pub(crate) fn note_checked(&self, checked: Checked) {
        self.checked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(checked.operation.clone(), checked);
    }

    pub(crate) fn checks(&self) -> Vec<Checked> {
        self.checked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    pub(crate) fn findings(&self) -> Vec<OpenFinding> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).list()
    }
}

/// Watches clusters and answers what is known of them.
#[derive(Debug)]
pub struct Conductor {
    seams: Seams,
    journal: Arc<dyn Journal>,
    plugins: RwLock<Arc<Plugins>>,
    sandbox: Sandbox,
    trust: Trust,
    components: Arc<dyn Components>,
    versions: Folded<VersionBook>,
    /// One change of versions at a time.
    deeds: tokio::sync::Mutex<()>,
    /// When the certificates end that the host lives by, as far as it was told.
    certificates: Mutex<CertificateEnds>,
    clusters: BTreeMap<String, Arc<Watched>>,
    schedules: Vec<ScheduleParts>,
    windows: Vec<OpenHours>,
    freezes: Vec<FrozenSpan>,
    faults: Arc<dyn Faults>,
    /// Plans that may still be made for people at once.
    turns: Semaphore,
}

impl Conductor {
    /// Loads the plugins, takes up what the journal says, and starts watching in tasks of `tasks`, whose owner ends them.
    ///
    /// # Errors
    /// When the journal cannot be read. A plugin that is refused is no error: it is listed with its reason.
    pub async fn start(parts: Parts, tasks: &mut TaskGroup) -> Result<Arc<Self>, StartError> {
        let Parts {
            seams,
            journal,
            sandbox,
            clusters,
            plugins,
            trust,
            components,
            schedules,
            windows,
            freezes,
            faults,
        } = parts;
        let is_lost = journal.opened() == Opened::Lost;
        let plugins = Plugins::load(&sandbox, plugins).await;
        let mut watched = BTreeMap::new();
        let mut observers = Vec::new();
        for parts in clusters {
            let access = Arc::clone(&parts.cluster);
            let sweep_every = parts.observer.membership_every;
            let levels = parts.observer.consistency.keyspaces.keys().cloned().collect();
            let observer = Observer::new(parts.cluster, parts.observer, seams.clone())
                .with_machines(Arc::clone(&parts.machines));
            let found = Found {
                access,
                snapshots: observer.snapshots(),
                check_every: parts.check_every,
                call_limit: parts.call_limit,
                looker: observer.looker(),
                sweep_every,
                process: parts.process,
                machines: parts.machines,
                tools: parts.tools,
                policy: Policy {
                    scopes: plugins.scopes(),
                    ..parts.policy
                },
                mitigations: parts.mitigations,
                levels,
                is_heedless: faults.omits(Safeguard::TakeOver),
                // Where the journal was lost, calls made before may still run: nothing is begun before they cannot any more.
                held_until: is_lost.then(|| seams.clock.now().after(in_doubt_window(parts.call_limit))),
            };
            let cluster = resume(&*journal, parts.name, seams.clock.now(), found).await?;
            watched.insert(cluster.name.clone(), Arc::new(cluster));
            observers.push(observer);
        }
        let conductor = Arc::new(Self {
            seams,
            journal,
            plugins: RwLock::new(Arc::new(plugins)),
            sandbox,
            trust,
            components,
            versions: Folded::of(PLUGINS),
            deeds: tokio::sync::Mutex::default(),
            certificates: Mutex::default(),
            clusters: watched,
            schedules,
            windows,
            freezes,
            faults,
            turns: Semaphore::new(MOST_AT_ONCE),
        });
        conductor.take_up_versions().await?;
        for cluster in conductor.clusters.values() {
            tasks.spawn(Arc::clone(&conductor).watch(Arc::clone(cluster)));
            tasks.spawn(Arc::clone(&conductor).drive(Arc::clone(cluster)));
        }
        for observer in observers {
            tasks.spawn(observer.run());
        }
        Ok(conductor)
    }

    /// Answers when another host took a cluster over, with what a person must know. Then this one does nothing more there.
    pub async fn taken_over(&self) -> JournalError {
        let lost = self.clusters.values().map(|cluster| {
            let mut lost = cluster.stream.lost();
            Box::pin(async move {
                match lost.wait_for(Option::is_some).await.map(|at| *at) {
                    Ok(Some(at)) => JournalError::TakenOver {
                        cluster: cluster.name.clone(),
                        at,
                    },
                    _ => std::future::pending().await,
                }
            })
        });
        match self.clusters.is_empty() {
            true => std::future::pending().await,
            false => futures::future::select_all(lost).await.0,
        }
    }

    /// Every cluster in a line.
    #[must_use]
    pub fn clusters(&self) -> Vec<ClusterSummary> {
        self.clusters
            .values()
            .map(|cluster| crate::present::summary(cluster))
            .collect()
    }

    /// A cluster in full; none before its first sweep.
    ///
    /// # Errors
    /// When no cluster is so called, or several are there and none was named.
    pub fn status(&self, name: Option<&str>) -> Result<Option<ClusterStatus>, DryRunError> {
        Ok(crate::present::status(self.cluster_named(name)?))
    }

    /// Open findings of one cluster, or of all, worst first.
    ///
    /// # Errors
    /// When no cluster is so called.
    pub fn findings(&self, cluster: Option<&str>) -> Result<Vec<OpenFinding>, DryRunError> {
        match cluster {
            Some(_) => Ok(self.cluster_named(cluster)?.findings()),
            None => {
                let mut all: Vec<_> = self
                    .clusters
                    .values()
                    .flat_map(|cluster| cluster.findings())
                    .collect();
                worst_first(&mut all);
                Ok(all)
            }
        }
    }

    /// The newest snapshot of every cluster, for metrics.
    #[must_use]
    pub fn snapshots(&self) -> Vec<(String, Option<Arc<Snapshot>>)> {
        self.clusters
            .values()
            .map(|cluster| (cluster.name.clone(), cluster.snapshot()))
            .collect()
    }

    /// When each check of each cluster last looked.
    #[must_use]
    pub fn checks(&self) -> Vec<(String, Checked)> {
        let each = |cluster: &Arc<Watched>| {
            let name = cluster.name.clone();
            cluster
                .checks()
                .into_iter()
                .map(move |checked| (name.clone(), checked))
                .collect::<Vec<_>>()
        };
        self.clusters.values().flat_map(each).collect()
    }

    /// Every plugin of the configuration.
    #[must_use]
    pub fn plugin_summaries(&self) -> Vec<PluginSummary> {
        self.plugins().summaries(|name| self.versions_of(name))
    }

    /// What each plugin reports of itself.
    #[must_use]
    pub fn telemetry(&self) -> Vec<(String, BTreeMap<String, Reading>)> {
        self.plugins()
            .telemetry()
            .map(|(plugin, telemetry)| (plugin.to_owned(), telemetry.readings()))
            .collect()
    }

    /// What keeps the host from being ready, each a short sentence: clusters that have not been swept once, a journal that
    /// cannot be written. Empty means ready.
    #[must_use]
    pub fn not_ready(&self) -> Vec<String> {
        let why = |cluster: &Arc<Watched>| {
            if cluster.snapshot().is_none() {
                return Some(format!("not looked yet at {}", cluster.name));
            }
            let trouble = cluster.stream.trouble()?;
            Some(format!(
                "the journal of {} cannot be written: {trouble}",
                cluster.name
            ))
        };
        self.clusters.values().filter_map(why).collect()
    }

    pub(crate) fn cluster_named(&self, name: Option<&str>) -> Result<&Arc<Watched>, DryRunError> {
        let known = || self.clusters.keys().cloned().collect::<Vec<_>>().join(", ");
        match name {
            Some(name) => self.clusters.get(name).ok_or_else(|| DryRunError::NoCluster {
                name: name.to_owned(),
                known: known(),
            }),
            None => {
                let mut all = self.clusters.values();
                match (all.next(), all.next()) {
                    (Some(only), None) => Ok(only),
                    _ => Err(DryRunError::WhichCluster { known: known() }),
                }
            }
        }
    }

    /// The cluster of this name, or all where none is named.
    pub(crate) fn named_or_all(&self, name: Option<&str>) -> Result<Vec<&Arc<Watched>>, DryRunError> {
        match name {
            Some(name) => Ok(vec![self.cluster_named(Some(name))?]),
            None => Ok(self.clusters.values().collect()),
        }
    }

    pub(crate) fn watched(&self) -> impl Iterator<Item = &Arc<Watched>> {
        self.clusters.values()
    }

    pub(crate) fn schedule_parts(&self) -> &[ScheduleParts] {
        &self.schedules
    }

    pub(crate) fn windows_and_freezes(&self) -> (&[OpenHours], &[FrozenSpan]) {
        (&self.windows, &self.freezes)
    }

    pub(crate) fn faults(&self) -> &dyn Faults {
        &*self.faults
    }

    /// Writes one event that was decided on.
    pub(crate) async fn commit_one(&self, cluster: &Watched, event: Event) -> Result<(), JournalError> {
        let now = self.seams.clock.now();
        cluster
            .stream
            .commit(&cluster.name, &self.journal, now, |_, _| Ok(vec![event]))
            .await
    }

    /// The plugins as they are now. Who holds them is not disturbed by another version that is put in force.
    pub(crate) fn plugins(&self) -> Arc<Plugins> {
        Arc::clone(&self.plugins.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts another version of a plugin in force.
    pub(crate) fn replace(&self, entry: Entry) {
        let mut plugins = self.plugins.write().unwrap_or_else(PoisonError::into_inner);
        *plugins = Arc::new(plugins.with(entry));
        drop(plugins);
        for cluster in self.clusters.values() {
            cluster.wake.notify_one();
        }
    }

    pub(crate) const fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    pub(crate) const fn trust(&self) -> &Trust {
        &self.trust
    }

    pub(crate) fn components(&self) -> &Arc<dyn Components> {
        &self.components
    }

    pub(crate) const fn version_book(&self) -> &Folded<VersionBook> {
        &self.versions
    }

    pub(crate) const fn deeds(&self) -> &tokio::sync::Mutex<()> {
        &self.deeds
    }

    pub(crate) const fn certificates(&self) -> &Mutex<CertificateEnds> {
        &self.certificates
    }

    pub(crate) fn turns(&self) -> &Semaphore {
        &self.turns
    }

    pub(crate) fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    pub(crate) fn seams(&self) -> &Seams {
        &self.seams
    }
}

/// What a cluster has besides what the journal says.
struct Found {
    access: Arc<dyn Cluster>,
    snapshots: watch::Receiver<Option<Arc<Snapshot>>>,
    check_every: Duration,
    call_limit: Duration,
    looker: Looker,
    sweep_every: Duration,
    process: Arc<dyn ProcessDriver>,
    machines: Arc<dyn Machines>,
    tools: Arc<dyn ToolDriver>,
    policy: Policy,
    mitigations: Vec<MitigationParts>,
    levels: BTreeSet<String>,
    held_until: Option<Timestamp>,
    is_heedless: bool,
}

/// Reads a cluster's stream up to its end, and takes it over there.
async fn resume(
    journal: &dyn Journal,
    name: String,
    now: Timestamp,
    found: Found,
) -> Result<Watched, JournalError> {
    let started = Recorded {
        at: now,
        event: Event::HostStarted {
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
    };
    let mut open = BTreeMap::new();
    let mut book = Book::default();
    let mut version = Version::default();
    loop {
        let page = journal.read(&name, version, PAGE).await?;
        let Some((last, _)) = page.last() else {
            version = journal.last(&name).await?.max(version);
            match journal
                .append(&name, version, std::slice::from_ref(&started))
                .await
            {
                Err(JournalError::Conflict { .. }) => continue,
                taken => version = taken?,
            }
            book.apply(version, started);
            break;
        };
        version = *last;
        fold_open_findings(&mut open, page.iter().map(|(_, recorded)| recorded));
        for (at, recorded) in page {
            book.apply(at, recorded);
        }
    }
    let checks = journal.checks(&name).await?;
    let checked = checks
        .into_iter()
        .map(|checked| (checked.operation.clone(), checked))
        .collect();
    Ok(Watched {
        access: found.access,
        snapshots: found.snapshots,
        check_every: found.check_every,
        stream: match Stream::at(version, book) {
            stream if found.is_heedless => stream.heedless(),
            stream => stream,
        },
        open: Mutex::new(OpenFindings::resume(&name, open)),
        wake: Notify::new(),
        looked: Notify::new(),
        work: WorkState::default(),
        history: History::default(),
        held_until: found.held_until,
        call_limit: found.call_limit,
        looker: found.looker,
        sweep_every: found.sweep_every,
        process: found.process,
        machines: found.machines,
        tools: found.tools,
        policy: found.policy,
        mitigations: found.mitigations,
        levels: found.levels,
        checked: Mutex::new(checked),
        undelivered: Undelivered::default(),
        name,
    })
}
