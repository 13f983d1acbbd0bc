//! Rows on a real cluster, from a command line.

use std::net::SocketAddr;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use ringkeeper_rows::Client;

#[derive(Debug, Parser)]
#[command(name = "ringkeeper-rows", about = "Rows on a real cluster")]
struct Arguments {
    /// A node that may be asked; repeated for several
    #[arg(long = "node", required = true, value_name = "ADDRESS:PORT")]
    nodes: Vec<SocketAddr>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a keyspace with three replicas, and tables in it that nothing but repair heals
    Create { keyspace: String, tables: Vec<String> },
    /// Write rows with the ids from `first` to before `end`, each to a majority of its replicas
    Write { table: String, first: i32, end: i32 },
    /// Print how many rows a single replica gives
    Count { table: String },
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<()> {
    let client = Client::of(arguments.nodes)?;
    match arguments.command {
        Command::Create { keyspace, tables } => client.create(&keyspace, 3, &tables),
        Command::Write { table, first, end } => client.write_to_majority(&table, first..end),
        Command::Count { table } => {
            println!("{}", client.read(&table)?.len());
            Ok(())
        }
    }
}
