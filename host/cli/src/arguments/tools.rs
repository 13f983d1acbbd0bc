//! What can be typed about tools of Cassandra.

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum ToolCommand {
    /// List the commands of nodetool and the sstable tools that may be run
    #[command(after_help = "Examples:\n  ringkeeper tool list\n  ringkeeper tool list --all --format json")]
    List {
        /// Those that are refused here, too
        #[arg(long)]
        all: bool,
    },
    /// Say what a tool does, takes and can break
    #[command(
        after_help = "Examples:\n  ringkeeper tool explain cleanup\n  ringkeeper tool explain sstableverify --format json"
    )]
    Explain {
        /// The tool; a subcommand with a dash, as in repair_admin-list
        name: String,
    },
}
