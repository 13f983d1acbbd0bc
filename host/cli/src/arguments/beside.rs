//! What can be typed about what lies beside a node.

use clap::{Args, Subcommand};
use ringkeeper_cluster::{LogLevel, LogQuestion};

#[derive(Debug, Subcommand)]
pub(crate) enum BesideCommand {
    /// Show the end of Cassandra's system log, read by the agent beside the node
    #[command(
        after_help = "Examples:\n  ringkeeper nodes log 10.0.0.1\n  ringkeeper nodes log 10.0.0.1 --level warn --lines 50"
    )]
    Log {
        #[command(flatten)]
        of: OfNode,
        /// Entries of this level and above: trace, debug, info, warn, error
        #[arg(long, value_name = "LEVEL", default_value_t)]
        level: LogLevel,
        /// At most so many entries; a stack trace belongs to the line that it follows
        #[arg(long, value_name = "COUNT", default_value_t = LogQuestion::default().lines, value_parser = lines)]
        lines: usize,
    },
    /// Show the snapshots on a node with the room that clearing each gives back, and how much room its disks have left
    #[command(after_help = "Examples:\n  ringkeeper nodes snapshots 10.0.0.1")]
    Snapshots {
        #[command(flatten)]
        of: OfNode,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OfNode {
    /// Address or beginning of the host id of the node
    pub(crate) node: String,
    /// Cluster; needed where the host has several
    #[arg(long, value_name = "CLUSTER")]
    pub(crate) cluster: Option<String>,
}

fn lines(text: &str) -> Result<usize, String> {
    let lines = text.parse().ok();
    lines
        .filter(|lines| (1..=LogQuestion::MOST_LINES).contains(lines))
        .ok_or_else(|| format!("it is no number from 1 to {}", LogQuestion::MOST_LINES))
}
