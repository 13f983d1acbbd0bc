//! The agent: the same binary beside each Cassandra node, for what needs the node itself.
//!
//! The picture to keep in mind: it belongs to one node and one host. [`enrol`] makes a key, has the host sign it for a token,
//! and keeps both in the state directory; [`run`] then listens for that host alone, greets it twice a minute, and
//! renews its certificate long before that ends. What the host asks of Jolokia it passes on to the one that it attached to
//! its Cassandra (`jolokia`), and what the host orders about the process (`orders`) or to be run (`tools`) it carries out once,
//! journaled. How the machine is it tells when asked (`machine`), whether Cassandra runs it watches all the time
//! (`process`), when the certificates end that it shows (`certificates`), and what of the machine could be updated (`updates`). When somebody
//! asks, it shows the end of the log, snapshots with the room that is left, and what is installed (`beside`). It knows nothing of the cluster and decides
//! nothing.

mod beside;
mod certificates;
mod daemon;
mod enrolling;
mod error;
mod fence;
mod host;
mod jolokia;
mod machine;
mod orders;
mod process;
mod routes;
mod state;
mod tools;
mod updates;

pub use daemon::{Settings, run};
pub use enrolling::{Enrolled, Enrolling, enrol};
pub use error::AgentError;
pub use host::HostUrl;
pub use machine::MachineSettings;
pub use tools::ToolPlaces;

/// Where an agent keeps its state unless told otherwise.
pub const DEFAULT_STATE: &str = "/var/lib/ringkeeper-agent";
/// Where an agent listens unless told otherwise.
pub const DEFAULT_PORT: u16 = 7172;
