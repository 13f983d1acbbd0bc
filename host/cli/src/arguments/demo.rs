//! What can be typed after `demo`.

use std::path::PathBuf;

use clap::Args;
use ringkeeper_demo::{MOST_SPEED, SPEED};

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// How many times as fast as real time
    #[arg(
        long,
        value_name = "TIMES",
        help = format!("How many times as fast as real time [default: {SPEED}; with --plain as fast as it goes]"),
        value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_SPEED))
    )]
    pub(crate) speed: Option<u32>,
    /// Another scenario than the one built in
    #[arg(long, value_name = "FILE")]
    pub(crate) scenario: Option<PathBuf>,
    /// Write what happens line by line, as where the output is no terminal
    #[arg(long)]
    pub(crate) plain: bool,
}
