//! What a step asks the host, so that a test can answer.

use ringkeeper_sdk::cluster::{self, Placement, Table};
use ringkeeper_sdk::jobs::{Standing, State};
use ringkeeper_sdk::node_state::{self, PeerStatus};
use ringkeeper_sdk::repair::{self, Order};
use ringkeeper_sdk::{Error, NodeId, Timestamp, run};

/// A member of the ring, now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Member {
    /// Its host id.
    pub(crate) id: NodeId,
    /// Its address.
    pub(crate) address: String,
    /// Its data centre.
    pub(crate) data_centre: String,
    /// Since when it is not up, as its peers see it; none while it is.
    pub(crate) not_up_since: Option<Timestamp>,
}

/// The host, as far as a step needs it.
pub(crate) trait Host {
    /// The members.
    fn members(&self) -> Result<Vec<Member>, Error>;
    /// The tables of a keyspace. Errors: not-found.
    fn tables(&self, keyspace: &str) -> Result<Vec<Table>, Error>;
    /// Where the ranges of a keyspace are. Errors: not-found.
    fn placements(&self, keyspace: &str) -> Result<Vec<Placement>, Error>;
    /// Starts a repair, or answers what became of the same one started before.
    fn start(&mut self, order: &Order) -> Result<Standing, Error>;
    /// Whether the run was cancelled.
    fn cancelled(&self) -> bool;
    /// Says how far the step has come.
    fn progress(&self, fraction: f64, message: &str);
    /// The moment.
    fn now(&self) -> Timestamp;
}

/// The one that the plugin runs in.
pub(crate) struct RealHost;

impl Host for RealHost {
    fn members(&self) -> Result<Vec<Member>, Error> {
        let states = node_state::states()?;
        let members = cluster::nodes()?.into_iter().zip(states);
        Ok(members
            .map(|(node, state)| Member {
                id: node.id,
                address: node.address,
                data_centre: node.data_centre,
                not_up_since: (state.status != PeerStatus::Up).then_some(state.status_since),
            })
            .collect())
    }

    fn tables(&self, keyspace: &str) -> Result<Vec<Table>, Error> {
        cluster::tables(keyspace)
    }

    fn placements(&self, keyspace: &str) -> Result<Vec<Placement>, Error> {
        cluster::placements(keyspace)
    }

    fn start(&mut self, order: &Order) -> Result<Standing, Error> {
        // The handle goes at once; the id is enough.
        let job = repair::start(order)?;
        let state = job.state()?;
        let message = match state {
            State::Pending | State::Running | State::Succeeded => String::new(),
            State::Failed | State::Cancelled | State::Lost => job.message()?,
        };
        Ok(Standing {
            id: job.id(),
            state,
            message,
        })
    }

    fn cancelled(&self) -> bool {
        run::cancelled()
    }

    fn progress(&self, fraction: f64, message: &str) {
        run::progress(fraction, message);
    }

    fn now(&self) -> Timestamp {
        ringkeeper_sdk::clock::now()
    }
}
