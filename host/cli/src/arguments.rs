//! What can be typed.

mod access;
mod agents;
mod audit;
mod beside;
mod demo;
mod guard;
mod notify;
mod plugins;
mod simulate;
mod tools;
mod work;

pub(crate) use access::TokenCommand;
pub(crate) use agents::{AgentCommand, AgentsCommand, EnrollArguments};
pub(crate) use audit::AuditCommand;
pub(crate) use beside::BesideCommand;
pub(crate) use demo::DemoArguments;
pub(crate) use guard::GuardCommand;
pub(crate) use notify::NotifyCommand;
pub(crate) use plugins::{KeyCommand, PluginCommand};
pub(crate) use simulate::SimulateArguments;
pub(crate) use tools::{ToolCommand, ToolRunArguments};
pub(crate) use work::{
    Among, FreezeCommand, JournalCommand, LeasesCommand, OfOperation, RepairsCommand, RunArguments,
    RunsCommand, SchedulesCommand, SetArguments, WindowsCommand,
};

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A maintenance host for Apache Cassandra.
#[derive(Debug, Parser)]
#[command(
    name = "ringkeeper",
    version,
    propagate_version = true,
    disable_help_subcommand = true,
    after_help = "Exit codes: 0 done, 1 failed or a problem found, 2 usage or configuration, 3 blocked or refused, \
                  4 not found, 5 host unreachable, 130 stopped showing something that goes on.\n\nExample:\n  ringkeeper status"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Common {
    /// Configuration file [default: ./ringkeeper.toml, then /etc/ringkeeper/ringkeeper.toml]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Unix socket of the host [default: as configured] [env: RINGKEEPER_SOCKET]
    // Read where it is used: clap takes a variable for an argument, which another argument may not stand beside.
    #[arg(long, global = true, value_name = "PATH")]
    pub(crate) socket: Option<PathBuf>,
    /// URL of the host, where it is asked over the network; needs --token-file [env: RINGKEEPER_HOST]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "socket")]
    pub(crate) host: Option<String>,
    /// File with the token to show there, closed to other users
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "RINGKEEPER_TOKEN_FILE",
        hide_env_values = true
    )]
    pub(crate) token_file: Option<PathBuf>,
    /// PEM file with the authority that signed the host's certificate [default: those of the system]
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "RINGKEEPER_CA",
        hide_env_values = true
    )]
    pub(crate) ca: Option<PathBuf>,
    /// Tables for people, or JSON for programs: one document, or one object a line where there are several
    #[arg(long, global = true, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) format: Format,
}

/// How answers are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    #[default]
    Table,
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the host
    #[command(
        after_help = "Examples:\n  ringkeeper serve --config /etc/ringkeeper/ringkeeper.toml\n  ringkeeper serve --check"
    )]
    Serve {
        /// Only check the configuration, and print every value in force with where it comes from
        #[arg(long)]
        check: bool,
    },
    /// Show clusters with their nodes and open findings, much as `nodetool status` does
    #[command(after_help = "Examples:\n  ringkeeper status\n  ringkeeper status analytics --format json")]
    Status {
        /// Show this cluster only
        cluster: Option<String>,
    },
    /// List the nodes of a cluster, or show everything about one
    #[command(
        after_help = "Examples:\n  ringkeeper nodes\n  ringkeeper nodes 10.0.0.1\n  ringkeeper nodes 6f1c2a3e --cluster analytics\n  ringkeeper nodes log 10.0.0.1 --level warn\n  ringkeeper nodes snapshots 10.0.0.1",
        args_conflicts_with_subcommands = true
    )]
    Nodes {
        #[command(subcommand)]
        beside: Option<BesideCommand>,
        /// Address or beginning of the host id of one node
        node: Option<String>,
        /// Cluster; needed where the host has several
        #[arg(long, value_name = "CLUSTER")]
        cluster: Option<String>,
    },
    /// Show what an operation would do, without doing it
    #[command(
        after_help = "Examples:\n  ringkeeper plan health.check\n  ringkeeper plan health.check --cluster analytics -p keyspaces='[\"orders\"]'"
    )]
    Plan {
        /// Operation, such as health.check; `ringkeeper plugin list` shows all
        operation: String,
        /// Cluster; needed where the host has several
        #[arg(long, value_name = "CLUSTER")]
        cluster: Option<String>,
        /// Parameter of the operation; a value that is not JSON is taken as text
        #[arg(short, long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
        parameters: Vec<(String, serde_json::Value)>,
        /// Show every step and goal, however many there are
        #[arg(long)]
        all: bool,
    },
    /// Show the host at work on a simulated cluster, at a pace that can be followed; needs nothing
    #[command(
        after_help = "Ends with 0 where it was left before the end, or every goal was reached; else as `simulate` does.\n\n\
                      Examples:\n  ringkeeper demo\n  ringkeeper demo --speed 60\n  ringkeeper demo --plain > story.txt"
    )]
    Demo(DemoArguments),
    /// Tell what the host would do on simulated clusters while things go wrong, under virtual time
    #[command(
        after_help = "Exit codes: 0 every seed passed, 1 a host did not start, 2 usage or scenario, 100 an invariant was violated, \
                      102 goals were not reached, 103 a seed was told in two ways.\n\nExamples:\n  \
                      ringkeeper simulate scenarios/storm.toml --seeds 0..64\n  \
                      ringkeeper simulate scenarios/storm.toml --for 10m --seeds 0..1000000\n  \
                      ringkeeper simulate --replay traces/storm-17.json"
    )]
    Simulate(SimulateArguments),
    /// Carry out an operation
    #[command(
        after_help = "With --follow it ends as the run does: 0 succeeded, 1 failed or cancelled, 3 refused; 130 after Ctrl-C, \
                      which leaves the run running.\n\nExamples:\n  ringkeeper run repair.full\n  \
                      ringkeeper run repair.full -p keyspaces='[\"shop\"]' --follow\n  \
                      ringkeeper run repair.full --by 2026-03-01T12:00:00Z\n  \
                      ringkeeper run repair.full --approve 8f3c0e0d2c6c1d0b5a2e4f7d9b1a3c5e7f90112233445566778899aabbccddee"
    )]
    Run(RunArguments),
    /// Look at runs, follow, pause, resume and cancel them
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper runs list\n  ringkeeper runs follow shop-812"
    )]
    Runs(RunsCommand),
    /// Look at how far tables are repaired
    #[command(subcommand, after_help = "Example:\n  ringkeeper repairs coverage")]
    Repairs(RepairsCommand),
    /// Say when operations run by themselves
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper schedules list\n  ringkeeper schedules set repair.full --cron '0 2 * * SUN' --zone Europe/Berlin"
    )]
    Schedules(SchedulesCommand),
    /// Look at when work may happen, and when it must not
    #[command(subcommand, after_help = "Example:\n  ringkeeper windows list")]
    Windows(WindowsCommand),
    /// Ask what stands in the way of work on a node
    #[command(
        subcommand,
        after_help = "Example:\n  ringkeeper guard explain --node 10.0.0.1"
    )]
    Guard(GuardCommand),
    /// Let agents be enrolled, look at them, and revoke them
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper agents token 10.0.0.1\n  ringkeeper agents list"
    )]
    Agents(AgentsCommand),
    /// Say who may ask the host over the network: make, list and revoke tokens
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper token create ci --role operator\n  ringkeeper token list"
    )]
    Token(TokenCommand),
    /// Be the agent beside a Cassandra node
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper agent enroll --host https://ringkeeper.example:7171 --token rk1.…\n  \
                      ringkeeper agent run"
    )]
    Agent(AgentCommand),
    /// Run the commands of nodetool and the sstable tools, and look at what each takes and can break
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper tool list\n  ringkeeper tool explain cleanup\n  ringkeeper tool run status --node 10.0.0.1"
    )]
    Tool(ToolCommand),
    /// Look at which nodes are held, and by what
    #[command(subcommand, after_help = "Example:\n  ringkeeper leases list")]
    Leases(LeasesCommand),
    /// Hold back every change of a cluster, and let it go again
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper freeze now --reason 'Black Friday'\n  ringkeeper freeze lift"
    )]
    Freeze(FreezeCommand),
    /// Copy what the host keeps
    #[command(
        subcommand,
        after_help = "Example:\n  ringkeeper journal backup /var/backups/ringkeeper.sqlite"
    )]
    Journal(JournalCommand),
    /// Look at who had what done, check that the log of it is whole, and export it
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper audit list\n  ringkeeper audit verify\n  ringkeeper audit export /var/backups/audit"
    )]
    Audit(AuditCommand),
    /// Try whether those who are to be told of findings can be told
    #[command(subcommand, after_help = "Example:\n  ringkeeper notify test pager")]
    Notify(NotifyCommand),
    /// Show what is wrong now, worst first, with evidence and what to do
    #[command(
        after_help = "Examples:\n  ringkeeper findings\n  ringkeeper findings --cluster analytics --format json"
    )]
    Findings {
        /// Show findings about this cluster only
        #[arg(long, value_name = "CLUSTER")]
        cluster: Option<String>,
    },
    /// Look at plugins
    #[command(
        subcommand,
        after_help = "Examples:\n  ringkeeper plugin list\n  ringkeeper plugin inspect repair.wasm"
    )]
    Plugin(PluginCommand),
    /// Check the configuration, the host's machine and the way to every node, and say how to fix what is wrong
    #[command(after_help = "Example:\n  ringkeeper doctor --config /etc/ringkeeper/ringkeeper.toml")]
    Doctor,
    /// Print a script that completes commands in a shell
    #[command(after_help = "Example:\n  ringkeeper completions bash > /etc/bash_completion.d/ringkeeper")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  ringkeeper man > /usr/local/share/man/man1/ringkeeper.1")]
    Man,
}

/// `name=value`; a value that is not JSON is a text.
fn parameter(text: &str) -> Result<(String, serde_json::Value), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => {
            let value = serde_json::from_str(value).unwrap_or_else(|_| serde_json::Value::from(value));
            Ok((name.to_owned(), value))
        }
        _ => Err("write it like name=value".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_arguments_are_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_command_shows_an_example() {
        fn look(command: &clap::Command) {
            let help = command
                .get_after_help()
                .map(ToString::to_string)
                .unwrap_or_default();
            assert!(
                help.contains("Example"),
                "{} shows no example",
                command.get_name()
            );
            command.get_subcommands().for_each(look);
        }
        look(&Arguments::command());
    }

    #[test]
    fn parameters_are_json_where_they_can_be() {
        for (text, value) in [
            ("a=1", json!(1)),
            ("a=true", json!(true)),
            ("a=quorum", json!("quorum")),
            ("a=\"1\"", json!("1")),
            ("a=[1,2]", json!([1, 2])),
            ("a=[\"orders\"]", json!(["orders"])),
            ("a=", json!("")),
            ("a=b=c", json!("b=c")),
        ] {
            assert_eq!(parameter(text), Ok(("a".to_owned(), value)), "{text}");
        }
        assert!(parameter("a").is_err());
        assert!(parameter("=1").is_err());
    }
}
