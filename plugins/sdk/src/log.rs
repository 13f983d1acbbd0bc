//! Lines for the person who looks into what a plugin did.
//!
//! ```no_run
//! ringkeeper_sdk::log::info(format_args!("{} nodes", 3));
//! ```

use std::fmt::Display;

pub use crate::bindings::ringkeeper::maintenance::log::Level;
use crate::bindings::ringkeeper::maintenance::log::write;

/// Step by step.
pub fn trace(message: impl Display) {
    write(Level::Trace, &message.to_string());
}

/// For the plugin's author.
pub fn debug(message: impl Display) {
    write(Level::Debug, &message.to_string());
}

/// For the operator, on a quiet day.
pub fn info(message: impl Display) {
    write(Level::Info, &message.to_string());
}

/// For the operator, now.
pub fn warn(message: impl Display) {
    write(Level::Warn, &message.to_string());
}

/// Something failed.
pub fn error(message: impl Display) {
    write(Level::Error, &message.to_string());
}
