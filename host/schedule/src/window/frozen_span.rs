//! When a freeze holds.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ringkeeper_seams::Timestamp;

use super::{Freeze, impacts};
use crate::ScheduleError;
use crate::zone::{self, Comes};

/// How a freeze's moments are written.
const FORMAT: &str = "%Y-%m-%dT%H:%M";

/// A freeze that was understood. A moment that a change of daylight saving leaves out is the first one after the gap; of
/// one that comes twice, a freeze begins the first time and ends the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenSpan {
    freeze: Freeze,
    from: Timestamp,
    to: Timestamp,
}

impl FrozenSpan {
    /// Reads a freeze.
    ///
    /// # Errors
    /// When a time, the zone or an impact is not understood, it has no reason, or it ends before it begins.
    pub fn parse(freeze: &Freeze) -> Result<Self, ScheduleError> {
        Self::in_zone(freeze, &zone::named(&freeze.zone)?)
    }

    fn in_zone(freeze: &Freeze, zone: &TimeZone) -> Result<Self, ScheduleError> {
        impacts::check(&freeze.impacts)?;
        let from = moment(zone, &freeze.from, Comes::First).ok_or_else(|| ScheduleError::FreezeBegins {
            text: freeze.from.clone(),
        })?;
        let to = moment(zone, &freeze.to, Comes::Last).ok_or_else(|| ScheduleError::FreezeEnds {
            text: freeze.to.clone(),
        })?;
        if to <= from {
            return Err(ScheduleError::NeverFrozen {
                from: freeze.from.clone(),
                to: freeze.to.clone(),
            });
        }
        if freeze.reason.trim().is_empty() {
            return Err(ScheduleError::NoReason);
        }
        Ok(Self {
            freeze: freeze.clone(),
            from,
            to,
        })
    }

    /// As it was written.
    #[must_use]
    pub const fn freeze(&self) -> &Freeze {
        &self.freeze
    }

    /// When it begins.
    #[must_use]
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// When it ends.
    #[must_use]
    pub const fn to(&self) -> Timestamp {
        self.to
    }

    /// Whether it holds at this moment.
    #[must_use]
    pub fn holds_at(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

fn moment(zone: &TimeZone, text: &str, comes: Comes) -> Option<Timestamp> {
    let local = DateTime::strptime(FORMAT, text).ok()?;
    let moment = zone::moment(zone, local, comes)?;
    Some(Timestamp::from_millis(moment.as_millisecond()))
}

#[cfg(test)]
mod tests;
