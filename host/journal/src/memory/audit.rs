//! The audit log in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use ringkeeper_seams::Timestamp;

use super::MemoryJournal;
use crate::audit::{AUDIT_SEGMENT_RECORDS, RunContext, record};
use crate::{
    AuditHead, AuditLog, AuditRow, AuditSegment, Event, JournalError, Recorded, RunEvent, RunId,
    SealedSegment, Version,
};

#[derive(Debug, Default)]
pub(super) struct Audit {
    head: AuditHead,
    rows: BTreeMap<u64, (Option<RunId>, AuditRow)>,
    segments: Vec<SealedSegment>,
    contexts: BTreeMap<(String, RunId), RunContext>,
}

impl Audit {
    /// Writes the records of these events, which are about to be appended behind `before`.
    pub(super) fn append(
        &mut self,
        cluster: &str,
        before: Version,
        events: &[Recorded],
    ) -> Result<(), JournalError> {
        for (version, recorded) in (before.0 + 1..).map(Version).zip(events) {
            let mut none = RunContext::default();
            let (run, is_over) = match &recorded.event {
                Event::Run { run, what } => (Some(run), matches!(what, RunEvent::Closed { .. })),
                _ => (None, false),
            };
            let place = run.map(|run| (cluster.to_owned(), run.clone()));
            let context = match &place {
                Some(place) => self.contexts.entry(place.clone()).or_default(),
                None => &mut none,
            };
            if let Some(record) = record(context, cluster, version, recorded) {
                let row = self
                    .head
                    .link(record)
                    .map_err(|source| JournalError::Unreadable {
                        cluster: cluster.to_owned(),
                        version: version.0,
                        source,
                    })?;
                self.rows.insert(row.number, (run.cloned(), row));
            }
            if let Some(place) = place.filter(|_| is_over) {
                self.contexts.remove(&place);
            }
        }
        let last = self.segments.last().map_or(0, |sealed| sealed.segment.last);
        if self.head.number - last >= AUDIT_SEGMENT_RECORDS
            && let Some(Recorded { at, .. }) = events.last()
        {
            self.seal(*at);
        }
        Ok(())
    }

    fn seal(&mut self, at: Timestamp) -> Option<AuditSegment> {
        let newest = self.segments.last().map(|sealed| &sealed.segment);
        let segment = self.head.seal(newest, at)?;
        self.segments.push(SealedSegment {
            segment: segment.clone(),
            exported_at: None,
            is_pruned: false,
        });
        Some(segment)
    }

    fn prune(&mut self, before: Timestamp) -> u64 {
        let count = self.rows.len();
        let old = self
            .segments
            .iter_mut()
            .skip_while(|sealed| sealed.is_pruned)
            .take_while(|sealed| sealed.exported_at.is_some() && sealed.segment.sealed_at < before);
        for sealed in old {
            sealed.is_pruned = true;
            self.rows = self.rows.split_off(&(sealed.segment.last + 1));
        }
        (count - self.rows.len()) as u64
    }
}

#[async_trait]
impl AuditLog for MemoryJournal {
    async fn audit_head(&self) -> Result<AuditHead, JournalError> {
        Ok(self.kept().audit.head.clone())
    }

    async fn audit_read(&self, after: u64, limit: usize) -> Result<Vec<AuditRow>, JournalError> {
        let kept = self.kept();
        let later = kept.audit.rows.range(after + 1..);
        Ok(later.take(limit).map(|(_, (_, row))| row.clone()).collect())
    }

    async fn audit_find(
        &self,
        run: Option<&RunId>,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, JournalError> {
        let kept = self.kept();
        let wanted = kept.audit.rows.values().rev().filter(|(of, row)| {
            run.is_none_or(|run| of.as_ref() == Some(run)) && since.is_none_or(|since| row.at >= since)
        });
        let mut found: Vec<_> = wanted.take(limit).map(|(_, row)| row.clone()).collect();
        found.reverse();
        Ok(found)
    }

    async fn audit_segments(&self) -> Result<Vec<SealedSegment>, JournalError> {
        Ok(self.kept().audit.segments.clone())
    }

    async fn audit_seal(&self, at: Timestamp) -> Result<Option<AuditSegment>, JournalError> {
        Ok(self.kept().audit.seal(at))
    }

    async fn audit_exported(&self, segment: u64, at: Timestamp) -> Result<(), JournalError> {
        let mut kept = self.kept();
        let found = kept
            .audit
            .segments
            .iter_mut()
            .find(|sealed| sealed.segment.segment == segment);
        if let Some(sealed) = found {
            sealed.exported_at.get_or_insert(at);
        }
        Ok(())
    }

    async fn audit_prune(&self, before: Timestamp) -> Result<u64, JournalError> {
        Ok(self.kept().audit.prune(before))
    }
}
