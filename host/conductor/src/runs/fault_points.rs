//! Places at which a test can end the host: around every call that changes something.

use async_trait::async_trait;
use ringkeeper_journal::EffectId;

/// A place around an effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FaultPoint {
    /// The intention is written, the call is not made.
    BeforeCall,
    /// The call was answered, and the answer is not written.
    AfterCall,
    /// The answer is written, and nobody was told.
    AfterJournal,
    /// The end of the effect is known, and not written.
    BeforeEnd,
    /// The end of the effect is written, and the step does not know.
    AfterEnd,
}

impl FaultPoint {
    /// All of them, in the order an effect passes them.
    pub const ALL: [Self; 5] = [
        Self::BeforeCall,
        Self::AfterCall,
        Self::AfterJournal,
        Self::BeforeEnd,
        Self::AfterEnd,
    ];
}

/// What happens at fault points: nothing, outside of tests.
#[async_trait]
pub trait Faults: std::fmt::Debug + Send + Sync {
    /// Called when an effect passes a point. One that never answers stops the host there, as a kill would.
    async fn reach(&self, point: FaultPoint, effect: &EffectId);
}

/// Nothing happens.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaults;

#[async_trait]
impl Faults for NoFaults {
    async fn reach(&self, _: FaultPoint, _: &EffectId) {}
}
