//! The end of Cassandra's log.
//!
//! A log has no bounds, and whoever asks for its end does: in lines and in bytes. It is read from its end backwards,
//! through the files that it was rotated to, until there is enough.

mod entry;
mod folder;
mod memory;

#[cfg(test)]
mod conformance;
#[cfg(test)]
mod tests;

pub use entry::Level;
pub use folder::LogFolder;
pub use memory::MemoryLog;

use crate::DriverError;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LogQuestion {
    /// Entries of this level and above.
    pub level: Level,
    /// At most so many entries; the last ones.
    pub entries: usize,
    /// At most so many bytes are answered, and at most [`LogQuestion::READ_FOR_EACH`] times as many read.
    pub bytes: usize,
}

impl LogQuestion {
    /// How many bytes may be read for each that is answered: entries of other levels are read and left out.
    pub const READ_FOR_EACH: usize = 16;
}

/// The end of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogTail {
    /// Entries, the last one last; a stack trace belongs to the entry that it follows.
    pub entries: Vec<String>,
    /// Whether there may be more, which the limits left out.
    pub is_cut: bool,
}

/// Cassandra's system log. A call may wait for disks: make it where work may block.
pub trait SystemLog: std::fmt::Debug + Send + Sync {
    /// The end of the log.
    ///
    /// # Errors
    /// When there is no log, or it cannot be read.
    fn tail(&self, question: LogQuestion) -> Result<LogTail, DriverError>;
}

/// Picks from pieces of a log, each a file or the end of one, the newest first. `piece` is given how many bytes of its end
/// may be read, and answers them with whether they begin where the file does; none when there are no more files.
fn pick(
    question: LogQuestion,
    mut piece: impl FnMut(usize) -> Result<Option<(String, bool)>, DriverError>,
) -> Result<LogTail, DriverError> {
    let mut tail = LogTail::default();
    let mut may_read = question.bytes.saturating_mul(LogQuestion::READ_FOR_EACH);
    let mut may_answer = question.bytes;
    'pieces: while let Some((text, is_whole)) = piece(may_read)? {
        may_read = may_read.saturating_sub(text.len());
        for entry in entry::split(&text, is_whole).into_iter().rev() {
            if entry::level(entry).is_none_or(|level| level < question.level) {
                continue;
            }
            if tail.entries.len() >= question.entries || entry.len() > may_answer {
                tail.is_cut = true;
                break 'pieces;
            }
            may_answer = may_answer.saturating_sub(entry.len());
            tail.entries.push(entry.to_owned());
        }
        if !is_whole {
            tail.is_cut = true;
            break;
        }
    }
    tail.entries.reverse();
    Ok(tail)
}
