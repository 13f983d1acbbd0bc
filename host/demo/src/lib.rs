//! The demonstration: one simulated morning, told at a pace that a person can follow.
//!
//! The picture to keep in mind: [`ringkeeper_testkit`] tells a story, host and plugins and all, exactly as a simulation
//! does. This room only looks on. At each look the `stager` makes one `Scene` of plain words out of what there is; the
//! `pace` waits until the wall clock has caught up; and either a terminal draws the newest scene ([`watch`]) or what
//! happened is written line by line ([`recount`]). Keys go the other way, as `Wish`es that are heard at the next look.

mod ending;
mod fault_choice;
mod keys;
mod live;
mod names;
mod narrator;
mod narrator_runs;
mod pace;
mod plain;
mod scene;
mod stager;
mod terminal;
mod view;

pub use plain::recount;
pub use terminal::{DemoError, watch};

/// The scenario that is told where none is named.
pub const SCENARIO: &str = include_str!("../../../scenarios/demo.toml");
/// How many times as fast as real time it is told where nothing is said: all of it in little more than three minutes.
pub const SPEED: u32 = 60;
/// No speed is above: a day in ten seconds.
pub const MOST_SPEED: u32 = 10_000;
