//! Which repair commands a node coordinates now.
//!
//! Each has an executor of its own, and that an MBean, from when its sessions begin until a moment after the last one
//! ended. A command that waits in a queue or still prepares its participants has none yet.

use std::collections::BTreeSet;

use ringkeeper_cluster::NodeError;

use crate::jolokia::{Answers, Question};

const PATTERN: &str = "org.apache.cassandra.internal:type=Repair#*";
const BEFORE_NUMBER: &str = "org.apache.cassandra.internal:type=Repair#";

/// Asks for the numbers of all commands.
pub(crate) fn question() -> Question {
    Question::Search {
        mbean: PATTERN.to_owned(),
    }
}

/// Takes the answer to [`question`].
pub(crate) fn take(answers: &mut Answers) -> Result<BTreeSet<i32>, NodeError> {
    let names: Vec<String> = answers.take()?;
    Ok(names.iter().filter_map(|name| number(name)).collect())
}

fn number(name: &str) -> Option<i32> {
    name.strip_prefix(BEFORE_NUMBER)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_the_executors() {
        // As recorded; the first is the executor that all commands begin on.
        let body = r#"[{"status":200,"value":["org.apache.cassandra.internal:type=Repair-Task",
            "org.apache.cassandra.internal:type=Repair#1","org.apache.cassandra.internal:type=Repair#12",
            "org.apache.cassandra.internal:type=Repair#x"]}]"#;
        let mut answers = Answers::read("node".to_owned(), 1, body.as_bytes()).unwrap();
        assert_eq!(take(&mut answers).unwrap(), [1, 12].into());
    }
}
