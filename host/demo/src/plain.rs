//! The same story in lines, for a pipe or a file.

use std::io;
use std::sync::mpsc::channel;
use std::time::Duration;

use ringkeeper_seams::{Clock as _, SystemClock};
use ringkeeper_testkit::{Next, Onlooker, Outcome, Stage, Story, tell_live};

use crate::pace::Pace;
use crate::scene::{Ending, Told};
use crate::stager::Stager;

/// Virtual time between two looks where nothing says how fast to be.
const LOOK: Duration = Duration::from_secs(60);

/// Tells a story in lines, as fast as it goes or at a speed.
///
/// # Errors
/// When a line cannot be written; the story breaks off there.
pub fn recount(
    story: &Story,
    speed: Option<u32>,
    write: &mut dyn FnMut(&str) -> io::Result<()>,
) -> io::Result<Outcome> {
    write(&format!("{}\n\n", story.scenario.about))?;
    let mut lines = Lines {
        pace: speed.map(|speed| Pace::new(speed, SystemClock.monotonic())),
        stager: Stager::default(),
        write,
        written: Ok(()),
    };
    let outcome = tell_live(story, &mut lines);
    let Lines {
        stager,
        write,
        written,
        ..
    } = lines;
    written?;
    let ending = Ending::of(&story.scenario, &outcome.end, &stager.narrator.tally);
    for (title, rows) in [
        ("What went wrong", &ending.wrong),
        ("What Ringkeeper did", &ending.did),
        ("Goals", &ending.goals),
    ] {
        write(&format!("\n{title}\n"))?;
        for row in rows {
            write(&format!("  {row}\n"))?;
        }
    }
    write(&format!("\n{}\n", ending.verdict()))?;
    Ok(outcome)
}

struct Lines<'a> {
    pace: Option<Pace>,
    stager: Stager,
    write: &'a mut dyn FnMut(&str) -> io::Result<()>,
    written: io::Result<()>,
}

impl Onlooker for Lines<'_> {
    fn look(&mut self, stage: &Stage<'_>) -> Next {
        for told in self.stager.hear(stage) {
            self.written = (self.write)(&line(&told));
            if self.written.is_err() {
                return Next::Leave;
            }
        }
        let Some(pace) = &mut self.pace else {
            return Next::After(LOOK);
        };
        let told = stage.now().since(stage.begin());
        let wait = pace.wait(SystemClock.monotonic(), told);
        // A channel on which nothing comes: what waits for a time without an executor.
        let (_kept, nothing) = channel::<()>();
        let _ = nothing.recv_timeout(wait);
        Next::After(pace.frame())
    }
}

fn line(told: &Told) -> String {
    format!("{}  {:<6}  {}\n", told.clock, told.who.word(), told.text)
}
