//! When operations run by themselves, and when work may happen.
//!
//! The picture to keep in mind: a [`Schedule`] is data that a file or a person wrote; parsed into a [`Timetable`], it
//! answers the moments at which its operation is due, and [`Timetable::decide`] says what follows from those that passed.
//! Which of them were served stands in the journal. Beside it, a [`Window`] parsed into [`OpenHours`] answers when work may
//! begin, and a [`Freeze`] parsed into a [`FrozenSpan`] when it must not. Nothing here knows a clock: the moment comes in as
//! a parameter, so that a year with both changes of daylight saving is a test of a millisecond.

mod decide;
mod error;
mod fields;
mod schedule;
mod timetable;
mod window;
mod zone;

pub use decide::{Decision, LATE_AFTER, Standing};
pub use error::ScheduleError;
pub use schedule::{Missed, Overlap, Schedule};
pub use timetable::Timetable;
pub use window::{
    CHANGE, Contradiction, DISRUPT, Day, Freeze, FrozenSpan, IMPACTS, LOOKS_AHEAD, OpenHours, Opening,
    Window, contradictions,
};

#[cfg(test)]
mod fuzz;
