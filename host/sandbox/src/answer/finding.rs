//! Findings and their evidence.

use ringkeeper_plan::{Evidence, Finding, Owner, Severity, Subject};

use super::{list, words};
use crate::bindings::ringkeeper::maintenance::types as wit;
use crate::call_error::InvalidAnswer;

/// Facts behind one finding.
const FACTS: usize = 100;

pub(super) fn finding(finding: wit::Finding) -> Result<Finding, InvalidAnswer> {
    Ok(Finding {
        key: words::key("key", finding.key)?,
        severity: match finding.severity {
            wit::Severity::Info => Severity::Info,
            wit::Severity::Advice => Severity::Advice,
            wit::Severity::Warning => Severity::Warning,
            wit::Severity::Severe => Severity::Severe,
        },
        subject: subject(finding.subject)?,
        owner: match finding.owner {
            wit::Owner::Platform => Owner::Platform,
            wit::Owner::Configuration => Owner::Configuration,
            wit::Owner::Unknown => Owner::Unknown,
        },
        title: words::line("title", finding.title)?,
        evidence: evidence(finding.evidence)?,
        suggestion: words::optional("suggestion", finding.suggestion, words::sentences)?,
        suggested_operation: words::optional("suggested-operation", finding.suggested_operation, words::id)?,
    })
}

pub(super) fn evidence(facts: Vec<wit::Evidence>) -> Result<Vec<Evidence>, InvalidAnswer> {
    list("evidence", facts, FACTS, |fact| {
        Ok(Evidence {
            name: words::line("name", fact.name)?,
            value: words::line("value", fact.value)?,
            limit: words::optional("limit", fact.limit, words::line)?,
        })
    })
}

fn subject(subject: wit::Subject) -> Result<Subject, InvalidAnswer> {
    Ok(match subject {
        wit::Subject::Cluster => Subject::Cluster,
        wit::Subject::DataCentre(name) => Subject::DataCentre {
            name: words::line("subject", name)?,
        },
        wit::Subject::Node(id) => Subject::Node {
            id: words::node("subject", &id)?,
        },
        wit::Subject::Keyspace(name) => Subject::Keyspace {
            name: words::line("subject", name)?,
        },
        wit::Subject::Table(name) => Subject::Table {
            keyspace: words::line("subject.keyspace", name.keyspace)?,
            table: words::line("subject.table", name.table)?,
        },
    })
}
