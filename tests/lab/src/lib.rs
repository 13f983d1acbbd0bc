//! A real Cassandra cluster on loopback, for tests, demos and people.
//!
//! The picture to keep in mind: a [`Lab`] owns a loopback network of its own (`127.77.Y.*`), and every node in it
//! is one Java process that holds on to the lab by a pipe. When the lab is dropped, or the process that owns it
//! is killed, the pipes close and the nodes die with it. So several labs run side by side, every node keeps the
//! ports an operator knows (7000, 9042, Jolokia on 8778), and nothing is left behind.
//!
//! The server is not a copy of Cassandra but Cassandra itself, taken from the Maven registry once per version
//! and kept in the target folder. It needs Linux, a JDK 17 and Maven. What differs from a production node: a
//! small heap, the C1 compiler alone and no bytecode verification (less than half the processor time to start), a
//! ring delay of two seconds, no dynamic snitch (a node answers a read itself where it can, however busy it is), and
//! tokens computed beforehand, so that all nodes of an empty cluster start at once instead of joining one after
//! another. On two cores shared with other work three nodes were ready in 15 to 20 seconds, six in about a minute;
//! each takes 600 MB.
//!
//! What it cannot do: run Cassandra 3.11 (that needs Java 8), grow or shrink after the start, encrypt the
//! traffic between nodes, or measure the speed of Cassandra itself, because of the compiler setting above.
//!
//! Everything here blocks. Async tests call it from a blocking thread.
#![expect(
    clippy::disallowed_methods,
    reason = "a lab waits for real processes in real time and is never part of a simulation"
)]

mod alone;
mod certificates;
mod claim;
mod command;
mod commands;
mod configuration;
mod control;
mod faults;
mod flags;
mod folder;
mod jars;
mod java;
mod lab;
mod launch;
mod log;
mod node;
mod settings;
mod tether;
mod tokens;
mod uplink;
mod wait;
mod wire_proxy;

pub use alone::Alone;
pub use certificates::Certificates;
pub use control::ask;
pub use jars::{jars_of, jolokia_jar, target_directory};
pub use java::Jdk;
pub use lab::Lab;
pub use node::LabNode;
pub use settings::{Credentials, JolokiaMode, LabSettings, Partitioner, Version};
pub use tether::Tether;
pub use uplink::Uplink;
pub use wait::wait_until;
pub use wire_proxy::{Ending, Fault, Wire, WireProxy, Wires};
