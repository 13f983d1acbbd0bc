//! The commands: each asks, and shows the answer.

mod access;
mod agent;
mod agents;
mod approve;
mod audit;
mod beside;
pub(crate) mod check;
mod demo;
pub(crate) mod doctor;
mod findings;
mod follow;
mod guard;
mod network;
mod nodes;
mod notify;
mod plan;
pub(crate) mod plugin;
mod repairs;
mod run;
mod runs;
pub(crate) mod schedules;
mod serve;
mod simulate;
mod status;
mod tools;
mod upkeep;
mod windows;

use clap::CommandFactory as _;
use ringkeeper_api::PlanRequest;

use crate::arguments::{Arguments, Command, Common};
use crate::client::Client;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, write};
use crate::place;
use crate::render::findings::Addresses;

/// Does what was asked.
pub(crate) async fn run(arguments: Arguments) -> Result<Exit, Failure> {
    let Arguments { common, command } = arguments;
    let output = Output::stdout(common.format);
    match command {
        Command::Status { cluster } => status::run(&client(&common)?, cluster.as_deref(), &output).await,
        Command::Nodes {
            beside: Some(command),
            ..
        } => beside::run(&client(&common)?, command, &output).await,
        Command::Nodes { node, cluster, .. } => {
            nodes::run(&client(&common)?, cluster.as_deref(), node.as_deref(), &output).await
        }
        Command::Plan {
            operation,
            cluster,
            parameters,
            all,
        } => {
            let request = PlanRequest {
                operation,
                cluster,
                parameters: parameters.into_iter().collect(),
            };
            plan::run(&client(&common)?, &request, all, &output).await
        }
        Command::Run(arguments) => run::run(&client(&common)?, arguments, &output).await,
        Command::Runs(command) => runs::run(&client(&common)?, command, &output).await,
        Command::Repairs(command) => repairs::run(&client(&common)?, command, &output).await,
        Command::Schedules(command) => schedules::run(&client(&common)?, command, &output).await,
        Command::Windows(command) => windows::run(&client(&common)?, command, &output).await,
        Command::Guard(command) => guard::run(&client(&common)?, command, &output).await,
        Command::Agents(command) => agents::run(&client(&common)?, command, &output).await,
        Command::Token(command) => access::run(&client(&common)?, command, &output).await,
        Command::Agent(command) => agent::run(command).await,
        Command::Tool(command) => tools::run(&common, command, &output).await,
        Command::Leases(command) => upkeep::leases(&client(&common)?, command, &output).await,
        Command::Freeze(command) => upkeep::freeze(&client(&common)?, command, &output).await,
        Command::Journal(command) => upkeep::journal(&client(&common)?, command, &output).await,
        Command::Audit(command) => audit::run(&common, command, &output).await,
        Command::Notify(command) => notify::run(&common, command).await,
        Command::Findings { cluster } => findings::run(&client(&common)?, cluster.as_deref(), &output).await,
        Command::Serve { check: true } => check::run(&common, &output).await,
        Command::Serve { check: false } => serve::run(&common).await,
        Command::Doctor => doctor::run(&common, &output).await,
        Command::Plugin(command) => plugin::run(&common, command, &output).await,
        Command::Demo(arguments) => apart(|| demo::run(&arguments)),
        Command::Simulate(arguments) => apart(|| simulate::run(&common, &arguments)),
        Command::Completions { shell } => completions(shell),
        Command::Man => man(),
    }
}

/// Does what tells stories. Each has a runtime of its own, which must not begin within this one.
fn apart(work: impl FnOnce() -> Result<Exit, Failure> + Send) -> Result<Exit, Failure> {
    let told = std::thread::scope(|scope| scope.spawn(work).join());
    told.unwrap_or_else(|_| {
        Err(Failure::plain(
            Exit::Failed,
            "the simulation broke; its last words are above",
        ))
    })
}

fn client(common: &Common) -> Result<Client, Failure> {
    match place::named_host(common) {
        Some(host) => Client::over_network(&host, common.token_file.as_deref(), common.ca.as_deref()),
        None => Client::new(&place::socket(common)?),
    }
}

fn completions(shell: clap_complete::Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "ringkeeper", &mut script);
    write(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}

/// The manual page, with a section for each command.
fn man() -> Result<Exit, Failure> {
    let failed = |error: std::io::Error| {
        Failure::plain(Exit::Failed, format!("cannot write the manual page: {error}"))
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(Arguments::command())
        .render(&mut page)
        .map_err(failed)?;
    write(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Done)
}

/// The cluster that is meant: the one named, else the only one.
async fn cluster_meant(client: &Client, named: Option<&str>) -> Result<String, Failure> {
    if let Some(name) = named {
        return Ok(name.to_owned());
    }
    let names: Vec<_> = client
        .clusters()
        .await?
        .into_iter()
        .map(|cluster| cluster.name)
        .collect();
    match names.as_slice() {
        [only] => Ok(only.clone()),
        _ => {
            let message = format!("the host has several clusters: {}", names.join(", "));
            Err(Failure::new(
                Exit::Usage,
                message,
                "say which with --cluster NAME",
            ))
        }
    }
}

/// Addresses of all nodes of a cluster. Without them host ids are shown, so a failure is none.
async fn addresses(client: &Client, cluster: &str) -> Addresses {
    let Ok(status) = client.cluster(cluster).await else {
        return Addresses::new();
    };
    let nodes = status.data_centers.into_iter().flat_map(|centre| centre.nodes);
    nodes.map(|node| (node.host_id, node.address)).collect()
}
