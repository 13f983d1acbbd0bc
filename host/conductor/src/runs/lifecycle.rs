//! A node taken away and brought back: what a plugin asks for, how it is carried out, and what takes it back.
//!
//! All three calls are state-effects: their intention is journaled with its undo, then the node is looked at again and
//! again, and each look says what is to be called next. Nothing is remembered between two looks but what the journal
//! has, so a host that was killed goes on by looking.
//!
//! | wanted | the node | what follows |
//! |---|---|---|
//! | drained, stopped | serves | the guard is asked on a look made for it; then it is told to drain |
//! | | drains | looked at again |
//! | drained | drained | the end |
//! | stopped | drained | the process driver is told to stop it |
//! | | gone | the end |
//! | | another process than the one meant | never begun: somebody restarted it |
//! | serving | gone | the process driver is told to start it |
//! | | starts, joins its peers | looked at again |
//! | | drained | stopped, then started: a drained node serves only after that |
//! | | serves, and its peers see it up | the end |
//!
//! A call of a host that was killed may still be under way: a driver's call is not made again before its time limit has
//! passed, unless the node shows that it had its effect.

mod asked;
mod bring_back;
mod seen;
mod take_down;
mod undo;
mod wait;

pub(super) use seen::{place, place_of};
