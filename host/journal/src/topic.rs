//! What events belong together, and which of them end a matter.

use std::fmt;

use crate::{AccessEvent, Event, RunEvent, RunId};

/// The matter an event belongs to: `finding/<operation>/<key>`, `node/<id>`, `run/<id>`, `plan/<hash>`,
/// `schedule/<operation>`, `due/<operation>`, `agent/<address>`, `access/<token>`, `access-use/<token>`, `plugin/<name>`, `freeze` or `host`. Written beside the event, so it is
/// never changed once released.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Topic(String);

/// How the events of a topic grow old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ageing {
    /// Each is a matter of its own.
    Alone,
    /// What comes up to an event that closes is over.
    Episodes,
    /// All of it is over when it is closed.
    Whole,
    /// Only the newest matters.
    Superseded,
}

impl Topic {
    /// The topic of a run.
    #[must_use]
    pub fn of_run(run: &RunId) -> Self {
        Self(format!("run/{run}"))
    }

    /// A topic as it was written.
    pub(crate) const fn written(text: String) -> Self {
        Self(text)
    }

    /// The topic as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn ageing(&self) -> Ageing {
        match self.0.split('/').next() {
            Some("finding") => Ageing::Episodes,
            Some("node" | "plan") => Ageing::Alone,
            // An agent is known as long as it is enrolled, what became of a token as long as the host is, and a version of a
            // plugin for ever.
            Some("run" | "agent" | "access" | "plugin") => Ageing::Whole,
            _ => Ageing::Superseded,
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Event {
    /// The matter it belongs to.
    #[must_use]
    pub fn topic(&self) -> Topic {
        match self {
            Self::FindingOpened { operation, finding } | Self::FindingChanged { operation, finding } => {
                Topic(format!("finding/{operation}/{}", finding.key))
            }
            Self::FindingCleared { operation, key } => Topic(format!("finding/{operation}/{key}")),
            Self::NodeChanged { node, .. } => Topic(format!("node/{node}")),
            Self::Run { run, .. } => Topic::of_run(run),
            Self::PlanKept { plan } => Topic(format!("plan/{}", plan.plan.hash)),
            Self::ScheduleChanged { operation, .. } => Topic(format!("schedule/{operation}")),
            Self::ScheduleDue { operation, .. } => Topic(format!("due/{operation}")),
            Self::Frozen { .. } | Self::Unfrozen { .. } => Topic("freeze".to_owned()),
            Self::Agent { node, .. } => Topic(format!("agent/{node}")),
            Self::Access { token, what } => match **what {
                AccessEvent::TokenUsed => Topic(format!("access-use/{token}")),
                AccessEvent::TokenMade { .. } | AccessEvent::TokenRevoked { .. } => {
                    Topic(format!("access/{token}"))
                }
            },
            Self::Plugin { plugin, .. } => Topic(format!("plugin/{plugin}")),
            Self::HostStarted { .. } => Topic("host".to_owned()),
        }
    }

    /// Whether it ends its matter. What a setting or a due time was is ended by the next one, not by itself.
    #[must_use]
    pub const fn closes(&self) -> bool {
        matches!(
            self,
            Self::FindingCleared { .. }
                | Self::NodeChanged { .. }
                | Self::Run {
                    what: RunEvent::Closed { .. },
                    ..
                }
        )
    }
}
