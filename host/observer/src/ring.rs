//! The ring as last read, and reading it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures::future::BoxFuture;
use ringkeeper_cluster::{Endpoint, NodeError, NodeId, TopologyMember, TopologyReport, Warning};

use crate::ask::{Heard, management};
use crate::observer::Watch;
use crate::topology::{self, Shape};
use crate::trust::{Credited, credit};

/// The ring is read this often even if nothing seems to change.
const TOPOLOGY_EVERY: Duration = Duration::from_secs(5 * 60);
/// The ring is read this often while two words about it differ.
const DISPUTE_EVERY: Duration = Duration::from_secs(60);

/// The ring as last read.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    pub(crate) members: BTreeMap<NodeId, TopologyMember>,
    shape: Option<Shape>,
    read_at: Duration,
    /// How many nodes' words it was made of: two where there are two.
    words: usize,
    failed: BTreeSet<Endpoint>,
    warnings: Vec<Warning>,
    pub(crate) is_anyone_refused: bool,
}

pub(crate) type RingAnswers = Vec<(Endpoint, Result<TopologyReport, NodeError>)>;

impl Watch {
    /// Asks each of these for the ring; the answers in this order.
    pub(crate) async fn ask_for_ring(&self, witnesses: &[Endpoint]) -> RingAnswers {
        let ask = |via: &Endpoint| {
            let via = *via;
            let question = self
                .asker
                .limited(management(via), self.asker.cluster.topology(via));
            let answer: BoxFuture<'_, _> = Box::pin(async move { (via, question.await) });
            answer
        };
        let mut answers = self
            .asker
            .all(
                self.settings.membership_every,
                witnesses.iter().map(ask).collect(),
            )
            .await;
        answers.sort_by_key(|(via, _)| witnesses.iter().position(|witness| witness == via));
        answers
    }
}

impl Ring {
    /// Whether somebody's word about it does not fit.
    pub(crate) fn is_disputed(&self) -> bool {
        self.is_anyone_refused || !self.warnings.is_empty()
    }

    pub(crate) fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    pub(crate) fn is_due(&self, shape: &Shape, now: Duration, disputed: bool) -> bool {
        let age = now.saturating_sub(self.read_at);
        let changed = self
            .shape
            .as_ref()
            .is_none_or(|before| shape.differs_from(before));
        changed || age >= if disputed { DISPUTE_EVERY } else { TOPOLOGY_EVERY }
    }

    pub(crate) fn wants_another_word(&self, credited: &Credited<'_>) -> bool {
        self.words < 2 && credited.reports.len() > self.words && self.failed.is_empty()
    }

    /// Notes who answers where, so that one who is heard for the first time is no change of the ring.
    pub(crate) fn meet(&mut self, heard: &BTreeMap<Endpoint, Heard>) {
        if let Some(shape) = &mut self.shape {
            shape.meet(heard);
        }
    }

    /// Whom to ask. If all who answer are strangers to the ring as it was, the ring may be a new one: then them.
    pub(crate) fn witnesses(
        &self,
        credited: &Credited<'_>,
        heard: &BTreeMap<Endpoint, Heard>,
        name: &str,
    ) -> Vec<Endpoint> {
        if credited.reports.is_empty() {
            let nobody = BTreeMap::new();
            return topology::witnesses(&credit(heard, &nobody, name), &nobody, &self.failed);
        }
        topology::witnesses(credited, &self.members, &self.failed)
    }

    pub(crate) fn take(&mut self, answers: RingAnswers, shape: Shape, now: Duration) {
        self.failed.clear();
        self.warnings.clear();
        let mut reports = Vec::new();
        for (via, answer) in answers {
            match answer {
                Ok(report) => reports.push((via, report)),
                Err(error) => {
                    self.failed.insert(via);
                    let message = format!("{via} could not say who is in the ring: {}", error.message);
                    self.warnings.push(Warning {
                        about: format!("topology/{via}"),
                        message,
                    });
                }
            }
        }
        if reports.is_empty() {
            return;
        }
        let (members, differences) = topology::agree(&reports);
        self.members = members;
        self.words = reports.len();
        self.warnings.extend(differences);
        self.read_at = now;
        self.shape = Some(match self.shape.take() {
            Some(before) => shape.remembering(before),
            None => shape,
        });
    }
}
