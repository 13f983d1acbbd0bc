//! Jolokia: JMX over HTTP.
//!
//! One POST carries several questions ([`Question`]) and its answer as many items, each of which may fail on its own
//! ([`Answers`]). Nothing here knows Cassandra; the catalogue of
//! what is asked is only compared with.

mod answers;
mod client;
mod excerpt;
mod failure;
mod http;
mod question;

pub(crate) use answers::Answers;
pub(crate) use client::Jolokia;
pub(crate) use excerpt::first_line;
pub(crate) use question::Question;

#[cfg(test)]
pub(crate) mod tests;
