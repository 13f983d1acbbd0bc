//! What can be typed about tools of Cassandra.

use clap::{Args, Subcommand};

use super::work::Of;

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
    /// Run a tool beside a node, and show what it prints
    #[command(
        after_help = "What the tool prints goes to standard output and standard error, everything else to standard error. Ends with 0 \
                      where the tool did, 1 where it or its run failed, 3 where it was refused; 130 after Ctrl-C, which leaves it \
                      running.\n\nExamples:\n  ringkeeper tool run status --node 10.0.0.1\n  \
                      ringkeeper tool run tablestats --node 10.0.0.1 -- -H shop.orders\n  \
                      ringkeeper tool run cleanup --node 10.0.0.1 --really -- keyspace=shop"
    )]
    Run(ToolRunArguments),
}

#[derive(Debug, Args)]
pub(crate) struct ToolRunArguments {
    /// The tool, as `ringkeeper tool list` has it
    pub(crate) name: String,
    /// Its node: address, or beginning of the host id
    #[arg(long, value_name = "NODE")]
    pub(crate) node: String,
    #[command(flatten)]
    pub(crate) of: Of,
    /// Only say what it would do; what can break something does no more unless it is meant
    #[arg(long, conflicts_with = "really")]
    pub(crate) dry_run: bool,
    /// Run it although it can break something
    #[arg(long)]
    pub(crate) really: bool,
    /// Carry out the plan with this hash, that `ringkeeper plan tools.run` showed, and no other
    #[arg(long, value_name = "HASH")]
    pub(crate) approve: Option<String>,
    /// Do not wait for it; `ringkeeper runs output` shows later what it printed
    #[arg(long)]
    pub(crate) detach: bool,
    /// What it takes: NAME=VALUE, a value at its place, or the tool's own option
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(crate) arguments: Vec<String>,
}
