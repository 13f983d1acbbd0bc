//! Values of the API as text for people.
//!
//! Every function here is pure: values and a [`Screen`](crate::screen::Screen) in, text out. What is shown follows from
//! what the host said; nothing is asked and nothing is guessed.

pub(crate) mod doctor;
pub(crate) mod effective;
pub(crate) mod findings;
pub(crate) mod grid;
pub(crate) mod inspection;
pub(crate) mod limits;
pub(crate) mod node;
pub(crate) mod nodes;
pub(crate) mod plan;
pub(crate) mod plugins;
pub(crate) mod quantity;
pub(crate) mod status;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;
