//! What came of a story.

use std::time::Duration;

use ringkeeper_cluster::NodeId;

use crate::checkers::Violation;
use crate::log::Line;

/// How a story ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing that must not be, and every goal reached.
    Passed,
    /// Something that must never happen has happened; the story ends there.
    Violated(Violation),
    /// Goals were not reached although everything was mended.
    Unreached(Vec<String>),
    /// The host does not start.
    NoHost(String),
}

/// A story that was told.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub end: End,
    /// Everything that happened.
    pub log: Vec<Line>,
    /// BLAKE3 of it.
    pub digest: String,
    /// How much virtual time it took.
    pub told: Duration,
    /// Plans that plugins made meanwhile.
    pub plans: u64,
    /// Transactions that were written to the journal.
    pub journal_writes: u64,
    /// Its nodes, by place and address.
    pub nodes: Vec<(String, NodeId)>,
}
