//! What can be typed about work: runs, repairs, schedules, leases, freezes, the journal.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};
use ringkeeper_schedule::{Missed, Overlap};
use ringkeeper_seams::Timestamp;

use super::parameter;

/// The cluster that is meant.
#[derive(Debug, Args)]
pub(crate) struct Of {
    /// Cluster; needed where the host has several
    #[arg(long, value_name = "CLUSTER")]
    pub(crate) cluster: Option<String>,
}

/// One cluster, or every one.
#[derive(Debug, Args)]
pub(crate) struct Among {
    /// Only this cluster [default: every one]
    #[arg(long, value_name = "CLUSTER")]
    pub(crate) cluster: Option<String>,
}

/// What an operation is given.
#[derive(Debug, Args)]
pub(crate) struct Given {
    /// Parameter of the operation; a value that is not JSON is taken as text
    #[arg(short, long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub(crate) parameters: Vec<(String, serde_json::Value)>,
}

#[derive(Debug, Args)]
pub(crate) struct RunArguments {
    /// Operation, such as repair.full; `ringkeeper plugin list` shows all
    pub(crate) operation: String,
    #[command(flatten)]
    pub(crate) of: Of,
    #[command(flatten)]
    pub(crate) given: Given,
    /// Carry out the plan with this hash, that `ringkeeper plan` showed, and no other
    #[arg(long, value_name = "HASH")]
    pub(crate) approve: Option<String>,
    /// When it must be done, such as 2026-03-01T12:00:00Z: the earlier, the sooner its steps come before others
    #[arg(long, value_name = "TIME", value_parser = moment)]
    pub(crate) by: Option<Timestamp>,
    /// That is about security: once the time has passed, it waits for no window, though for a freeze still
    #[arg(long, requires = "by")]
    pub(crate) security: bool,
    /// Show how it goes until it ends
    #[arg(long)]
    pub(crate) follow: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List runs, the newest first
    #[command(
        after_help = "Examples:\n  ringkeeper runs list\n  ringkeeper runs list --cluster shop --format json"
    )]
    List {
        #[command(flatten)]
        among: Among,
    },
    /// Show a run: how far it is, what it waits for, its steps, goals and calls
    #[command(
        after_help = "Examples:\n  ringkeeper runs show shop-812\n  ringkeeper runs show shop-812 --all"
    )]
    Show {
        /// Id of the run
        id: String,
        /// Show every step, however many there are
        #[arg(long)]
        all: bool,
    },
    /// Show how a run goes until it ends; Ctrl-C ends the showing, not the run
    #[command(
        after_help = "Ends as the run does: 0 succeeded, 1 failed or cancelled, 3 refused; 130 after Ctrl-C.\n\n\
                      Examples:\n  ringkeeper runs follow shop-812\n  ringkeeper runs follow shop-812 --format json"
    )]
    Follow {
        /// Id of the run
        id: String,
    },
    /// Show what the tool of a run printed, as far as it is kept beside its node
    #[command(
        after_help = "What it printed to standard error comes there.\n\nExamples:\n  ringkeeper runs output shop-812\n  \
                      ringkeeper runs output shop-812 > status.txt"
    )]
    Output {
        /// Id of the run
        id: String,
    },
    /// Approve what a run waits with; without HASH it is shown first, and its hash asked for
    #[command(after_help = "Examples:\n  ringkeeper runs approve shop-812\n  \
                      ringkeeper runs approve shop-812 5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592")]
    Approve {
        /// Id of the run
        id: String,
        /// Hash of what is approved, in full
        hash: Option<String>,
    },
    /// Reject what a run waits with: nothing more of it begins, and it ends refused
    #[command(after_help = "Example:\n  ringkeeper runs reject shop-812 --reason 'not before the sale'")]
    Reject {
        /// Id of the run
        id: String,
        /// Why, for whoever wonders
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
    /// Begin no further piece of a run until it is resumed; what runs is left to end
    #[command(after_help = "Example:\n  ringkeeper runs pause shop-812")]
    Pause {
        /// Id of the run
        id: String,
    },
    /// Go on with a paused run
    #[command(after_help = "Example:\n  ringkeeper runs resume shop-812")]
    Resume {
        /// Id of the run
        id: String,
    },
    /// Begin no further piece of a run, and end it when what runs has ended
    #[command(
        after_help = "Examples:\n  ringkeeper runs cancel shop-812\n  ringkeeper runs cancel shop-812 --now"
    )]
    Cancel {
        /// Id of the run
        id: String,
        /// End what runs, too; refused where a repair that is not the host's would be ended with it
        #[arg(long)]
        now: bool,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum RepairsCommand {
    /// Show how far each table is repaired and how long its deleted data is safe, the most urgent first
    #[command(
        after_help = "Examples:\n  ringkeeper repairs coverage\n  ringkeeper repairs coverage --keyspace shop --format json"
    )]
    Coverage {
        /// Only tables of this keyspace
        #[arg(long, value_name = "KEYSPACE")]
        keyspace: Option<String>,
        #[command(flatten)]
        of: Of,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum SchedulesCommand {
    /// List schedules: when each operation runs by itself, and who said so
    #[command(after_help = "Example:\n  ringkeeper schedules list")]
    List {
        #[command(flatten)]
        among: Among,
    },
    /// Show what is due next, the soonest first
    #[command(after_help = "Example:\n  ringkeeper schedules next")]
    Next {
        #[command(flatten)]
        among: Among,
    },
    /// Set when an operation runs by itself; what is left out stays as it is
    #[command(
        override_usage = "ringkeeper schedules set [OPTIONS] <OPERATION>",
        after_help = "Examples:\n  ringkeeper schedules set repair.full --cron '0 2 * * SUN' --zone Europe/Berlin\n  \
                      ringkeeper schedules set repair.full --jitter 10m --overlap queue"
    )]
    Set(SetArguments),
    /// Let an operation no longer run by itself
    #[command(after_help = "Example:\n  ringkeeper schedules disable repair.full")]
    Disable(OfOperation),
    /// Let an operation run by itself again
    #[command(after_help = "Example:\n  ringkeeper schedules enable repair.full")]
    Enable(OfOperation),
    /// Go back to what the configuration or the plugin says
    #[command(after_help = "Example:\n  ringkeeper schedules reset repair.full")]
    Reset(OfOperation),
}

#[derive(Debug, Subcommand)]
pub(crate) enum WindowsCommand {
    /// List windows and freezes: which are open or hold, until when, and when they come next
    #[command(
        after_help = "Examples:\n  ringkeeper windows list\n  ringkeeper windows list --cluster shop --format json"
    )]
    List {
        #[command(flatten)]
        among: Among,
    },
}

/// The schedule of an operation.
#[derive(Debug, Args)]
pub(crate) struct OfOperation {
    /// Operation, such as repair.full
    pub(crate) operation: String,
    #[command(flatten)]
    pub(crate) of: Of,
}

#[derive(Debug, Args)]
#[command(group = ArgGroup::new("change").required(true).multiple(true)
    .args(["cron", "zone", "jitter", "overlap", "missed", "parameters"]))]
pub(crate) struct SetArguments {
    #[command(flatten)]
    pub(crate) which: OfOperation,
    /// When: minute, hour, day of month, month, day of week; or six fields, with seconds first
    #[arg(long, value_name = "FIELDS")]
    pub(crate) cron: Option<String>,
    /// Zone the fields are read in, such as Europe/Berlin
    #[arg(long, value_name = "ZONE")]
    pub(crate) zone: Option<String>,
    /// Put each run off at random, by at most this: 30s, 10m, 1h
    #[arg(long, value_name = "TIME", value_parser = span)]
    pub(crate) jitter: Option<Duration>,
    /// What to do when its time comes while it still runs: leave that time out, or run afterwards
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) overlap: Option<OverlapWord>,
    /// What to do about times that passed while the host did not run: run once, or leave them out
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(crate) missed: Option<MissedWord>,
    #[command(flatten)]
    pub(crate) given: Given,
}

/// What happens when its time comes while it still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OverlapWord {
    Skip,
    Queue,
}

impl From<OverlapWord> for Overlap {
    fn from(word: OverlapWord) -> Self {
        match word {
            OverlapWord::Skip => Self::Skip,
            OverlapWord::Queue => Self::Queue,
        }
    }
}

/// What happens to times that passed while the host did not run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MissedWord {
    RunOnce,
    Skip,
}

impl From<MissedWord> for Missed {
    fn from(word: MissedWord) -> Self {
        match word {
            MissedWord::RunOnce => Self::RunOnce,
            MissedWord::Skip => Self::Skip,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum LeasesCommand {
    /// List the nodes that are held, by which run, and until what
    #[command(after_help = "Example:\n  ringkeeper leases list")]
    List {
        #[command(flatten)]
        among: Among,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum FreezeCommand {
    /// Make no changing call in a cluster any more, until the freeze is lifted
    #[command(after_help = "Example:\n  ringkeeper freeze now --reason 'Black Friday'")]
    Now {
        /// Why, for whoever wonders
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        of: Of,
    },
    /// Lift the freeze of a cluster
    #[command(after_help = "Example:\n  ringkeeper freeze lift")]
    Lift {
        #[command(flatten)]
        of: Of,
    },
    /// Say whether clusters are frozen, since when and why
    #[command(after_help = "Example:\n  ringkeeper freeze status")]
    Status {
        #[command(flatten)]
        among: Among,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum JournalCommand {
    /// Copy the journal of the running host into a new file, on the host's machine
    #[command(
        after_help = "Example:\n  ringkeeper journal backup /var/backups/ringkeeper-$(date +%F).sqlite"
    )]
    Backup {
        /// The new file
        file: PathBuf,
    },
}

/// `2026-03-01T12:00:00Z`, `2026-03-01T13:00:00+01:00`.
pub(super) fn moment(text: &str) -> Result<Timestamp, String> {
    let moment: Result<jiff::Timestamp, _> = text.parse();
    moment
        .map(|moment| Timestamp::from_millis(moment.as_millisecond()))
        .map_err(|_| {
            "write it like 2026-03-01T12:00:00Z, or with another offset in the place of Z".to_owned()
        })
}

/// `30s`, `10m`, `1h30m`.
pub(super) fn span(text: &str) -> Result<Duration, String> {
    let span: Result<jiff::SignedDuration, _> = text.parse();
    span.ok()
        .and_then(|span| Duration::try_from(span).ok())
        .ok_or_else(|| "write it like 30s, 10m or 1h".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_an_offset() {
        let noon = Ok(Timestamp::from_millis(1_772_366_400_000));
        assert_eq!(moment("2026-03-01T12:00:00Z"), noon);
        assert_eq!(moment("2026-03-01T13:00:00+01:00"), noon);
        for text in ["", "tomorrow", "2026-03-01", "2026-03-01T12:00:00", "12:00"] {
            assert!(moment(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_are_written_as_people_do() {
        for (text, seconds) in [
            ("30s", 30),
            ("10m", 600),
            ("1h", 3_600),
            ("1h30m", 5_400),
            ("0s", 0),
        ] {
            assert_eq!(span(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "10", "-10m", "soon"] {
            assert!(span(text).is_err(), "{text}");
        }
    }
}
