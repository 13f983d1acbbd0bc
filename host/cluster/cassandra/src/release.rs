//! Which nodes this product works with.

use ringkeeper_cluster::{NodeError, NodeErrorKind};
use serde::Deserialize;

use crate::jolokia::{Answers, Question};

/// The MBean of everything about the ring.
pub(crate) const STORAGE_SERVICE: &str = "org.apache.cassandra.db:type=StorageService";

const OLDEST: (u32, u32) = (4, 0);
const PARTITIONER: &str = "Murmur3Partitioner";

/// What a node runs, once it is known to be supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Release {
    /// Its Cassandra version.
    pub(crate) version: String,
    /// Its partitioner's class without the package.
    pub(crate) partitioner: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Attributes {
    release_version: String,
    partitioner_name: String,
}

impl Release {
    /// Asks what the node runs. Of its own, so that the questions which only newer versions understand may fail
    /// beside it.
    pub(crate) fn question() -> Question {
        Question::read(STORAGE_SERVICE, &["ReleaseVersion", "PartitionerName"])
    }

    /// Takes the answer to [`Release::question`].
    ///
    /// # Errors
    /// [`NodeErrorKind::Unsupported`] where this product does not work with it.
    pub(crate) fn take(answers: &mut Answers) -> Result<Self, NodeError> {
        let attributes: Attributes = answers.take_if_known()?.map_err(|lacking| {
            let message = format!("Cassandra is not up yet: {}", lacking.message);
            NodeError::new(NodeErrorKind::Failed, answers.place(), message)
        })?;
        let partitioner = without_package(&attributes.partitioner_name);
        refusal(&attributes.release_version, partitioner).map_or(Ok(()), |message| {
            Err(NodeError::new(
                NodeErrorKind::Unsupported,
                answers.place(),
                message,
            ))
        })?;
        Ok(Self {
            partitioner: partitioner.to_owned(),
            version: attributes.release_version,
        })
    }
}

/// The class without its package.
pub(crate) fn without_package(class: &str) -> &str {
    class.rsplit_once('.').map_or(class, |(_, name)| name)
}

fn refusal(version: &str, partitioner: &str) -> Option<String> {
    match release_line(version) {
        None => {
            return Some(format!(
                "`{version}` is not a version of Cassandra that can be understood"
            ));
        }
        Some(line) if line < OLDEST => {
            return Some(format!(
                "Cassandra {version} is not supported: Ringkeeper works with 4.0, 4.1 and 5.0"
            ));
        }
        Some(_) => {}
    }
    (partitioner != PARTITIONER)
        .then(|| format!("partitioner {partitioner} is not supported: only {PARTITIONER}"))
}

/// The first two numbers of a version.
pub(crate) fn release_line(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split(['.', '-']).map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_and_other_partitioners_are_refused() {
        for (version, partitioner, expected) in [
            ("4.0.18", PARTITIONER, None),
            ("4.1-alpha1-SNAPSHOT", PARTITIONER, None),
            ("5.0.5", PARTITIONER, None),
            (
                "3.11.16",
                PARTITIONER,
                Some("Cassandra 3.11.16 is not supported: Ringkeeper works with 4.0, 4.1 and 5.0"),
            ),
            (
                "five",
                PARTITIONER,
                Some("`five` is not a version of Cassandra that can be understood"),
            ),
            (
                "5.0.5",
                "RandomPartitioner",
                Some("partitioner RandomPartitioner is not supported: only Murmur3Partitioner"),
            ),
        ] {
            assert_eq!(
                refusal(version, partitioner).as_deref(),
                expected,
                "{version} {partitioner}"
            );
        }
    }
}
