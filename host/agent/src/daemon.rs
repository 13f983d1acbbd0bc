//! The daemon: listens for its host, greets it, renews its certificate.

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::future::{Either, join, join3, join4, select};
use ringkeeper_api::{AGENT_PROTOCOL, CLOCKS_DIFFER, HelloAnswer, HelloRequest, RenewRequest};
use ringkeeper_cluster::ProcessDriver;
use ringkeeper_jvm::Jvm;
use ringkeeper_seams::{Clock, Seams, Timestamp};
use ringkeeper_trust::{AgentTrust, CLOCKS_APART, Enrolment, NewKey};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::beside::{self, Beside};
use crate::certificates::Certificates;
use crate::host::{HostUrl, ask};
use crate::jolokia::Jolokia;
use crate::machine::{Machine, MachineSettings};
use crate::process::Watcher;
use crate::routes::{Own, router};
use crate::state::State;
use crate::tools::{self, ToolOrders, ToolPlaces};
use crate::updates::Updates;
use crate::{AgentError, DEFAULT_PORT, orders};

/// How often the agent greets its host.
const GREETS_EVERY: Duration = Duration::from_secs(30);

/// How an agent runs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where it keeps its state.
    pub state: PathBuf,
    /// Where it listens; on its node's address where nothing is said.
    pub listen: Option<SocketAddr>,
    /// Gives its Cassandra a Jolokia.
    pub jvm: Arc<dyn Jvm>,
    /// Starts and stops its Cassandra.
    pub process: Arc<dyn ProcessDriver>,
    /// Tells of the machine.
    pub machine: MachineSettings,
    /// Where Cassandra writes its log, where its command line does not say it.
    pub logs: Option<PathBuf>,
    /// Where what is that tools are run with.
    pub tools: ToolPlaces,
    /// Clock, randomness and threads of tools.
    pub seams: Seams,
}

struct Daemon {
    state: State,
    host: HostUrl,
    clock: Arc<dyn Clock>,
    trust: RwLock<Arc<AgentTrust>>,
    /// What was last said of the host, so that it is said once.
    said: watch::Sender<Option<String>>,
}

/// Runs an agent until `stop` is done.
///
/// # Errors
/// When it was never enrolled, or cannot listen. That the host is silent is none: it goes on.
pub async fn run(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    stop: impl Future<Output = ()>,
) -> Result<(), AgentError> {
    let state = State::at(&settings.state);
    let trust = state
        .trust()?
        .ok_or_else(|| AgentError::NotEnrolled(settings.state.clone()))?;
    let at = settings
        .listen
        .unwrap_or_else(|| SocketAddr::new(trust.node(), DEFAULT_PORT));
    let listener = TcpListener::bind(at)
        .await
        .map_err(|source| AgentError::Listen { at, source })?;
    let daemon = Daemon {
        host: state.host()?,
        state,
        clock: Arc::clone(&clock),
        trust: RwLock::new(Arc::new(trust)),
        said: watch::Sender::new(None),
    };
    let node = daemon.trust().node();
    let (tell, told) = watch::channel(false);
    let stop = async {
        stop.await;
        tell.send_replace(true);
    };
    let stopped = |mut told: watch::Receiver<bool>| async move {
        let _ = told.wait_for(|told| *told).await;
    };
    let (orders, worker) =
        orders::open(&settings.state, Arc::clone(&settings.process)).map_err(|source| AgentError::State {
            doing: "read",
            path: orders::file_in(&settings.state),
            source,
        })?;
    let watcher = Arc::new(Watcher::new(
        &settings.state,
        Arc::clone(&settings.machine.cassandras),
        Arc::clone(&orders),
        Arc::clone(&clock),
        settings.machine.runtime.clone(),
    ));
    let tools = ToolOrders::open(
        &settings.state,
        settings.tools.clone(),
        settings.seams.clone(),
        orders.fence(),
        worker.on_files(),
    )
    .await?;
    let beside = Beside::new(
        node,
        Arc::clone(&watcher),
        Arc::clone(&tools),
        settings.logs.clone(),
        settings.machine.runtime.clone(),
    );
    let certificates = Arc::new(Certificates::new(node, Arc::clone(&clock)));
    let updates = Arc::new(Updates::new(Arc::clone(&settings.machine.packages)));
    let own = Own {
        node,
        clock,
        jolokia: Arc::new(Jolokia::new(Arc::clone(&settings.jvm))?),
        orders,
        process: Arc::clone(&settings.process),
        machine: Arc::new(Machine {
            settings: settings.machine.clone(),
            watcher: Arc::clone(&watcher),
            certificates: Arc::clone(&certificates),
            updates: Arc::clone(&updates),
        }),
    };
    tracing::info!(%node, %at, host = %daemon.host, "the agent listens");
    let tls = || daemon.trust().server().ok();
    let routes = router(own)
        .merge(tools::routes(node, tools))
        .merge(beside::routes(beside));
    let listens = ringkeeper_listener::serve(listener, tls, routes, stopped(told.clone()));
    let greets = daemon.greet(stopped(told.clone()));
    let no_more = stopped(told.clone());
    let watches = async {
        let watches = join3(
            Arc::clone(&watcher).watch(),
            certificates.watch(&watcher),
            updates.watch(),
        );
        let _ = select(pin!(watches), pin!(no_more)).await;
    };
    let works = async {
        let _ = select(pin!(worker.work()), pin!(stopped(told))).await;
    };
    join(stop, join4(listens, greets, watches, works)).await;
    tracing::info!("the agent has stopped");
    Ok(())
}

impl Daemon {
    fn trust(&self) -> Arc<AgentTrust> {
        Arc::clone(&self.trust.read().unwrap_or_else(PoisonError::into_inner))
    }

    async fn greet(&self, stop: impl Future<Output = ()>) {
        let mut stop = pin!(stop);
        loop {
            let done = async {
                let said = match self.greet_once().await {
                    Ok(()) => None,
                    Err(error) => Some(error.to_string()),
                };
                self.say(said);
                tokio::time::sleep(GREETS_EVERY).await;
            };
            if let Either::Left(_) = select(&mut stop, pin!(done)).await {
                return;
            }
        }
    }

    async fn greet_once(&self) -> Result<(), AgentError> {
        let trust = self.trust();
        let now = self.clock.now();
        if trust.is_due(now) {
            self.renew(&trust).await?;
        }
        let request = HelloRequest {
            protocol: AGENT_PROTOCOL,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: now,
        };
        let answer: HelloAnswer = ask(&self.host, self.trust().client()?, "hello", &request).await?;
        self.compare(now, answer.time);
        Ok(())
    }

    async fn renew(&self, trust: &AgentTrust) -> Result<(), AgentError> {
        let key = NewKey::make()?;
        let request = RenewRequest {
            protocol: AGENT_PROTOCOL,
            certificate_request: key.request()?,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            time: self.clock.now(),
        };
        let enrolment: Enrolment = ask(&self.host, trust.client()?, "renew", &request).await?;
        let renewed = self.state.keep(&key, enrolment)?;
        tracing::info!(ends = %renewed.expires(), "the certificate was renewed");
        *self.trust.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(renewed);
        Ok(())
    }

    /// Says what is wrong with the host when that changes.
    fn say(&self, said: Option<String>) {
        self.said.send_if_modified(|before| {
            if *before == said {
                return false;
            }
            match &said {
                Some(why) => tracing::warn!("{why}; it is tried again every {GREETS_EVERY:?}"),
                None if before.is_some() => tracing::info!("the host answers again"),
                None => tracing::info!("the host knows this agent"),
            }
            *before = said;
            true
        });
    }

    fn compare(&self, own: Timestamp, hosts: Timestamp) {
        let apart = own.since(hosts).max(hosts.since(own));
        if apart > CLOCKS_DIFFER {
            tracing::warn!(
                "the clocks of agent and host are {apart:?} apart; certificates bear {CLOCKS_APART:?}, Cassandra's timestamps do not"
            );
        }
    }
}
