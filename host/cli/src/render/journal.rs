//! Copies of the journal.

use ringkeeper_api::BackupAnswer;

use super::quantity::bytes;
use crate::screen::Screen;

/// A copy that was made.
pub(crate) fn backup(answer: &BackupAnswer, _: &Screen) -> String {
    format!(
        "The journal was copied to {} ({}).\n",
        answer.file,
        bytes(answer.size_bytes)
    )
}
