//! One membership sweep: ask all nodes, read ring and schema when they may have changed, merge, publish.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join;
use ringkeeper_cluster::{Endpoint, KeyspaceView, Probe, ProcessIdentity, Snapshot, Warning};

use crate::ask::Heard;
use crate::contacts::Contacts;
use crate::keyspaces::Maps;
use crate::merge::{Look, merge};
use crate::observer::Watch;
use crate::ring::Ring;
use crate::schema::{KnownSchema, disagrees_since};
use crate::topology::{self, Shape};
use crate::trust::{Credited, credit, name_by_majority};
use crate::verify::Check;

/// How often one sweep reads the ring: once more when those it names first know of others.
const RING_ROUNDS: usize = 2;

/// What the membership tier remembers from sweep to sweep.
#[derive(Debug, Default)]
pub(crate) struct Known {
    contacts: Contacts,
    pub(crate) ring: Ring,
    pub(crate) schema: KnownSchema,
    pub(crate) maps: Maps,
    /// The keyspaces as they are published.
    pub(crate) views: Arc<BTreeMap<String, KeyspaceView>>,
    pub(crate) checks: BTreeMap<String, Check>,
    name: Option<String>,
    probes: BTreeMap<Endpoint, (ProcessIdentity, Probe)>,
    sweeps: u64,
}

impl Watch {
    /// One sweep, in which no node may take longer than `limit`.
    pub(crate) async fn sweep(&self, known: &mut Known, limit: Duration) -> Arc<Snapshot> {
        self.resolve_contacts(&mut known.contacts).await;
        let mut heard = self.hear(known, known.targets(), limit).await;
        let mut has_read = false;
        for _ in 0..RING_ROUNDS {
            has_read |= self.read_ring_and_schema(known, &heard).await;
            let members = known.ring.members.values().map(|member| member.endpoint);
            let newcomers: BTreeSet<Endpoint> =
                members.filter(|endpoint| !heard.contains_key(endpoint)).collect();
            if newcomers.is_empty() {
                break;
            }
            heard.extend(self.hear(known, newcomers, limit).await);
            known.ring.meet(&heard);
        }
        known.keep_probes(&heard);
        if has_read {
            self.place_ranges(known).await;
            self.view_keyspaces(known);
        }
        let snapshot = self.merge(known, &heard);
        let snapshot = self.publish(snapshot);
        if has_read && self.verify_placements(known, &snapshot).await {
            let mut verified = (*snapshot).clone();
            verified.keyspaces = Arc::clone(&known.views);
            verified
                .warnings
                .retain(|warning| !Check::is_about_placements(warning));
            verified
                .warnings
                .extend(known.checks.values().filter_map(|check| check.warning.clone()));
            verified.warnings.sort_unstable();
            return self.publish(verified);
        }
        snapshot
    }

    async fn hear(
        &self,
        known: &Known,
        targets: BTreeSet<Endpoint>,
        limit: Duration,
    ) -> BTreeMap<Endpoint, Heard> {
        self.asker
            .membership(targets, &known.probes, self.settings.membership_every, limit)
            .await
    }

    /// Reads what is due of both, at once. Answers whether anything was read.
    async fn read_ring_and_schema(&self, known: &mut Known, heard: &BTreeMap<Endpoint, Heard>) -> bool {
        let now = self.asker.clock.monotonic();
        let name = known.name_of(heard);
        let credited = credit(heard, &known.ring.members, &name);
        let shape = Shape::of(&credited, heard);
        let disputed = known.is_ring_disputed();
        let witnesses =
            if known.ring.is_due(&shape, now, disputed) || known.ring.wants_another_word(&credited) {
                known.ring.witnesses(&credited, heard, &name)
            } else {
                Vec::new()
            };
        let versions = credited
            .reports
            .values()
            .map(|(_, report)| report.schema_version.clone())
            .collect();
        let (ring, has_schema) = join(
            self.ask_for_ring(&witnesses),
            self.read_schema(&mut known.schema, versions, now),
        )
        .await;
        let has_read = has_schema || !ring.is_empty();
        if !ring.is_empty() {
            known.ring.take(ring, shape, now);
        }
        has_read
    }

    /// Takes what was read since the last sweep, then begins to read if that is due. Answers whether anything was read.
    async fn read_schema(&self, known: &mut KnownSchema, versions: BTreeSet<String>, now: Duration) -> bool {
        let has_read = known.take_answer().await;
        if versions.is_empty() || !known.is_due(&versions, now, self.settings.schema_every) {
            return has_read;
        }
        known.begin(self.asker.read_schema(), versions, now);
        known.await_answer().await || has_read
    }

    async fn place_ranges(&self, known: &mut Known) {
        let (maps, schema) = (std::mem::take(&mut known.maps), Arc::clone(&known.schema.schema));
        let ring = topology::ring(&known.ring.members);
        match self.runtime.blocking(move || maps.fitting(ring, &schema)).await {
            Ok(maps) => known.maps = maps,
            Err(error) => tracing::error!(%error, "placements could not be computed"),
        }
    }

    /// Puts schema and placements together anew.
    pub(crate) fn view_keyspaces(&self, known: &mut Known) {
        let views = known.maps.views(&known.schema.schema, &self.settings.consistency);
        if *known.views != views {
            known.views = Arc::new(views);
        }
    }

    fn merge(&self, known: &mut Known, heard: &BTreeMap<Endpoint, Heard>) -> Snapshot {
        let name = known.name_of(heard);
        let credited = credit(heard, &known.ring.members, &name);
        known.remember(&credited, heard, name);
        let at = self.asker.clock.now();
        let before = self.latest();
        let nothing = BTreeMap::new();
        let look = Look {
            at,
            members: &known.ring.members,
            heard,
            credited: &credited,
            probes: &known.probes,
        };
        let nodes = merge(before.as_ref().map_or(&nothing, |before| &before.nodes), &look);
        let reported = credited
            .reports
            .values()
            .next()
            .map(|(_, report)| report.partitioner.clone());
        Snapshot {
            cluster: self.settings.cluster.clone(),
            cassandra_name: known.name.clone(),
            partitioner: reported.or_else(|| before.as_ref().and_then(|before| before.partitioner.clone())),
            observed_at: at,
            sweep: known.sweeps,
            silent_contacts: known.contacts.silent(&look, before.as_deref()),
            keyspaces: Arc::clone(&known.views),
            schema_observed_at: known.schema.observed_at,
            authenticator: known.schema.schema.authenticator.clone(),
            schema_disagrees_since: disagrees_since(before.as_deref(), &nodes, at),
            nodes,
            metrics: before
                .map(|before| Arc::clone(&before.metrics))
                .unwrap_or_default(),
            warnings: known.warnings(&credited, heard),
        }
    }
}

impl Known {
    /// Everybody known, and whoever may turn out to be one of them.
    fn targets(&self) -> BTreeSet<Endpoint> {
        let members = self.ring.members.values().map(|member| member.endpoint);
        members.chain(self.contacts.to_ask()).collect()
    }

    /// The cluster's name, as it was first heard.
    fn name_of(&self, heard: &BTreeMap<Endpoint, Heard>) -> String {
        self.name
            .clone()
            .or_else(|| name_by_majority(heard))
            .unwrap_or_default()
    }

    fn is_ring_disputed(&self) -> bool {
        self.ring.is_disputed() || self.checks.values().any(|check| check.warning.is_some())
    }

    fn remember(&mut self, credited: &Credited<'_>, heard: &BTreeMap<Endpoint, Heard>, name: String) {
        self.sweeps += 1;
        if !credited.reports.is_empty() {
            self.name = Some(name);
        }
        self.ring.is_anyone_refused = !credited.refused.is_empty();
        self.ring.meet(heard);
        self.contacts.identify(&self.ring.members, credited, heard);
    }

    fn keep_probes(&mut self, heard: &BTreeMap<Endpoint, Heard>) {
        self.probes.retain(|endpoint, _| heard.contains_key(endpoint));
        for (endpoint, heard) in heard {
            if let (Ok(report), Some(Ok(probe))) = (&heard.said, &heard.probe) {
                self.probes
                    .insert(*endpoint, (report.process.clone(), probe.clone()));
            }
        }
    }

    fn warnings(&self, credited: &Credited<'_>, heard: &BTreeMap<Endpoint, Heard>) -> Vec<Warning> {
        let probes = heard.iter().filter_map(|(endpoint, heard)| {
            let error = heard
                .probe
                .as_ref()?
                .as_ref()
                .err()
                .filter(|_| heard.said.is_ok())?;
            let message = format!("{endpoint} does not say what it can do: {}", error.message);
            Some(Warning {
                about: format!("probe/{endpoint}"),
                message,
            })
        });
        let mut warnings: Vec<Warning> = credited
            .warnings()
            .chain(probes)
            .chain(self.contacts.warning.clone())
            .chain(self.ring.warnings().iter().cloned())
            .chain(self.schema.warning.clone())
            .chain(self.checks.values().filter_map(|check| check.warning.clone()))
            .collect();
        warnings.sort_unstable();
        warnings
    }
}
