//! Everything that is ever asked of a node's Jolokia, for whoever lets it answer that and nothing else.
//!
//! Each entry is one of the questions that the modules of this crate ask, or made of the same constants. What is asked
//! without standing here is found out where it is sent: a debug build refuses it, and so every test on real nodes does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use crate::jolokia::Question;
use crate::probe::threads;
use crate::release::{Release, STORAGE_SERVICE};
use crate::{drain, flush, hints, membership, metrics, placements, process, repair, snapshots, topology};

/// What is asked of one MBean.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Attributes that are read.
    pub attributes: BTreeSet<String>,
    /// Operations that are called, each with its signature where it is called with one.
    pub operations: BTreeSet<String>,
}

/// What is asked, by object name or pattern. Beside it all MBeans are searched by name and listed, which tells no values.
#[must_use]
pub fn asked() -> BTreeMap<String, Asked> {
    let mut asked: BTreeMap<String, Asked> = BTreeMap::new();
    for question in questions() {
        match question {
            Question::Read { mbean, attribute } => {
                asked.entry(mbean).or_default().attributes.extend(attribute)
            }
            Question::Part { mbean, attribute, .. } | Question::Text { mbean, attribute, .. } => {
                asked.entry(mbean).or_default().attributes.insert(attribute);
            }
            Question::Exec { mbean, operation, .. } => {
                asked.entry(mbean).or_default().operations.insert(operation);
            }
            Question::List { .. } | Question::Search { .. } | Question::Version => {}
        }
    }
    asked
}

/// Whether this question stands here.
pub(crate) fn has(question: &Question) -> bool {
    static ASKED: LazyLock<BTreeMap<String, Asked>> = LazyLock::new(asked);
    let reads = |mbean: &str, attributes: &[String]| {
        let known = ASKED.get(mbean).map(|asked| &asked.attributes);
        known.is_some_and(|known| attributes.iter().all(|attribute| known.contains(attribute)))
    };
    match question {
        Question::Read { mbean, attribute } => reads(mbean, attribute),
        Question::Part { mbean, attribute, .. } | Question::Text { mbean, attribute, .. } => {
            reads(mbean, std::slice::from_ref(attribute))
        }
        Question::Exec { mbean, operation, .. } => ASKED
            .get(mbean)
            .is_some_and(|asked| asked.operations.contains(operation)),
        Question::List { .. } | Question::Search { .. } | Question::Version => true,
    }
}

fn questions() -> Vec<Question> {
    let mut questions = membership::questions();
    questions.extend([
        Release::question(),
        process::question(),
        threads::ids(),
        snapshots::details(),
    ]);
    questions.extend(topology::questions());
    questions.extend(hints::questions());
    questions.extend(placements::questions(""));
    questions.extend(metrics::questions());
    questions.push(Question::exec(threads::THREADING, threads::NAMES, []));
    let of_snitch = topology::PLACE.map(|operation| Question::exec(topology::SNITCH, operation, []));
    questions.extend(of_snitch);
    let of_storage_service = [
        topology::TOKENS,
        repair::START,
        repair::STATUS,
        repair::TERMINATE,
        flush::FLUSH,
        drain::DRAIN,
        snapshots::TAKE,
        snapshots::CLEAR,
    ];
    questions.extend(of_storage_service.map(|operation| Question::exec(STORAGE_SERVICE, operation, [])));
    questions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_asked_is_shown() {
        let lines: Vec<String> = asked()
            .into_iter()
            .flat_map(|(mbean, asked)| {
                let of = |kind: &str, names: BTreeSet<String>| -> Vec<String> {
                    names
                        .into_iter()
                        .map(|name| format!("{kind} {mbean} {name}"))
                        .collect()
                };
                [of("read", asked.attributes), of("call", asked.operations)].concat()
            })
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn a_question_of_no_module_is_noticed() {
        let ours = Question::read(STORAGE_SERVICE, &["ReleaseVersion", "OperationMode"]);
        assert!(has(&ours));
        for other in [
            Question::read(STORAGE_SERVICE, &["ReleaseVersion", "AllDataFileLocations"]),
            Question::read("java.lang:type=Runtime", &["SystemProperties"]),
            Question::exec(STORAGE_SERVICE, "decommission(boolean)", []),
        ] {
            assert!(!has(&other), "{other:?}");
        }
    }
}
