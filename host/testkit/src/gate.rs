//! Fault points of the host, and the switches that show that checks can fail.

use std::collections::BTreeSet;

use async_trait::async_trait;
use ringkeeper_conductor::{FaultPoint, Faults, Safeguard};
use ringkeeper_config::FaultEvent;
use ringkeeper_journal::EffectId;

use crate::mutation::Mutation;
use crate::nemesis::Nemesis;

/// Lets faults strike where an effect passes a point.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    pub(crate) nemesis: Nemesis,
    pub(crate) omitted: BTreeSet<Mutation>,
}

#[async_trait]
impl Faults for Gate {
    async fn reach(&self, point: FaultPoint, _: &EffectId) {
        let event = match point {
            FaultPoint::BeforeCall => FaultEvent::BeforeCall,
            FaultPoint::AfterCall => FaultEvent::AfterCall,
            FaultPoint::AfterJournal => FaultEvent::AfterJournal,
            FaultPoint::BeforeEnd => FaultEvent::BeforeEnd,
            FaultPoint::AfterEnd => FaultEvent::AfterEnd,
        };
        if self.nemesis.seen(event) {
            std::future::pending::<()>().await;
        }
    }

    fn omits(&self, safeguard: Safeguard) -> bool {
        self.omitted.contains(&Mutation::Safeguard(safeguard))
    }
}
