//! Token ranges and replica placement, as pure arithmetic.
//!
//! The picture to keep in mind: a circle of 2^64 tokens on which every node owns some points. A range runs from one
//! point (left out) to the next (taken in) and may wrap around. Placement strategies walk the circle and pick
//! replicas. Anyone may call this crate; it does no I/O, knows no clock and calls nobody.
//!
//! Nodes are named by a type of the caller's choosing, as long as it is ordered and cheap to copy.

mod circle;
mod coverage;
mod digest;
mod ledger;
mod numbered;
mod placement;
mod range;
mod span;
mod strategy;
mod token;

pub use coverage::{RangeSet, covers_whole_ring};
pub use ledger::{Ledger, Oldest};
pub use placement::{NotTheWholeRing, Placement, PlacementMap, RingMember};
pub use range::{SplitError, TokenRange};
pub use strategy::{Replicas, Replication, StrategyError};
pub use token::{ParseTokenError, Token};
