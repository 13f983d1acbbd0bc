//! Standard output: tables for people, JSON for programs.

use std::io::{ErrorKind, Write as _};

use serde::Serialize;

use crate::arguments::Format;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::screen::Screen;

/// Where a command's answer goes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    pub(crate) format: Format,
    pub(crate) screen: Screen,
}

impl Output {
    /// Standard output in the format asked for.
    pub(crate) fn stdout(format: Format) -> Self {
        Self {
            format,
            screen: Screen::of_stdout(),
        }
    }

    /// Writes one value: a JSON document, or what `table` makes of it.
    pub(crate) fn one<T: Serialize>(
        &self,
        value: &T,
        table: impl FnOnce(&T, &Screen) -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table => write(&table(value, &self.screen)),
            Format::Json => write(&format!("{}\n", json(value, true)?)),
        }
    }

    /// Writes several values: JSON, one object a line, or what `table` makes of them all.
    pub(crate) fn several<T: Serialize>(
        &self,
        values: &[T],
        table: impl FnOnce(&[T], &Screen) -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Table => write(&table(values, &self.screen)),
            Format::Json => {
                let lines: Vec<_> = values
                    .iter()
                    .map(|value| json(value, false))
                    .collect::<Result<_, _>>()?;
                write(&lines.into_iter().map(|line| line + "\n").collect::<String>())
            }
        }
    }
}

fn json<T: Serialize>(value: &T, pretty: bool) -> Result<String, Failure> {
    let text = if pretty {
        serde_json::to_string_pretty(value)
    } else {
        serde_json::to_string(value)
    };
    text.map_err(|error| Failure::plain(Exit::Failed, format!("cannot write the answer as JSON: {error}")))
}

/// Writes to standard output. A reader that went away, as `head` does, is no failure.
pub(crate) fn write(text: &str) -> Result<(), Failure> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::plain(
            Exit::Failed,
            format!("cannot write to standard output: {error}"),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}
