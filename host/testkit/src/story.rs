//! A scenario, what one seed makes of it, and how that ended.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use ringkeeper_config::Scenario;
use ringkeeper_seams::Seams;

use crate::draw::draw;
use crate::host;
use crate::live::Onlooker;
use crate::mutation::Mutation;
use crate::outcome::Outcome;
use crate::places::Places;
use crate::planned::PlannedFault;
use crate::telling::Telling;

/// What a story is told with, beside the scenario.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Lets faults strike that nobody could survive. What follows from them is not judged: goals are left out.
    pub unfair: bool,
    /// Safeguards left out.
    pub omitted: BTreeSet<Mutation>,
    /// Keeps the log of stories that pass.
    pub keeps_log: bool,
    /// Where compiled plugins are kept; nowhere where none is named.
    pub cache_dir: Option<PathBuf>,
}

/// A scenario, and what one seed makes of it.
#[derive(Clone, Debug)]
pub struct Story {
    /// The scenario.
    pub scenario: Arc<Scenario>,
    /// The seed: latencies, ids, and everything random in the host.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Vec<PlannedFault>,
    /// How it is told.
    pub options: Options,
}

impl Story {
    /// What this seed draws from the scenario.
    #[must_use]
    pub fn of_seed(scenario: Arc<Scenario>, seed: u64, options: Options) -> Self {
        let nodes = node_names(&scenario);
        let faults = draw(&scenario, &nodes, seed);
        Self {
            scenario,
            seed,
            faults,
            options,
        }
    }
}

fn node_names(scenario: &Scenario) -> Vec<String> {
    let seams = Seams::simulation(0, scenario.begin);
    let cluster = host::cluster(scenario, &seams);
    Places::of(scenario, &cluster)
        .names()
        .map(str::to_owned)
        .collect()
}

/// Tells a story on a runtime of its own whose time passes only when everybody waits.
///
/// # Panics
/// When the operating system gives no runtime.
#[must_use]
pub fn tell(story: &Story) -> Outcome {
    // Begun within the runtime: outside of it the time would be the machine's, and each telling a fraction of a
    // millisecond off the others.
    runtime().block_on(async { Telling::begin(story).go_on().await })
}

/// As [`tell`], while somebody looks on, and sets the pace by taking their time for each look. Where they leave, the story
/// breaks off, and its end says no more than that.
///
/// # Panics
/// When the operating system gives no runtime.
#[must_use]
pub fn tell_live(story: &Story, onlooker: &mut dyn Onlooker) -> Outcome {
    runtime().block_on(async { Telling::begin(story).before(onlooker).go_on().await })
}

fn runtime() -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    #[expect(
        clippy::expect_used,
        reason = "a runtime without threads or I/O needs nothing"
    )]
    let runtime = runtime.expect("a runtime");
    runtime
}

#[cfg(test)]
mod tests;
