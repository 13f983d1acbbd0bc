//! Values of the API as text for people.
//!
//! Every function here is pure: values and a [`Screen`](crate::screen::Screen) in, text out. What is shown follows from
//! what the host said; nothing is asked and nothing is guessed.

pub(crate) mod access;
pub(crate) mod agents;
pub(crate) mod audit;
pub(crate) mod beside;
pub(crate) mod coverage;
pub(crate) mod doctor;
pub(crate) mod effective;
pub(crate) mod event;
pub(crate) mod findings;
pub(crate) mod freeze;
pub(crate) mod grid;
pub(crate) mod guard;
pub(crate) mod inspection;
pub(crate) mod journal;
pub(crate) mod leases;
pub(crate) mod limits;
pub(crate) mod node;
pub(crate) mod nodes;
pub(crate) mod plan;
pub(crate) mod plugins;
pub(crate) mod progress;
pub(crate) mod quantity;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod schedules;
pub(crate) mod signing;
pub(crate) mod status;
pub(crate) mod steps;
pub(crate) mod tools;
pub(crate) mod windows;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod work_tests;
