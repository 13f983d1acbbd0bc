//! One concrete fault: what the seed has drawn.

use std::fmt;
use std::time::Duration;

use ringkeeper_config::{FaultEvent, FaultKind};
use serde::{Deserialize, Serialize};

/// A fault that will strike, or has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFault {
    /// Counts the faults of a story, from 1.
    pub number: u32,
    /// What.
    #[serde(with = "kind_word")]
    pub kind: FaultKind,
    /// Where, as `dc1/rack1/1`; empty for what is about the host.
    pub node: String,
    /// When.
    pub strikes: Strikes,
    /// For how many milliseconds.
    pub lasts_ms: u64,
    /// By how many milliseconds; a clock that is behind is so by less than none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_ms: Option<i64>,
    /// The plugin that loses a grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// The grant that it loses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grant: Option<String>,
}

/// When a planned fault strikes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "when", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Strikes {
    /// So many milliseconds after the beginning.
    At {
        /// Milliseconds.
        ms: u64,
    },
    /// When an event is seen for the nth time.
    On {
        /// Which.
        #[serde(with = "event_word")]
        event: FaultEvent,
        /// From 1.
        nth: u32,
    },
}

impl PlannedFault {
    pub(crate) const fn lasts(&self) -> Duration {
        Duration::from_millis(self.lasts_ms)
    }
}

impl fmt::Display for PlannedFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{} {}", self.number, self.kind.name())?;
        if !self.node.is_empty() {
            write!(f, " {}", self.node)?;
        }
        if let (Some(plugin), Some(grant)) = (&self.plugin, &self.grant) {
            write!(f, " {plugin} without {grant}")?;
        }
        if let Some(by) = self.by_ms {
            let sign = if by < 0 { "-" } else { "" };
            write!(f, " by {sign}{}", span(by.unsigned_abs()))?;
        }
        match &self.strikes {
            Strikes::At { ms } => write!(f, " at {}", span(*ms))?,
            Strikes::On { event, nth } => write!(f, " on {} {nth}", event.name())?,
        }
        write!(f, " for {}", span(self.lasts_ms))
    }
}

/// A time as a person would say it: `2d4h`, `90s`, `250ms`.
pub(crate) fn span(ms: u64) -> String {
    let units = [
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "m"),
        (1_000, "s"),
        (1, "ms"),
    ];
    let mut left = ms;
    let mut text = String::new();
    let mut parts = 0;
    for (size, unit) in units {
        let count = left / size;
        if count > 0 && parts < 2 {
            text.push_str(&format!("{count}{unit}"));
            parts += 1;
            left %= size;
        } else if parts > 0 {
            break;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

/// Words of [`FaultKind`].
pub(crate) mod kind_word {
    use ringkeeper_config::FaultKind;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(kind: &FaultKind, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(kind.name())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FaultKind, D::Error> {
        let word = String::deserialize(deserializer)?;
        FaultKind::EVERY
            .into_iter()
            .find(|kind| kind.name() == word)
            .ok_or_else(|| serde::de::Error::custom(format!("no fault is called `{word}`")))
    }
}

/// Words of [`FaultEvent`].
pub(crate) mod event_word {
    use ringkeeper_config::FaultEvent;
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(event: &FaultEvent, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(event.name())
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<FaultEvent, D::Error> {
        let word = String::deserialize(deserializer)?;
        FaultEvent::EVERY
            .into_iter()
            .find(|event| event.name() == word)
            .ok_or_else(|| serde::de::Error::custom(format!("no event is called `{word}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_in_two_units_at_most() {
        for (ms, text) in [
            (0, "0s"),
            (250, "250ms"),
            (90_000, "1m30s"),
            (190_800_000, "2d5h"),
            (86_400_000, "1d"),
        ] {
            assert_eq!(span(ms), text);
        }
    }

    #[test]
    fn a_planned_fault_is_read_back_as_it_was_written() {
        let fault = PlannedFault {
            number: 3,
            kind: FaultKind::HostKill,
            node: String::new(),
            strikes: Strikes::On {
                event: FaultEvent::JournalWrite,
                nth: 7,
            },
            lasts_ms: 30_000,
            by_ms: None,
            plugin: None,
            grant: None,
        };
        let text = serde_json::to_string(&fault).unwrap();
        assert_eq!(serde_json::from_str::<PlannedFault>(&text).unwrap(), fault);
        assert_eq!(fault.to_string(), "#3 host-kill on journal-write 7 for 30s");
    }
}
