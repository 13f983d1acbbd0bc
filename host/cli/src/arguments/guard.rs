//! What can be typed about the guard.

use clap::{Args, Subcommand, ValueEnum};
use ringkeeper_guard::WorkKind;
use ringkeeper_plan::Impact;

use super::work::Of;

#[derive(Debug, Subcommand)]
pub(crate) enum GuardCommand {
    /// Say whether work on some nodes could begin now, and if not, what stands in its way and what lifts that
    #[command(
        after_help = "Nothing is changed. Ends with 0 when admitted, 3 when blocked.\n\nExamples:\n  \
                      ringkeeper guard explain --node 10.0.0.1\n  \
                      ringkeeper guard explain --rack dc1/rack1 --impact disrupt\n  \
                      ringkeeper guard explain --node 10.0.0.1 --impact change --work repair --format json"
    )]
    Explain(ExplainArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArguments {
    /// Address or beginning of the host id of a node; several are judged as worked on at once
    #[arg(long = "node", value_name = "NODE", required_unless_present = "racks")]
    pub(crate) nodes: Vec<String>,
    /// All nodes of a rack
    #[arg(long = "rack", value_name = "DC/RACK")]
    pub(crate) racks: Vec<String>,
    /// Whether the nodes would be taken away, or only changed
    #[arg(long, value_enum, default_value_t, value_name = "IMPACT")]
    pub(crate) impact: ImpactWord,
    /// What kind of work it would be [default: disrupt or other, by the impact]
    #[arg(long, value_enum, value_name = "KIND")]
    pub(crate) work: Option<WorkWord>,
    #[command(flatten)]
    pub(crate) of: Of,
}

/// How strong work is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ImpactWord {
    Change,
    #[default]
    Disrupt,
}

impl From<ImpactWord> for Impact {
    fn from(word: ImpactWord) -> Self {
        match word {
            ImpactWord::Change => Self::Change,
            ImpactWord::Disrupt => Self::Disrupt,
        }
    }
}

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WorkWord {
    Snapshot,
    Upload,
    Repair,
    Tables,
    Disrupt,
    BringBack,
    Restore,
    Other,
}

impl From<WorkWord> for WorkKind {
    fn from(word: WorkWord) -> Self {
        match word {
            WorkWord::Snapshot => Self::Snapshot,
            WorkWord::Upload => Self::Upload,
            WorkWord::Repair => Self::Repair,
            WorkWord::Tables => Self::Tables,
            WorkWord::Disrupt => Self::Disrupt,
            WorkWord::BringBack => Self::BringBack,
            WorkWord::Restore => Self::Restore,
            WorkWord::Other => Self::Other,
        }
    }
}
