//! What the step asks the host, so that a test can answer.

use ringkeeper_sdk::jobs::{Standing, standing};
use ringkeeper_sdk::prelude::*;
use ringkeeper_sdk::tool_catalogue::Argument;
use ringkeeper_sdk::{lifecycle, run, tools};

use crate::plan::Body;

/// The host, as far as the step needs it. The same call in the same attempt is the same job.
pub(crate) trait Host {
    /// Stops a node.
    fn stop(&mut self, node: &str) -> Result<Standing, Error>;
    /// Runs the tool.
    fn run(&mut self, body: &Body) -> Result<Standing, Error>;
    /// Starts a node.
    fn start(&mut self, node: &str) -> Result<Standing, Error>;
    /// Says how far the step has come.
    fn progress(&self, fraction: f64, message: &str);
}

/// The one that the plugin runs in.
pub(crate) struct RealHost;

impl Host for RealHost {
    fn stop(&mut self, node: &str) -> Result<Standing, Error> {
        standing(&lifecycle::stop(node)?)
    }

    fn run(&mut self, body: &Body) -> Result<Standing, Error> {
        let argument = |(name, value): &(String, String)| Argument {
            name: name.clone(),
            value: value.clone(),
        };
        let arguments: Vec<Argument> = body.arguments.iter().map(argument).collect();
        standing(&tools::run(&body.node, &body.tool, &arguments, body.intent())?)
    }

    fn start(&mut self, node: &str) -> Result<Standing, Error> {
        standing(&lifecycle::start(node)?)
    }

    fn progress(&self, fraction: f64, message: &str) {
        run::progress(fraction, message);
    }
}
