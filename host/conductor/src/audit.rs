//! The audit log: questions about it, and its upkeep.

use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{AuditQuestion, AuditRow, AuditSegmentRow, AuditSegmentText, AuditVerdict};
use ringkeeper_journal::{
    AuditCheck, AuditRecord, JournalError, RunId, SealedSegment, audit_line, check_audit,
};
use ringkeeper_seams::Timestamp;

use crate::{Conductor, RunError};

/// Records that are shown unless more are asked for, and the most that are.
const SHOWN: usize = 100;
const MOST_SHOWN: usize = 10_000;
/// How often is looked whether something is to be sealed, told or removed.
const LOOK_EVERY: Duration = Duration::from_secs(3_600);
/// What is open is sealed, and the head told, once in this time.
const DAY: Duration = Duration::from_secs(24 * 3_600);
/// Records that were exported are kept for this long all the same.
const KEPT: Duration = Duration::from_secs(2 * 365 * 24 * 3_600);

impl Conductor {
    /// The newest records of the audit log that are asked for, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn audit(&self, question: &AuditQuestion) -> Result<Vec<AuditRow>, RunError> {
        let run = question.run.clone().map(RunId);
        let last = question.last.unwrap_or(SHOWN).min(MOST_SHOWN);
        let found = self.journal().audit_find(run.as_ref(), question.since, last);
        found
            .await?
            .into_iter()
            .map(|row| -> Result<AuditRow, RunError> {
                let record: AuditRecord = serde_json::from_str(&row.body).map_err(|source| {
                    let cluster = "audit".to_owned();
                    let version = row.number;
                    JournalError::Unreadable {
                        cluster,
                        version,
                        source,
                    }
                })?;
                Ok(shown(record, row.hash))
            })
            .collect()
    }

    /// Goes through the whole audit log, and looks for the record that `head` is the hash of.
    ///
    /// # Errors
    /// When the journal cannot be read. A chain that is broken is an answer.
    pub async fn verify_audit(&self, head: Option<&str>) -> Result<AuditVerdict, RunError> {
        let (check, broken) = check_audit(&**self.journal(), head).await?;
        Ok(audit_verdict(&check, broken.map(|broken| broken.to_string())))
    }

    /// Every segment of the audit log, oldest first.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub async fn audit_segments(&self) -> Result<Vec<AuditSegmentRow>, RunError> {
        let segments = self.journal().audit_segments().await?;
        Ok(segments.iter().map(segment_row).collect())
    }

    /// Seals what is open of the audit log, and answers every segment.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub async fn seal_audit(&self) -> Result<Vec<AuditSegmentRow>, RunError> {
        self.journal().audit_seal(self.seams().clock.now()).await?;
        self.audit_segments().await
    }

    /// A segment as a file.
    ///
    /// # Errors
    /// When there is none of this number, its records were removed, or the journal cannot be read.
    pub async fn audit_segment(&self, segment: u64) -> Result<AuditSegmentText, RunError> {
        let sealed = self.segment(segment).await?;
        if sealed.is_pruned {
            return Err(RunError::NotFound {
                message: format!(
                    "the records of segment {segment} were removed; they are in the file that was exported"
                ),
            });
        }
        let about = &sealed.segment;
        let count = usize::try_from(about.last + 1 - about.first).unwrap_or(usize::MAX);
        let rows = self.journal().audit_read(about.first - 1, count).await?;
        let head = serde_json::to_string(about).map_err(|error| RunError::Unavailable(error.to_string()))?;
        let lines = rows.iter().map(audit_line);
        let text = std::iter::once(head)
            .chain(lines)
            .map(|line| line + "\n")
            .collect();
        Ok(AuditSegmentText { segment, text })
    }

    /// Notes that a segment was exported, whose hash shows that it is this one.
    ///
    /// # Errors
    /// When there is no such segment, its hash is another one, or the journal cannot be written.
    pub async fn audit_exported(&self, segment: u64, hash: &str) -> Result<AuditSegmentRow, RunError> {
        let sealed = self.segment(segment).await?;
        if sealed.segment.hash != hash {
            return Err(RunError::Invalid {
                message: format!(
                    "segment {segment} has the hash {}, not {hash}",
                    sealed.segment.hash
                ),
            });
        }
        let now = self.seams().clock.now();
        self.journal().audit_exported(segment, now).await?;
        Ok(segment_row(&self.segment(segment).await?))
    }

    async fn segment(&self, segment: u64) -> Result<SealedSegment, RunError> {
        let segments = self.journal().audit_segments().await?;
        let found = segments
            .into_iter()
            .find(|sealed| sealed.segment.segment == segment);
        found.ok_or_else(|| RunError::NotFound {
            message: format!("the audit log has no segment {segment}"),
        })
    }

    /// Once a day seals what is open of the audit log, tells its head to the system log and removes what was exported and is
    /// old. Never ends.
    pub async fn keep_audit(self: Arc<Self>) {
        let started = self.seams().clock.now();
        let mut told = Told { segment: 0, at: None };
        loop {
            let now = self.seams().clock.now();
            if let Err(error) = self.look_after_audit(started, now, &mut told).await {
                tracing::warn!(%error, "the audit log cannot be looked after");
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    async fn look_after_audit(
        &self,
        started: Timestamp,
        now: Timestamp,
        told: &mut Told,
    ) -> Result<(), JournalError> {
        let journal = self.journal();
        let mut newest = journal.audit_segments().await?.pop();
        let sealed_at = newest.as_ref().map_or(started, |sealed| sealed.segment.sealed_at);
        if now.since(sealed_at) >= DAY && journal.audit_seal(now).await?.is_some() {
            newest = journal.audit_segments().await?.pop();
        }
        if let Some(SealedSegment { segment, .. }) = newest
            && segment.segment > told.segment
        {
            told.segment = segment.segment;
            let (number, last, hash) = (segment.segment, segment.last, &segment.hash);
            tracing::info!(
                segment = number,
                record = last,
                hash,
                "a segment of the audit log is sealed"
            );
        }
        if told.at.is_none_or(|at| now.since(at) >= DAY) {
            told.at = Some(now);
            let head = journal.audit_head().await?;
            tracing::info!(
                record = head.number,
                hash = head.hash,
                "the head of the audit log"
            );
        }
        let removed = journal.audit_prune(now.before(KEPT)).await?;
        if removed > 0 {
            tracing::info!(
                removed,
                "old records of the audit log that were exported were removed"
            );
        }
        Ok(())
    }
}

/// What was told to the system log.
struct Told {
    segment: u64,
    at: Option<Timestamp>,
}

fn segment_row(sealed: &SealedSegment) -> AuditSegmentRow {
    let about = &sealed.segment;
    AuditSegmentRow {
        segment: about.segment,
        first: about.first,
        last: about.last,
        hash: about.hash.clone(),
        sealed_at: about.sealed_at,
        exported_at: sealed.exported_at,
        is_pruned: sealed.is_pruned,
    }
}

fn shown(record: AuditRecord, hash: String) -> AuditRow {
    let plugin = record.plugin;
    let of_plugin =
        |part: fn(&ringkeeper_journal::AuditPlugin) -> &String| plugin.as_ref().map(part).cloned();
    AuditRow {
        number: record.number,
        at: record.at,
        cluster: record.cluster,
        what: record.what.word().to_owned(),
        run: record.run.map(|run| run.0),
        step: record.step,
        attempt: record.attempt,
        effect: record.effect.map(|effect| effect.0),
        call: record.call,
        call_digest: record.call_digest,
        node: record.node,
        nodes: record.nodes,
        plugin_digest: of_plugin(|plugin| &plugin.digest),
        grants_digest: of_plugin(|plugin| &plugin.grants),
        plugin_version: plugin.as_ref().and_then(|plugin| plugin.version.clone()),
        signer: plugin.as_ref().and_then(|plugin| plugin.signer.clone()),
        plugin: plugin.map(|plugin| plugin.name),
        asked_by: record.asked_by,
        approved_by: record.approved_by,
        plan: record.plan,
        detail: record.detail,
        hash,
    }
}

/// How a check ended, by what it went through; `problem` is what did not fit.
#[must_use]
pub fn audit_verdict(check: &AuditCheck, problem: Option<String>) -> AuditVerdict {
    let (first, records, head_of) = check.so_far();
    AuditVerdict {
        first,
        records,
        last: check.head().number,
        head: check.head().hash.clone(),
        head_of,
        problem,
    }
}
