//! What a journal answers about its audit log. It is written by [`crate::Journal::append`] alone.

use async_trait::async_trait;
use ringkeeper_seams::Timestamp;

use crate::{
    AuditBroken, AuditCheck, AuditHead, AuditRow, AuditSegment, Journal, JournalError, RunId, SealedSegment,
};

/// Records read at a time.
const PAGE: usize = 1_000;

/// The audit log of a journal: one chain for all its streams.
#[async_trait]
pub trait AuditLog: Send + Sync {
    /// The newest record's number and hash.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_head(&self) -> Result<AuditHead, JournalError>;

    /// Records after a number, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_read(&self, after: u64, limit: usize) -> Result<Vec<AuditRow>, JournalError>;

    /// The newest `limit` records, of one run where it is named and not before `since` where that is said, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_find(
        &self,
        run: Option<&RunId>,
        since: Option<Timestamp>,
        limit: usize,
    ) -> Result<Vec<AuditRow>, JournalError>;

    /// Every segment that was sealed, oldest first, pruned ones included.
    ///
    /// # Errors
    /// When the store cannot be read.
    async fn audit_segments(&self) -> Result<Vec<SealedSegment>, JournalError>;

    /// Seals what came since the newest segment, and answers the new one; none where nothing came.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn audit_seal(&self, at: Timestamp) -> Result<Option<AuditSegment>, JournalError>;

    /// Notes that a segment was exported. One that there is not is not noted.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn audit_exported(&self, segment: u64, at: Timestamp) -> Result<(), JournalError>;

    /// Removes the records of segments that were exported and sealed before this moment, oldest first and up to the first one
    /// that must stay, and answers how many. The segments themselves stay, so that the chain can still be checked.
    ///
    /// # Errors
    /// When the store cannot be written.
    async fn audit_prune(&self, before: Timestamp) -> Result<u64, JournalError>;
}

/// Goes through the whole audit log of a journal, and looks for the record that `head` is the hash of. Answers the check,
/// which says how far it came, and where the chain is broken.
///
/// # Errors
/// When the store cannot be read.
pub async fn check_audit(
    journal: &dyn Journal,
    head: Option<&str>,
) -> Result<(AuditCheck, Option<AuditBroken>), JournalError> {
    // In this order: no segment is newer than the head, whatever is appended meanwhile.
    let mut segments = journal.audit_segments().await?.into_iter().peekable();
    let newest = journal.audit_head().await?;
    let mut check = AuditCheck::new(AuditHead::default(), head);
    loop {
        while let Some(pruned) = segments.next_if(|sealed| sealed.is_pruned) {
            if let Err(broken) = check.segment(&pruned.segment, true) {
                return Ok((check, Some(broken)));
            }
        }
        let page = journal.audit_read(check.head().number, PAGE).await?;
        for row in page.iter().take_while(|row| row.number <= newest.number) {
            let fits = check.record(row).and_then(|()| {
                match segments.next_if(|sealed| sealed.segment.last <= row.number) {
                    Some(sealed) => check.segment(&sealed.segment, false),
                    None => Ok(()),
                }
            });
            if let Err(broken) = fits {
                return Ok((check, Some(broken)));
            }
        }
        if page.len() < PAGE || check.head().number >= newest.number {
            break;
        }
    }
    let end = match segments.last() {
        Some(sealed) => Err(AuditBroken::CutOff {
            expected: newest.number.max(sealed.segment.last),
            found: check.head().number,
        }),
        None => check.end(Some(&newest)),
    };
    Ok((check, end.err()))
}
