//! The audit log.

use std::time::Duration;

use ringkeeper_api::{
    AuditExported, AuditQuestion, AuditRow, AuditSegmentRow, AuditSegmentText, AuditVerdict,
};

use super::{ANSWER_LIMIT, Client, url, url_of};
use crate::failure::Failure;

/// How long going through the whole log may take.
const VERIFY_LIMIT: Duration = Duration::from_secs(600);

impl Client {
    /// The newest records that are asked for.
    pub(crate) async fn audit(&self, question: &AuditQuestion) -> Result<Vec<AuditRow>, Failure> {
        let (since, last) = (
            question.since.map(|since| since.to_string()),
            question.last.map(|last| last.to_string()),
        );
        let names = [
            ("run", question.run.as_deref()),
            ("since", since.as_deref()),
            ("last", last.as_deref()),
        ];
        self.get_of(&["audit"], &names).await
    }

    /// Whether the log is whole.
    pub(crate) async fn verify_audit(&self, head: Option<&str>) -> Result<AuditVerdict, Failure> {
        let url = url_of(&["audit", "verify"], &[("head", head)])?;
        self.send(self.http.get(url).timeout(VERIFY_LIMIT)).await
    }

    /// Seals what is open; every segment.
    pub(crate) async fn seal_audit(&self) -> Result<Vec<AuditSegmentRow>, Failure> {
        let post = self.http.post(url(&["audit", "seal"])?);
        self.send(post.timeout(ANSWER_LIMIT)).await
    }

    /// A segment with its records.
    pub(crate) async fn audit_segment(&self, segment: u64) -> Result<AuditSegmentText, Failure> {
        self.get(&["audit", "segments", &segment.to_string()]).await
    }

    /// Says that a segment was exported.
    pub(crate) async fn audit_exported(
        &self,
        segment: u64,
        hash: String,
    ) -> Result<AuditSegmentRow, Failure> {
        let post = self
            .http
            .post(url(&["audit", "segments", &segment.to_string(), "exported"])?);
        self.send(post.json(&AuditExported { hash }).timeout(ANSWER_LIMIT))
            .await
    }
}
