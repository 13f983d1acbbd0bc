//! What is read over CQL: the schema, and what is remembered of repairs.

mod failure;
mod one_node;
mod read_error;
mod repairs;
mod replication;
mod schema;
mod session;

pub(crate) use session::Cql;
