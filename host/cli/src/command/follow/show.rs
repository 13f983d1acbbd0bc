//! What a follower sees: a bar at the bottom of a terminal, lines above it.

use std::fmt;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ringkeeper_api::{EventRow, RunDetail, RunSummary};

use crate::arguments::Format;
use crate::failure::Failure;
use crate::output::{Output, write};
use crate::render;
use crate::screen::{Screen, Tone};

/// Pieces the bar is divided in.
const PIECES: u16 = 1_000;

/// Shows a run to a person or a program.
pub(crate) struct Show {
    output: Output,
    /// Hidden unless a person looks at a terminal.
    bar: ProgressBar,
}

impl Show {
    pub(crate) fn new(output: Output) -> Self {
        let seen = output.format == Format::Table && output.screen.width.is_some();
        let target = if seen {
            ProgressDrawTarget::stdout()
        } else {
            ProgressDrawTarget::hidden()
        };
        let bar = ProgressBar::with_draw_target(Some(u64::from(PIECES)), target);
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {prefix}\n{msg}") {
            bar.set_style(style);
        }
        Self { output, bar }
    }

    pub(crate) fn is_table(&self) -> bool {
        self.output.format == Format::Table
    }

    /// The run begins.
    pub(crate) fn opened(&self, run: &RunSummary) -> Result<(), Failure> {
        match self.output.format {
            Format::Table => self.write(&render::runs::opened(run, &self.screen())),
            // Programs get events alone; the first of them is this one.
            Format::Json => Ok(()),
        }
    }

    /// Something happened.
    pub(crate) fn event(&self, row: &EventRow) -> Result<(), Failure> {
        match self.output.format {
            Format::Table => match render::event::line(row, &self.screen()) {
                Some(line) => self.write(&format!("{line}\n")),
                None => Ok(()),
            },
            Format::Json => self
                .output
                .several(std::slice::from_ref(row), |_, _| String::new()),
        }
    }

    /// How far it is.
    pub(crate) fn progress(&self, run: &RunDetail) {
        let screen = self.screen();
        self.bar
            .set_position(render::progress::pieces(run.run.progress, PIECES));
        self.bar.set_prefix(render::progress::how_far(&run.run));
        self.bar.set_message(render::progress::now(run, &screen));
    }

    /// Something about the showing itself; programs find it apart from the events.
    pub(crate) fn note(&self, text: &str) -> Result<(), Failure> {
        match self.output.format {
            Format::Table => self.write(&format!("{}\n", self.screen().paint(Tone::Faint, text))),
            Format::Json => {
                eprintln!("{text}");
                Ok(())
            }
        }
    }

    /// It ended.
    pub(crate) fn end(&self, run: &RunDetail) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        match self.output.format {
            Format::Table => write(&render::run::ending(run, &self.screen())),
            Format::Json => Ok(()),
        }
    }

    /// The person looks away.
    pub(crate) fn left(&self, id: &str) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        self.note(&format!(
            "The run goes on. See it again: ringkeeper runs follow {id}; end it: ringkeeper runs cancel {id}"
        ))
    }

    /// The screen at this moment, so that ages are right however long it takes.
    fn screen(&self) -> Screen {
        self.output.screen.now()
    }

    fn write(&self, text: &str) -> Result<(), Failure> {
        self.bar.suspend(|| write(text))
    }
}

impl fmt::Debug for Show {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Show")
            .field("output", &self.output)
            .finish_non_exhaustive()
    }
}
