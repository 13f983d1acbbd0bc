//! The schema, over CQL.

mod failure;
mod replication;
mod schema;
mod session;

pub(crate) use session::Cql;
