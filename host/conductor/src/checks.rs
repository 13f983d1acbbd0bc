//! The loop that watches one cluster: every snapshot is compared with the one before, and operations that only look are
//! let look when something changed, while something lasts, or when their time came.

use std::sync::{Arc, PoisonError};

use ringkeeper_cluster::Snapshot;
use ringkeeper_journal::{Checked, Event};
use ringkeeper_plan::{Cause, Finding, Owner, Request, Severity, Subject};
use ringkeeper_seams::Timestamp;

use crate::Conductor;
use crate::conductor::Watched;
use crate::findings::HOST_OPERATION;
use crate::transitions::{is_dark, is_unsettled, membership_changed, node_changes};

/// Where the loop of one cluster stands.
struct Watch {
    cluster: Arc<Watched>,
    before: Option<Arc<Snapshot>>,
    checked_at: Option<Timestamp>,
}

impl Conductor {
    /// Watches one cluster until dropped.
    pub(crate) async fn watch(self: Arc<Self>, cluster: Arc<Watched>) {
        let mut snapshots = cluster.snapshots.clone();
        let mut watch = Watch {
            cluster,
            before: None,
            checked_at: None,
        };
        // The sender lives as long as the observer, which the owner of this task keeps running beside it.
        while snapshots.changed().await.is_ok() {
            let Some(snapshot) = snapshots.borrow_and_update().clone() else {
                continue;
            };
            self.look(&mut watch, snapshot).await;
            watch.cluster.wake.notify_one();
            watch.cluster.looked.notify_waiters();
        }
    }

    async fn look(&self, watch: &mut Watch, snapshot: Arc<Snapshot>) {
        let cluster = Arc::clone(&watch.cluster);
        let before = watch.before.replace(Arc::clone(&snapshot));
        let now = self.seams().clock.now();
        let changes = node_changes(before.as_deref(), &snapshot);
        for event in &changes {
            announce(&cluster.name, event);
        }
        cluster
            .stream
            .append(&cluster.name, self.journal(), now, changes)
            .await;
        if before.is_none() {
            self.clear_what_nobody_judges(&cluster).await;
        }

        let due = watch
            .checked_at
            .is_none_or(|at| now.since(at) >= cluster.check_every);
        // While something is wrong its evidence is kept fresh, and what only lasts is told of in time: a look costs the
        // cluster nothing.
        let is_well = cluster
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty();
        let at_rest =
            is_well && !is_unsettled(&snapshot) && !membership_changed(before.as_deref(), &snapshot);
        if at_rest && !due {
            return;
        }
        watch.checked_at = Some(now);
        let mut own = self.refused_plugins();
        own.extend(self.parked_versions());
        own.extend(self.unknown_names(&cluster, &snapshot));
        for operation in self.plugins().checks() {
            own.extend(self.check(&cluster, &operation, Arc::clone(&snapshot)).await);
        }
        own.extend(cluster.stream.trouble().map(journal_failed));
        own.extend(crate::runs::findings(&cluster.stream.book()));
        own.extend(self.mitigations_in_vain(&cluster));
        own.extend(cluster.undelivered.findings());
        own.extend(self.certificates_that_end(&cluster));
        self.settle(&cluster, HOST_OPERATION, own).await;
    }

    /// Clears what an operation found that no plugin of the configuration has any more. While a plugin is refused
    /// nobody knows which operations were its own, and everything stays.
    async fn clear_what_nobody_judges(&self, cluster: &Watched) {
        let plugins = self.plugins();
        if !plugins.are_all_loaded() {
            return;
        }
        let known: Vec<&str> = plugins.operation_names().chain([HOST_OPERATION]).collect();
        let open = cluster
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .operations();
        for operation in open
            .iter()
            .filter(|operation| !known.contains(&operation.as_str()))
        {
            self.settle(cluster, operation, Vec::new()).await;
        }
    }

    /// Lets one operation look. A check that cannot look leaves its findings as they are and is a finding itself.
    async fn check(
        &self,
        cluster: &Arc<Watched>,
        operation: &str,
        snapshot: Arc<Snapshot>,
    ) -> Option<Finding> {
        let plugins = self.plugins();
        let (entry, plugin, _) = plugins.operation(operation)?;
        let nobody_answers = is_dark(&snapshot);
        let request = Request {
            operation: operation.to_owned(),
            parameters: serde_json::Value::Object(serde_json::Map::new()),
            settings: entry.settings.clone(),
            cause: Cause::Schedule,
            already_done: Vec::new(),
        };
        let run_id = format!("check/{operation}/{}", snapshot.sweep);
        let report = self
            .call_plan(entry, plugin, cluster, run_id, Some(snapshot), &request)
            .await;
        for line in &report.log {
            tracing::debug!(cluster = cluster.name, plugin = entry.name, level = %line.level, "{}", line.message);
        }
        let error = match report.result {
            Ok(Ok(plan)) => {
                let mut found = plan.findings;
                if nobody_answers {
                    let open = cluster.open.lock().unwrap_or_else(PoisonError::into_inner);
                    found = open.and_still_open(operation, found);
                }
                self.settle(cluster, operation, found).await;
                None
            }
            Ok(Err(refusal)) => Some(format!("{}: {}", refusal.kind, refusal.message)),
            Err(error) => Some(error.to_string()),
        };
        let checked = Checked {
            operation: operation.to_owned(),
            at: self.seams().clock.now(),
            error: error.clone(),
        };
        if let Err(error) = self.journal().note_checked(&cluster.name, &checked).await {
            tracing::error!(cluster = cluster.name, %error, "the time of a check cannot be written");
        }
        cluster.note_checked(checked);
        error.map(|reason| {
            tracing::warn!(cluster = cluster.name, operation, reason, "a check could not look");
            host_finding(
                format!("check-failed/{operation}"),
                format!("The check {operation} could not look at the cluster."),
                reason,
                "Its findings are those of its last good look. See `ringkeeper plan` for what the plugin logged.",
            )
        })
    }

    /// Writes what a look changed, then takes it over.
    async fn settle(&self, cluster: &Watched, operation: &str, found: Vec<Finding>) {
        let now = self.seams().clock.now();
        let events = {
            let mut open = cluster.open.lock().unwrap_or_else(PoisonError::into_inner);
            let events = open.transitions(operation, &found);
            open.take(&cluster.name, operation, found, now);
            events
        };
        for event in &events {
            announce(&cluster.name, event);
        }
        cluster
            .stream
            .append(&cluster.name, self.journal(), now, events)
            .await;
    }

    fn refused_plugins(&self) -> Vec<Finding> {
        let plugins = self.plugins();
        let refused = plugins.refused().map(|(name, reason)| {
            host_finding(
                format!("plugin-refused/{name}"),
                format!("The plugin {name} was refused, and nothing it does is done."),
                reason.to_owned(),
                "Mend its section of the configuration and start the host again.",
            )
        });
        refused.collect()
    }
}

fn journal_failed(reason: String) -> Finding {
    Finding {
        severity: Severity::Severe,
        ..host_finding(
            "journal-failed".to_owned(),
            "The host cannot write its journal; what it sees is lost if it stops.".to_owned(),
            reason,
            "See whether the disk of the data directory is full or was made read-only. What waits is written as soon as it can be.",
        )
    }
}

pub(crate) fn host_finding(key: String, title: String, reason: String, suggestion: &str) -> Finding {
    Finding {
        key,
        severity: Severity::Warning,
        subject: Subject::Cluster,
        owner: Owner::Platform,
        title,
        evidence: vec![ringkeeper_plan::Evidence {
            name: "reason".to_owned(),
            value: reason,
            limit: None,
        }],
        suggestion: Some(suggestion.to_owned()),
        suggested_operation: None,
    }
}

fn announce(cluster: &str, event: &Event) {
    match event {
        Event::FindingOpened { finding, .. } => {
            tracing::warn!(cluster, severity = %finding.severity, key = finding.key, "finding opened: {}", finding.title);
        }
        Event::FindingChanged { finding, .. } => {
            tracing::warn!(cluster, severity = %finding.severity, key = finding.key, "finding changed: {}", finding.title);
        }
        Event::FindingCleared { key, .. } => tracing::info!(cluster, key, "finding cleared"),
        Event::NodeChanged {
            address,
            before,
            after,
            ..
        } => {
            tracing::info!(cluster, address, before, after, "node changed");
        }
        _ => {}
    }
}
