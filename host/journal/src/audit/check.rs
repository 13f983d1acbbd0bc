//! Whether a chain is whole: fed record by record, it says at which one it is not.

use thiserror::Error;

use super::{AuditHead, AuditRecord, AuditRow, AuditSegment, audit_hash};

/// Where a chain is broken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AuditBroken {
    /// A record is missing or stands elsewhere.
    #[error("record {expected} is missing: after {} comes {found}", expected - 1)]
    Missing {
        /// The number that should come.
        expected: u64,
        /// The one that comes.
        found: u64,
    },
    /// A record, or its hash, is not as it was written.
    #[error("record {number} was changed, or what stood before it: its hash does not fit")]
    Changed {
        /// Which.
        number: u64,
    },
    /// A record does not say what stands beside it.
    #[error("record {number} was changed: {what}")]
    Inconsistent {
        /// Which.
        number: u64,
        /// What does not fit.
        what: String,
    },
    /// The newest records are gone.
    #[error("the log ends at record {found}, and was written up to record {expected}: the newest are gone")]
    CutOff {
        /// The newest that was written.
        expected: u64,
        /// The newest that is there.
        found: u64,
    },
    /// A segment does not fit to its records, or to the one before.
    #[error("segment {segment} does not fit: {what}")]
    Segment {
        /// Which.
        segment: u64,
        /// What does not fit.
        what: String,
    },
    /// A head that was noted is none of this chain.
    #[error("no record has the hash {hash}: what it stood for was changed or cut off")]
    NoSuchHead {
        /// The hash that was looked for.
        hash: String,
    },
}

/// A check of a chain.
#[derive(Clone, Debug)]
pub struct AuditCheck {
    head: AuditHead,
    first: u64,
    checked: u64,
    /// A hash that was noted, and is to be found.
    wanted: Option<String>,
    /// Which record it was the head of.
    found: Option<u64>,
    newest: Option<AuditSegment>,
}

impl AuditCheck {
    /// A check that begins behind `start`, and is to find the hash `head`.
    #[must_use]
    pub fn new(start: AuditHead, head: Option<&str>) -> Self {
        let mut check = Self {
            first: start.number + 1,
            head: start,
            checked: 0,
            wanted: head.map(str::to_lowercase),
            found: None,
            newest: None,
        };
        check.look_for_head();
        check
    }

    /// The next record.
    ///
    /// # Errors
    /// When it does not fit.
    pub fn record(&mut self, row: &AuditRow) -> Result<(), AuditBroken> {
        let expected = self.head.number + 1;
        if row.number != expected {
            return Err(AuditBroken::Missing {
                expected,
                found: row.number,
            });
        }
        let hash = audit_hash(&self.head.hash, &row.body);
        if hash != row.hash {
            return Err(AuditBroken::Changed { number: row.number });
        }
        let inconsistent = |what: String| AuditBroken::Inconsistent {
            number: row.number,
            what,
        };
        let record: AuditRecord = serde_json::from_str(&row.body)
            .map_err(|error| inconsistent(format!("it cannot be read: {error}")))?;
        if record.number != row.number || record.at != row.at {
            return Err(inconsistent(
                "its number or its time is not what it says".to_owned(),
            ));
        }
        self.head = AuditHead {
            number: row.number,
            hash,
        };
        self.checked += 1;
        self.look_for_head();
        Ok(())
    }

    /// Where the check stands now, a segment ends. Its records may have been removed: then it is taken at its word, as what
    /// comes after it must fit.
    ///
    /// # Errors
    /// When it does not fit to its records, or to the segment before.
    pub fn segment(&mut self, segment: &AuditSegment, is_pruned: bool) -> Result<(), AuditBroken> {
        let wrong = |what: &str| AuditBroken::Segment {
            segment: segment.segment,
            what: what.to_owned(),
        };
        let start = AuditSegment {
            segment: 0,
            first: 0,
            last: 0,
            before: String::new(),
            hash: AuditHead::default().hash,
            sealed_at: segment.sealed_at,
        };
        let before = self.newest.as_ref().unwrap_or(&start);
        // The first of exported files may be a later one.
        if self.newest.is_some() || segment.segment == 1 {
            if segment.segment != before.segment + 1 {
                return Err(wrong("the one before it is missing"));
            }
            if segment.first != before.last + 1 || segment.before != before.hash {
                return Err(wrong("it does not go on where the one before it ends"));
            }
        }
        if segment.last < segment.first {
            return Err(wrong("it ends before it begins"));
        }
        if is_pruned {
            self.head = AuditHead {
                number: segment.last,
                hash: segment.hash.clone(),
            };
            self.first = segment.last + 1;
            self.look_for_head();
        } else if self.head.number != segment.last || self.head.hash != segment.hash {
            return Err(wrong("its hash is not that of its last record"));
        }
        self.newest = Some(segment.clone());
        Ok(())
    }

    /// Where the check stands.
    #[must_use]
    pub const fn head(&self) -> &AuditHead {
        &self.head
    }

    /// The first record that is there, how many fit, and which one the hash that was looked for is the head of.
    #[must_use]
    pub const fn so_far(&self) -> (u64, u64, Option<u64>) {
        (self.first, self.checked, self.found)
    }

    /// The end: nothing comes any more, and `head` was written last.
    ///
    /// # Errors
    /// When the newest records are missing, or the hash that was looked for did not come.
    pub fn end(&self, head: Option<&AuditHead>) -> Result<(), AuditBroken> {
        if let Some(head) = head.filter(|head| **head != self.head) {
            return Err(AuditBroken::CutOff {
                expected: head.number,
                found: self.head.number,
            });
        }
        match &self.wanted {
            Some(hash) => Err(AuditBroken::NoSuchHead { hash: hash.clone() }),
            None => Ok(()),
        }
    }

    fn look_for_head(&mut self) {
        if self.wanted.as_ref() == Some(&self.head.hash) {
            self.wanted = None;
            self.found = Some(self.head.number);
        }
    }
}
