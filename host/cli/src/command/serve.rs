//! `ringkeeper serve`: the host.

use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use futures::future::Either;
use ringkeeper_access::Access;
use ringkeeper_agents::Agents;
use ringkeeper_api::AgentState;
use ringkeeper_cassandra::ToAgents;
use ringkeeper_conductor::{Conductor, NoFaults, Parts};
use ringkeeper_config::Config;
use ringkeeper_journal::{ComponentFolder, DirectoryLock, Journal, SqliteJournal};
use ringkeeper_sandbox::{Sandbox, SandboxSettings};
use ringkeeper_seams::{Seams, TaskGroup};
use ringkeeper_server::Doors;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::network;
use crate::arguments::Common;
use crate::assembly;
use crate::certificates;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::log;
use crate::notify;
use crate::place;

/// Where in the data directory the authorities are by which host and agents know each other.
pub(super) const TRUST_FOLDER: &str = "trust";
/// How long requests under way may take once the host was told to stop.
const LAST_ANSWERS: Duration = Duration::from_secs(10);

/// Runs the host until it is told to stop.
pub(crate) async fn run(common: &Common) -> Result<Exit, Failure> {
    let config = place::config(common)?;
    let named = place::named_socket(common);
    let socket = named.as_ref().unwrap_or(&config.host.socket);
    log::start(config.host.log).map_err(failed)?;
    let mut tasks = TaskGroup::new();
    // From here on a signal is heard, so that a host told to stop while it starts leaves nothing half done.
    let stop = until_stopped(&mut tasks)?;
    let data_directory = &config.host.data_directory;
    let _lock = DirectoryLock::take(data_directory).map_err(failed)?;
    warn_if_open(data_directory);
    let seams = Seams::production().map_err(failed)?;
    let journal = SqliteJournal::open(data_directory, seams.runtime.clone()).map_err(failed)?;
    let journal: Arc<dyn Journal> = Arc::new(journal);
    let agents = agents(&config, &seams, Arc::clone(&journal)).await?;
    let access = Access::open(Arc::clone(&journal), seams.clone())
        .await
        .map_err(failed)?;
    let network = network::listen(&config, &access).await?;
    let to_agents = agents.as_ref().map(to).transpose()?;
    let targets = notify::targets(&config)?;
    let parts = parts(&config, to_agents.as_ref(), &seams, Arc::clone(&journal))?;
    notify::begin(&config, &*journal).await.map_err(failed)?;
    let conductor = Conductor::start(parts, &mut tasks).await.map_err(failed)?;
    tasks.spawn(Arc::clone(&conductor).keep_audit());
    notify::start(&targets, &conductor, &journal, &seams, &mut tasks)?;
    if let (Some(agents), Some(at)) = (&agents, config.host.agents) {
        listen_for_agents(agents.clone(), at, stop.clone(), &mut tasks).await?;
    }
    let listen = config.host.listen.clone();
    tasks.spawn(certificates::watch(
        listen,
        agents.clone(),
        Arc::clone(&conductor),
    ));
    let socket_listener = ringkeeper_server::bind(socket).map_err(failed)?;
    let doors = Doors {
        socket: socket_listener,
        network,
    };
    let clusters: Vec<_> = config
        .clusters
        .iter()
        .map(|cluster| cluster.name.as_str())
        .collect();
    tracing::info!(socket = %socket.display(), clusters = clusters.join(","), "the host listens");

    let served = serve(doors, Arc::clone(&conductor), agents, access, stop);
    let served = match futures::future::select(Box::pin(served), Box::pin(conductor.taken_over())).await {
        Either::Left((served, _)) => served,
        Either::Right((error, _)) => Err(failed(error)),
    };
    tasks.abort().await;
    remove_socket(socket);
    served?;
    tracing::info!("the host has stopped");
    Ok(Exit::Done)
}

/// Serves until told to stop, then waits a while for answers under way.
async fn serve(
    doors: Doors,
    conductor: Arc<Conductor>,
    agents: Option<Agents>,
    access: Access,
    stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let serving = ringkeeper_server::serve(doors, conductor, agents, access, stopped(stop.clone()));
    let too_long = async {
        stopped(stop).await;
        tokio::time::sleep(LAST_ANSWERS).await;
    };
    match futures::future::select(Box::pin(serving), Box::pin(too_long)).await {
        Either::Left((served, _)) => served.map_err(failed),
        Either::Right(((), _)) => {
            tracing::warn!("gave up answers that were still under way");
            Ok(())
        }
    }
}

/// Who the host's agents are, where it is to have any.
async fn agents(
    config: &Config,
    seams: &Seams,
    journal: Arc<dyn Journal>,
) -> Result<Option<Agents>, Failure> {
    if config.host.agents.is_none() {
        return Ok(None);
    }
    let folder = config.host.data_directory.join(TRUST_FOLDER);
    let agents = Agents::open(&folder, journal, seams.clone())
        .await
        .map_err(failed)?;
    Ok(Some(agents))
}

/// How the host connects to them.
fn to(agents: &Agents) -> Result<ToAgents, Failure> {
    let known = agents.clone();
    Ok(ToAgents {
        tls: agents.client().map_err(failed)?,
        is_known: Arc::new(move |node| {
            let agent = known.agent(node);
            agent.is_some_and(|agent| agent.state == AgentState::Enrolled)
        }),
    })
}

/// Answers agents until the host stops.
async fn listen_for_agents(
    agents: Agents,
    at: SocketAddr,
    stop: watch::Receiver<bool>,
    tasks: &mut TaskGroup,
) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind(at).await.map_err(|error| {
        let message = format!("cannot listen for agents on {at}: {error}");
        Failure::new(
            Exit::Failed,
            message,
            "set `agents` in [host] to a free address and port",
        )
    })?;
    let tls = agents.listener().map_err(failed)?;
    let router = ringkeeper_server::agent_router(agents);
    tasks.spawn(async move {
        let tls = || Some(Arc::clone(&tls));
        ringkeeper_listener::serve(listener, tls, router, stopped(stop)).await;
    });
    tracing::info!(%at, "the host listens for agents");
    Ok(())
}

fn parts(
    config: &Config,
    agents: assembly::ByAgents<'_>,
    seams: &Seams,
    journal: Arc<dyn Journal>,
) -> Result<Parts, Failure> {
    let data_directory = &config.host.data_directory;
    let settings = SandboxSettings {
        cache_dir: Some(data_directory.join("plugin-cache")),
        ..SandboxSettings::default()
    };
    let most_component_bytes = settings.max_component_bytes;
    let sandbox = Sandbox::new(settings, seams.clone()).map_err(failed)?;
    let clusters = config
        .clusters
        .iter()
        .map(|cluster| assembly::cluster_parts(config, cluster, agents, seams));
    let plugins = ringkeeper_assembly::plugins(&config.plugins, &config.trust, seams.clock.now())
        .map_err(|error| Failure::plain(Exit::Usage, error.to_string()))?;
    Ok(Parts {
        clusters: clusters.collect::<Result<_, _>>()?,
        plugins,
        trust: config.trust.clone(),
        components: Arc::new(ComponentFolder::of(data_directory, most_component_bytes)),
        journal,
        sandbox,
        seams: seams.clone(),
        schedules: config
            .schedules
            .iter()
            .map(ringkeeper_assembly::schedule_parts)
            .collect(),
        windows: config.windows.iter().map(|window| window.hours.clone()).collect(),
        freezes: config.freezes.iter().map(|freeze| freeze.span.clone()).collect(),
        faults: Arc::new(NoFaults),
    })
}

/// Turns true when the host is told to stop, by SIGTERM or SIGINT.
pub(super) fn until_stopped(tasks: &mut TaskGroup) -> Result<watch::Receiver<bool>, Failure> {
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let (told, stop) = watch::channel(false);
    tasks.spawn(async move {
        futures::future::select(Box::pin(terminate.recv()), Box::pin(interrupt.recv())).await;
        tracing::info!("told to stop");
        told.send_replace(true);
    });
    Ok(stop)
}

/// Waits for the word to stop. If whoever gives it is gone, that is the word too.
pub(super) async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// What is in the directory is for the host's user alone, yet a host that only watches need not stop for it.
fn warn_if_open(data_directory: &Path) {
    let Ok(metadata) = std::fs::metadata(data_directory) else {
        return;
    };
    if let Some(mode) = mode_open_to_others(&metadata) {
        let shown = data_directory.display();
        tracing::warn!(
            "the data directory {shown} is open to other users (mode {mode:03o}); to close it: chmod 700 {shown}"
        );
    }
}

/// The permission bits, if they let anybody but the owner in.
fn mode_open_to_others(metadata: &std::fs::Metadata) -> Option<u32> {
    let mode = metadata.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

fn remove_socket(socket: &Path) {
    if let Err(error) = std::fs::remove_file(socket) {
        tracing::warn!(socket = %socket.display(), %error, "the socket could not be removed");
    }
}

fn failed(error: impl std::fmt::Display) -> Failure {
    Failure::plain(Exit::Failed, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_is_open_to_others_unless_its_mode_is_0700() {
        let folder = tempfile::tempdir().unwrap();
        for (mode, open) in [(0o700, None), (0o710, Some(0o710)), (0o755, Some(0o755))] {
            std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(mode)).unwrap();
            let metadata = std::fs::metadata(folder.path()).unwrap();
            assert_eq!(mode_open_to_others(&metadata), open, "{mode:o}");
        }
    }
}
