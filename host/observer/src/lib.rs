//! Watches a cluster in three tiers and keeps one merged view of it.
//!
//! The picture to keep in mind: every 15 seconds all nodes are asked at once what they see, and their words are laid
//! over each other into one [`Snapshot`](ringkeeper_cluster::Snapshot), which everybody else reads. Numbers about
//! nodes and tables are read on slower beats of their own and delay nothing. A dead node costs one time limit.
//!
//! The rooms: `ask` puts questions with a limit; `trust` decides whose answer is believed; `topology` makes one ring
//! out of two nodes' words; `status` and `merge` judge every node by its peers; `keyspaces` places ranges and
//! compares them with the nodes' own claims. `contacts`, `ring` and `schema`
//! remember what was read and when it is due. Whatever decides is a function of values; I/O stands at the edge. Whoever owns an
//! [`Observer`] runs it in a task and reads its snapshots.

mod ask;
mod contacts;
mod keyspaces;
mod looks;
mod merge;
mod metrics;
mod observer;
mod ring;
mod schema;
mod settings;
mod status;
mod sweep;
mod topology;
mod trust;
mod verify;

pub use looks::Looker;
pub use observer::Observer;
pub use settings::{ConsistencyPolicy, ObserverSettings};

#[cfg(test)]
mod tests;
