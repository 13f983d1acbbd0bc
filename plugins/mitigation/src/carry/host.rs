//! What a step asks the host, so that a test can answer.

use std::time::Duration;

use ringkeeper_sdk::jobs::{Standing, standing};
use ringkeeper_sdk::node_state::{self, Criterion};
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::{lifecycle, run};

/// The host, as far as a step needs it.
pub(crate) trait Host {
    /// Starts a node, or answers what became of the same call made before in this attempt.
    fn start(&mut self, node: &str) -> Result<Standing, Error>;
    /// Waits until a node is as wanted for `soak` seconds, `limit` seconds at most.
    fn wait(&mut self, node: &str, soak: u32, limit: u32) -> Result<(), Error>;
    /// Says how far the step has come.
    fn progress(&self, fraction: f64, message: &str);
}

/// The one that the plugin runs in.
pub(crate) struct RealHost;

impl Host for RealHost {
    fn start(&mut self, node: &str) -> Result<Standing, Error> {
        standing(&lifecycle::start(node)?)
    }

    fn wait(&mut self, node: &str, soak: u32, limit: u32) -> Result<(), Error> {
        let seconds = |number: u32| Duration::from_secs(number.into());
        node_state::wait_until(node, &Criterion::ALL, seconds(soak), seconds(limit))
    }

    fn progress(&self, fraction: f64, message: &str) {
        run::progress(fraction, message);
    }
}
