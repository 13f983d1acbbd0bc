//! What a tool prints, passed on as it comes.

use std::io::{ErrorKind, Write};

use ringkeeper_api::ToolOutput;
use ringkeeper_cluster::ToolStream;

use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;

/// What is known of one stream of a tool's.
#[derive(Debug)]
struct Known {
    stream: ToolStream,
    /// The byte that comes next.
    next: u64,
    is_over: bool,
}

/// Both streams of the tool of a run.
#[derive(Debug)]
pub(super) struct Printed {
    run: String,
    /// Whose; none before a tool was begun.
    job: Option<String>,
    known: [Known; 2],
    /// What was printed, where it is not passed on but kept for one document.
    kept: Option<[String; 2]>,
}

impl Printed {
    /// Of this run, from its beginning; `is_kept` keeps it instead of passing it on.
    pub(super) fn of(run: &str, is_kept: bool) -> Self {
        Self {
            run: run.to_owned(),
            job: None,
            known: Self::nothing(),
            kept: is_kept.then(Default::default),
        }
    }

    fn nothing() -> [Known; 2] {
        [ToolStream::Output, ToolStream::Complaints].map(|stream| Known {
            stream,
            next: 0,
            is_over: false,
        })
    }

    /// Passes on what there is by now. Whether that is all there will be of the tool that was begun last.
    pub(super) async fn pass_on(&mut self, client: &Client) -> Result<bool, Failure> {
        let mut place = 0;
        while let Some(known) = self.known.get(place) {
            if known.is_over {
                place += 1;
                continue;
            }
            let asked_from = known.next;
            let piece = client.tool_output(&self.run, known.stream, asked_from).await?;
            // Another tool was begun since, as after a step that was put off: it is shown from its beginning.
            if piece.job != self.job {
                self.job.clone_from(&piece.job);
                self.known = Self::nothing();
                let is_its_beginning = place == 0 && asked_from == 0;
                if !is_its_beginning {
                    place = 0;
                    continue;
                }
            }
            if !self.take(place, &piece)? {
                place += 1;
            }
        }
        Ok(self.known.iter().all(|known| known.is_over))
    }

    /// Passes a piece on. Whether another one follows at once.
    fn take(&mut self, place: usize, piece: &ToolOutput) -> Result<bool, Failure> {
        let Some(known) = self.known.get_mut(place) else {
            return Ok(false);
        };
        match self.kept.as_mut().and_then(|kept| kept.get_mut(place)) {
            Some(kept) => kept.push_str(&piece.text),
            None => match known.stream {
                ToolStream::Output => write(&mut std::io::stdout().lock(), &piece.text)?,
                ToolStream::Complaints => write(&mut std::io::stderr().lock(), &piece.text)?,
            },
        }
        known.is_over = piece.is_last;
        let grew = piece.next > known.next;
        known.next = piece.next;
        Ok(grew && !piece.is_last)
    }

    /// What was kept: output and complaints.
    pub(super) fn kept(self) -> [String; 2] {
        self.kept.unwrap_or_default()
    }
}

/// A reader that went away, as `head` does, is no failure.
fn write(to: &mut impl Write, text: &str) -> Result<(), Failure> {
    match to.write_all(text.as_bytes()).and_then(|()| to.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::plain(
            Exit::Failed,
            format!("what the tool prints cannot be written: {error}"),
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}
