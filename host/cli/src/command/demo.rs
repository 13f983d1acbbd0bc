//! `ringkeeper demo`: the host at work on a simulated cluster, for somebody who looks on.

use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::path::Path;
use std::sync::Arc;

use ringkeeper_config::Scenario;
use ringkeeper_demo::{DemoError, SCENARIO, SPEED, recount, watch};
use ringkeeper_testkit::{Options, Outcome, Story};

use super::simulate::{cache_dir, exit_of, read};
use crate::arguments::DemoArguments;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// The seed of everything random: whoever looks twice sees the same.
const SEED: u64 = 1;

/// Shows it on a terminal, or writes it line by line.
pub(crate) fn run(arguments: &DemoArguments) -> Result<Exit, Failure> {
    let scenario = match &arguments.scenario {
        Some(file) => read(file)?.1,
        None => Scenario::parse(SCENARIO, Path::new("demo.toml")).map_err(Failure::from)?,
    };
    let options = Options {
        cache_dir: cache_dir(),
        ..Options::default()
    };
    let story = Story::of_seed(Arc::new(scenario), SEED, options);
    let is_seen = std::io::stdout().is_terminal() && std::io::stdin().is_terminal();
    let outcome = match arguments.plain || !is_seen {
        true => plain(&story, arguments.speed)?,
        false => {
            let colour = Screen::of_stdout().colour;
            watch(&story, arguments.speed.unwrap_or(SPEED), colour).map_err(failure)?
        }
    };
    Ok(outcome.map_or(Exit::Done, |outcome| exit_of(&outcome.end)))
}

/// A reader that went away, as `head` does, is no failure.
fn plain(story: &Story, speed: Option<u32>) -> Result<Option<Outcome>, Failure> {
    let mut write = |text: &str| {
        let mut stdout = std::io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    };
    match recount(story, speed, &mut write) {
        Ok(outcome) => Ok(Some(outcome)),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(None),
        Err(error) => Err(failure(DemoError::Terminal(error))),
    }
}

fn failure(error: DemoError) -> Failure {
    match error {
        DemoError::Terminal(_) => Failure::new(Exit::Failed, error.to_string(), "try it with --plain"),
        DemoError::Broke => Failure::plain(Exit::Failed, error.to_string()),
    }
}
