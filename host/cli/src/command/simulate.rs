//! `ringkeeper simulate`: the real host on simulated clusters, seed after seed.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_config::Scenario;
use ringkeeper_seams::{Clock as _, SystemClock};
use ringkeeper_testkit::{
    End, Options, Outcome, SeedRange, SeedResult, Story, Trace, columns, end_in_words, reproduce, run_seeds,
    shrink, tell,
};
use serde::Serialize;

use crate::arguments::{Common, Format, SimulateArguments};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::write;

/// Lines shown of a story that failed.
const SHOWN: usize = 30;
/// Stories told at most to make a failing one smaller.
const SHRINKS: usize = 60;

/// One seed, for programs.
#[derive(Serialize)]
struct SeedRow<'a> {
    scenario: &'a str,
    seed: u64,
    passed: bool,
    end: String,
    virtual_seconds: u64,
    faults: usize,
    plans: u64,
    journal_writes: u64,
    digest: &'a str,
}

/// Tells the seeds of a scenario, or one trace.
pub(crate) fn run(common: &Common, arguments: &SimulateArguments) -> Result<Exit, Failure> {
    let options = Options {
        unfair: arguments.unfair,
        omitted: arguments.omit.iter().copied().collect(),
        keeps_log: arguments.log,
        cache_dir: cache_dir(),
    };
    match (&arguments.replay, &arguments.scenario) {
        (Some(trace), _) => replay(common, arguments, trace, options),
        (None, Some(file)) => seeds(common, arguments, file, &options),
        (None, None) => Err(Failure::plain(Exit::Usage, "no scenario was named")),
    }
}

fn seeds(
    common: &Common,
    arguments: &SimulateArguments,
    file: &Path,
    options: &Options,
) -> Result<Exit, Failure> {
    let (text, scenario) = read(file)?;
    let telling = Telling {
        common,
        arguments,
        file,
        text: &text,
        started: SystemClock.monotonic(),
    };
    telling.tell(&Arc::new(scenario), options)
}

/// A scenario file, and what it says.
pub(super) fn read(file: &Path) -> Result<(String, Scenario), Failure> {
    let text = std::fs::read_to_string(file).map_err(|error| {
        let message = format!("{}: cannot be read: {error}", file.display());
        Failure::new(
            Exit::NotFound,
            message,
            "name a scenario file, such as one of scenarios/",
        )
    })?;
    let scenario = Scenario::parse(&text, file).map_err(Failure::from)?;
    Ok((text, scenario))
}

struct Telling<'a> {
    common: &'a Common,
    arguments: &'a SimulateArguments,
    file: &'a Path,
    text: &'a str,
    started: Duration,
}

impl Telling<'_> {
    fn tell(&self, scenario: &Arc<Scenario>, options: &Options) -> Result<Exit, Failure> {
        let jobs = self
            .arguments
            .jobs
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get));
        let limit = self.arguments.limit;
        let is_time_up = || limit.is_some_and(|limit| self.elapsed() >= limit);
        let (mut told, mut failed) = (0_u64, 0_u64);
        let mut end = Ok(Exit::Done);
        let virtual_time = run_seeds(
            scenario,
            &self.arguments.seeds,
            jobs,
            options,
            is_time_up,
            |result| {
                told += 1;
                match self.take(&result) {
                    Ok(Exit::Done) => {}
                    Ok(exit) => {
                        failed += 1;
                        end = Ok(exit);
                    }
                    Err(failure) => {
                        end = Err(failure);
                        return false;
                    }
                }
                true
            },
        );
        let exit = end?;
        if self.common.format == Format::Table {
            write(&summary(
                &scenario.name,
                &self.arguments.seeds,
                told,
                failed,
                virtual_time,
                self.elapsed(),
            ))?;
        }
        Ok(exit)
    }

    /// Shows one seed; what failed is made smaller, kept and shown.
    fn take(&self, result: &SeedResult) -> Result<Exit, Failure> {
        let SeedResult { story, outcome } = result;
        if self.arguments.twice {
            let again = tell(story);
            if again.digest != outcome.digest {
                let words = format!(
                    "seed {}: two stories of it differ: {} and {}\n",
                    story.seed, outcome.digest, again.digest
                );
                write(&words)?;
                return Ok(Exit::Differs);
            }
        }
        if self.common.format == Format::Json {
            write(&row(story, outcome))?;
        }
        let exit = exit_of(&outcome.end);
        if exit == Exit::Done {
            if self.arguments.log && self.common.format == Format::Table {
                write(&whole(story, outcome))?;
            }
            return Ok(exit);
        }
        let (story, outcome) = match self.arguments.no_shrink {
            true => (story.clone(), outcome.clone()),
            false => shrink(story, outcome.clone(), SHRINKS),
        };
        let trace = self
            .arguments
            .traces
            .join(format!("{}-{}.json", story.scenario.name, story.seed));
        Trace::of(&story, &outcome, self.text, self.file, env!("CARGO_PKG_VERSION"))
            .store(&trace)
            .map_err(|error| {
                Failure::new(
                    Exit::Failed,
                    format!("the trace of seed {} cannot be kept: {error}", story.seed),
                    "name a folder that can be written with --traces FOLDER",
                )
            })?;
        if self.common.format == Format::Table {
            let omitted = self
                .arguments
                .omit
                .iter()
                .map(|omitted| format!(" --omit {omitted}"));
            let unfair = self.arguments.unfair.then(|| " --unfair".to_owned());
            let extra: String = omitted.chain(unfair).collect();
            let again = reproduce(&self.file.display().to_string(), story.seed, &extra);
            write(&failure(
                &story,
                &outcome,
                result.story.faults.len(),
                &again,
                &trace,
                shown(self.arguments),
            ))?;
        }
        Ok(exit)
    }

    fn elapsed(&self) -> Duration {
        SystemClock.monotonic().saturating_sub(self.started)
    }
}

fn replay(
    common: &Common,
    arguments: &SimulateArguments,
    file: &Path,
    options: Options,
) -> Result<Exit, Failure> {
    let usage = |error: ringkeeper_testkit::TraceError| Failure::plain(Exit::Usage, error.to_string());
    let trace = Trace::load(file).map_err(usage)?;
    let story = trace.story(options).map_err(usage)?;
    let outcome = tell(&story);
    if common.format == Format::Json {
        write(&row(&story, &outcome))?;
        return Ok(exit_of(&outcome.end));
    }
    let again = format!("ringkeeper simulate --replay {}", file.display());
    match outcome.end {
        End::Passed => {
            if arguments.log {
                write(&whole(&story, &outcome))?;
            }
            write(&format!(
                "{} seed {}: passed now; when the trace was written: {}\n",
                story.scenario.name, story.seed, trace.end
            ))?;
        }
        _ => write(&failure(
            &story,
            &outcome,
            story.faults.len(),
            &again,
            file,
            shown(arguments),
        ))?,
    }
    if outcome.digest != trace.digest {
        write(&format!(
            "the story is not told word for word as version {} told it\n",
            trace.written_by
        ))?;
    }
    Ok(exit_of(&outcome.end))
}

pub(super) const fn exit_of(end: &End) -> Exit {
    match end {
        End::Passed => Exit::Done,
        End::Violated(_) => Exit::Violated,
        End::Unreached(_) => Exit::Unreached,
        End::NoHost(_) => Exit::Failed,
    }
}

fn row(story: &Story, outcome: &Outcome) -> String {
    let row = SeedRow {
        scenario: &story.scenario.name,
        seed: story.seed,
        passed: outcome.end == End::Passed,
        end: end_in_words(&outcome.end),
        virtual_seconds: outcome.told.as_secs(),
        faults: story.faults.len(),
        plans: outcome.plans,
        journal_writes: outcome.journal_writes,
        digest: &outcome.digest,
    };
    // A row of plain values always has a text.
    serde_json::to_string(&row).unwrap_or_default() + "\n"
}

/// Lines shown of a story.
const fn shown(arguments: &SimulateArguments) -> usize {
    match arguments.log {
        true => usize::MAX,
        false => SHOWN,
    }
}

/// A story that passed, whole.
fn whole(story: &Story, outcome: &Outcome) -> String {
    format!(
        "{} seed {}: passed\n{}\n\n",
        story.scenario.name,
        story.seed,
        columns(outcome, usize::MAX)
    )
}

fn failure(
    story: &Story,
    outcome: &Outcome,
    drawn: usize,
    again: &str,
    trace: &Path,
    shown: usize,
) -> String {
    let faults: Vec<String> = story.faults.iter().map(|fault| format!("  {fault}")).collect();
    let listed = match faults.is_empty() {
        true => "  none\n".to_owned(),
        false => faults.join("\n") + "\n",
    };
    format!(
        "FAILED {} seed {}: {}\nfaults, {} of {drawn} drawn:\n{listed}{}\nagain: {again}\ntrace: {}\n\n",
        story.scenario.name,
        story.seed,
        end_in_words(&outcome.end),
        story.faults.len(),
        columns(outcome, shown),
        trace.display()
    )
}

fn summary(
    name: &str,
    seeds: &SeedRange,
    told: u64,
    failed: u64,
    virtual_time: Duration,
    took: Duration,
) -> String {
    let days = virtual_time.as_secs_f64() / 86_400.0;
    let times = virtual_time.as_secs_f64() / took.as_secs_f64().max(0.001);
    let outcome = match failed {
        0 => "all passed".to_owned(),
        _ => format!("{failed} failed"),
    };
    format!(
        "{name}: {told} seeds of {seeds}, {outcome}; {days:.1} virtual days in {:.1} s, {times:.0} times real time\n",
        took.as_secs_f64()
    )
}

/// Where compiled plugins are kept between stories: the user's cache, if there is one.
pub(super) fn cache_dir() -> Option<PathBuf> {
    let named = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let cache = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")))?;
    Some(cache.join("ringkeeper/simulation"))
}
