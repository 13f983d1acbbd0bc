//! What state every node is in, and waiting until one is as wanted.

use std::time::Duration;

use crate::bindings::ringkeeper::maintenance::node_state as wit;
use crate::{Error, Timestamp};

pub use wit::{Answer, PeerStatus, PeerView, State, Transition, states, transitions, views};

/// Whether a node is there.
#[derive(Clone, Debug, PartialEq)]
pub enum Presence {
    /// It answers the host.
    Answers,
    /// It does not, why, and its peers do not all see it down: it may well run.
    Silent(String),
    /// It does not, and its peers see it down since then.
    Down(Timestamp),
}

impl Presence {
    /// What the host's last look says.
    #[must_use]
    pub fn of(state: &State) -> Self {
        match (&state.answer, state.status) {
            (Answer::Answered, _) => Self::Answers,
            (Answer::Silent(_), PeerStatus::Down) => Self::Down(state.status_since),
            (Answer::Silent(why), _) => Self::Silent(why.clone()),
        }
    }
}

/// What can be waited for of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Criterion {
    /// Its process answers the host, and takes part in gossip.
    Process,
    /// It is a normal member by its own word, and every live peer sees it up.
    Ring,
    /// It takes CQL clients.
    NativeTransport,
    /// All live nodes have one schema version.
    Schema,
    /// No live peer holds hints for it that are still to be delivered.
    Hints,
}

impl Criterion {
    /// Everything that can be waited for.
    pub const ALL: [Self; 5] = [
        Self::Process,
        Self::Ring,
        Self::NativeTransport,
        Self::Schema,
        Self::Hints,
    ];

    fn flag(self) -> wit::Criteria {
        match self {
            Self::Process => wit::Criteria::PROCESS,
            Self::Ring => wit::Criteria::RING,
            Self::NativeTransport => wit::Criteria::NATIVE_TRANSPORT,
            Self::Schema => wit::Criteria::SCHEMA,
            Self::Hints => wit::Criteria::HINTS,
        }
    }
}

/// Waits until all of these hold of a node without a break for `steady`, at most for `limit` (1 s to 10 min). Both count
/// in whole seconds, a broken one as a whole one. It is the call's own time that passes: the operator's `execute_wall`
/// may end the call first.
///
/// # Errors
/// Timed-out with what is still missing; access-denied while planning; invalid where nothing is named to be waited for
/// or the times do not fit; not-found; unavailable while the run is being cancelled.
pub fn wait_until(
    node: &str,
    criteria: &[Criterion],
    steady: Duration,
    limit: Duration,
) -> Result<(), Error> {
    let flags = criteria.iter().map(|criterion| criterion.flag());
    let flags = flags.fold(wit::Criteria::empty(), |all, flag| all | flag);
    wit::wait_until(node, flags, seconds(steady), seconds(limit))
}

/// Whole seconds, none of them lost; as many as there can be where they are more.
fn seconds(duration: Duration) -> u32 {
    let broken = u64::from(duration.subsec_nanos() > 0);
    u32::try_from(duration.as_secs().saturating_add(broken)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_of_a_second_is_lost() {
        assert_eq!(seconds(Duration::ZERO), 0);
        assert_eq!(seconds(Duration::from_secs(15)), 15);
        assert_eq!(seconds(Duration::from_millis(15_001)), 16);
        assert_eq!(seconds(Duration::MAX), u32::MAX);
    }
}
