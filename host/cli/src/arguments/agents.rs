//! What can be typed about agents.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use ringkeeper_agent::DEFAULT_STATE;

use super::work::span;

#[derive(Debug, Subcommand)]
pub(crate) enum AgentsCommand {
    /// Make a token by which the agent of a node can be enrolled, once
    #[command(
        after_help = "The token is shown once and is a secret until it was used.\n\nExamples:\n  \
                      ringkeeper agents token 10.0.0.1\n  ringkeeper agents token 10.0.0.1 --for 10m"
    )]
    Token {
        /// Address of the node that the agent is for
        node: IpAddr,
        /// How long it may be used, from 1m to 168h [default: 1h]
        #[arg(long = "for", value_name = "TIME", value_parser = span)]
        lasts: Option<Duration>,
    },
    /// List the agents that the host knows or knew
    #[command(after_help = "Example:\n  ringkeeper agents list")]
    List,
    /// Show the agent of a node
    #[command(after_help = "Example:\n  ringkeeper agents show 10.0.0.1")]
    Show {
        /// Address of its node
        node: IpAddr,
    },
    /// Know the agent of a node no more: the host neither asks nor answers it until it is enrolled anew
    #[command(after_help = "Example:\n  ringkeeper agents revoke 10.0.0.1 --reason 'machine sold'")]
    Revoke {
        /// Address of its node
        node: IpAddr,
        /// Why, for the record
        #[arg(long, value_name = "TEXT", default_value = "")]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum AgentCommand {
    /// Make this agent known to its host
    #[command(
        after_help = "The token comes from `ringkeeper agents token ADDRESS` on the host. Where it must not stand on a command \
                      line, give it by RINGKEEPER_TOKEN.\n\nExample:\n  \
                      ringkeeper agent enroll --host https://ringkeeper.example:7171 --token rk1.…"
    )]
    Enroll(EnrollArguments),
    /// Run the agent
    #[command(after_help = "Example:\n  ringkeeper agent run")]
    Run {
        #[command(flatten)]
        state: StateArgument,
        /// Its configuration [default: /etc/ringkeeper/agent.toml, where there is one]
        #[arg(long, value_name = "FILE")]
        config: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(crate) struct EnrollArguments {
    /// Where the host listens for agents
    #[arg(long, value_name = "URL", required = true)]
    pub(crate) host: String,
    /// The token
    #[arg(long, value_name = "TOKEN", env = "RINGKEEPER_TOKEN", hide_env_values = true)]
    pub(crate) token: String,
    /// Replace what was enrolled here before
    #[arg(long)]
    pub(crate) again: bool,
    #[command(flatten)]
    pub(crate) state: StateArgument,
}

/// Where an agent keeps its state.
#[derive(Debug, Args)]
pub(crate) struct StateArgument {
    /// Where the agent keeps its key and certificate
    #[arg(long = "state", value_name = "FOLDER", default_value = DEFAULT_STATE)]
    pub(crate) folder: PathBuf,
}
