//! How tools ended, and why they were not run, as the host is told.

use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_cluster::{ToolEnd, ToolReport};
use ringkeeper_seams::Timestamp;
use ringkeeper_tool_runs::{Ended, Report, RunError, Stream};

use super::kept::Heard;
use super::runner::Runner;

/// What came of a tool.
pub(super) fn told(report: Report) -> ToolReport {
    ToolReport {
        words: report.words,
        ended: match report.ended {
            Ended::NotRun => ToolEnd::Shown,
            Ended::Code(code) => ToolEnd::Code(code),
            Ended::Signal(signal) => ToolEnd::Signal(signal),
            Ended::TimedOut => ToolEnd::TimedOut,
        },
        output_bytes: report.output.bytes,
        complaint_bytes: report.complaints.bytes,
        is_cut: report.output.is_cut || report.complaints.is_cut,
        began_at: report.began_at,
        ended_at: report.ended_at,
    }
}

/// What came of a tool that ran when the agent ended.
pub(super) fn broken_off(heard: &Heard, runner: &Runner, now: Timestamp) -> ToolReport {
    let bytes = |stream| {
        runner
            .printed(&heard.run, stream, 0, 0)
            .map_or(0, |(_, length)| length)
    };
    ToolReport {
        words: vec![heard.call.tool.clone()],
        ended: ToolEnd::BrokenOff,
        output_bytes: bytes(Stream::Output),
        complaint_bytes: bytes(Stream::Complaints),
        is_cut: false,
        began_at: heard.began_at,
        ended_at: now,
    }
}

/// How many of these bytes are whole letters: the last one may go on in what is still to come.
pub(super) fn whole_letters(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => bytes.len(),
    }
}

/// Why a tool is not run, and what to do.
pub(super) fn problem(error: &RunError) -> Problem {
    let message = error.to_string();
    match error {
        RunError::Tool(_) => Problem::new(
            ProblemCode::Invalid,
            message,
            "`ringkeeper tool explain NAME` says what it takes",
        ),
        RunError::Instead { operation, .. } => Problem::new(
            ProblemCode::Refused,
            message,
            format!("ringkeeper run {operation}"),
        ),
        RunError::NodeRuns { .. } => Problem::new(
            ProblemCode::Refused,
            message,
            "stop the node first; the dry run does not need that",
        ),
        RunError::Never { .. } | RunError::NodeUnknown { .. } | RunError::OtherUser { .. } => {
            Problem::plain(ProblemCode::Refused, message)
        }
        RunError::Busy { .. } => {
            Problem::new(ProblemCode::Unavailable, message, "ask again when one has ended")
        }
        RunError::Missing(_) => Problem::plain(ProblemCode::NotFound, message),
        RunError::Installation(_)
        | RunError::Yaml { .. }
        | RunError::File { .. }
        | RunError::Child { .. } => Problem::plain(ProblemCode::Failed, message),
    }
}
