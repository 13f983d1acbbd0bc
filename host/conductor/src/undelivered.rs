//! What keeps notifications from those who are to be told.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use ringkeeper_plan::Finding;

use crate::Conductor;
use crate::checks::host_finding;

/// Targets that could not be told of a cluster, and why.
#[derive(Debug, Default)]
pub(crate) struct Undelivered(Mutex<BTreeMap<String, String>>);

impl Undelivered {
    fn note(&self, target: &str, trouble: Option<String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match trouble {
            Some(trouble) => all.insert(target.to_owned(), trouble),
            None => all.remove(target),
        };
    }

    /// A finding for each of them.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let finding = |(target, trouble): (&String, &String)| {
            host_finding(
                format!("notification-failing/{target}"),
                format!("Notifications do not reach {target}."),
                trouble.clone(),
                "See [[notify]] in the configuration, and try it with `ringkeeper notify test`. They are kept and sent again for three days. The finding is cleared by the next one that arrives.",
            )
        };
        all.iter().map(finding).collect()
    }
}

impl Conductor {
    /// Notes why a target could not be told of a cluster; none when it was told. A cluster that is not watched is left alone.
    pub fn note_undelivered(&self, cluster: &str, target: &str, trouble: Option<String>) {
        if let Ok(cluster) = self.cluster_named(Some(cluster)) {
            cluster.undelivered.note(target, trouble);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_that_cannot_be_told_is_a_finding_until_it_is_told() {
        let undelivered = Undelivered::default();
        undelivered.note("pager", Some("it answered 500 Internal Server Error".to_owned()));
        undelivered.note("mail", None);
        let findings = undelivered.findings();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].key, "notification-failing/pager");
        assert_eq!(
            findings[0].evidence[0].value,
            "it answered 500 Internal Server Error"
        );
        undelivered.note("pager", None);
        assert_eq!(undelivered.findings(), []);
    }
}
