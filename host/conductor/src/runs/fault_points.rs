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

/// What keeps the host from doing harm, beside the guard. A simulation leaves one out to show that its checks notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safeguard {
    /// What a step took away is brought back however it ends.
    Undo,
    /// The guard is asked again directly before a node is taken away.
    AskAgain,
    /// Nothing whose answer was lost is begun again before it is known what became of it.
    InDoubt,
    /// A call that is done already is not made again.
    Replay,
    /// A node says what it repairs, directly before it is told to repair: what is not ours is another tool's.
    NodeAsked,
    /// A host that another one took over from does nothing more.
    TakeOver,
}

impl Safeguard {
    /// All of them.
    pub const EVERY: [Self; 6] = [
        Self::Undo,
        Self::AskAgain,
        Self::InDoubt,
        Self::Replay,
        Self::NodeAsked,
        Self::TakeOver,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Undo => "undo",
            Self::AskAgain => "ask-again",
            Self::InDoubt => "in-doubt",
            Self::Replay => "replay",
            Self::NodeAsked => "node-asked",
            Self::TakeOver => "take-over",
        }
    }
}

/// What happens at fault points: nothing, outside of tests.
#[async_trait]
pub trait Faults: std::fmt::Debug + Send + Sync {
    /// Called when an effect passes a point. One that never answers stops the host there, as a kill would.
    async fn reach(&self, point: FaultPoint, effect: &EffectId);

    /// Whether a safeguard is left out.
    fn omits(&self, safeguard: Safeguard) -> bool {
        let _ = safeguard;
        false
    }
}

/// Nothing happens.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFaults;

#[async_trait]
impl Faults for NoFaults {
    async fn reach(&self, _: FaultPoint, _: &EffectId) {}
}
