//! Who may ask a host over the network, and what: tokens with roles.
//!
//! The picture to keep in mind: a **book** that is the fold of one stream of the journal, and three deeds that append to it:
//! make a token, note that it was used, revoke it. What is kept of a token is its id and a hash of its secret, so that
//! nobody can ask with what lies in the journal. Whoever opens the host's Unix socket needs none: the kernel knows them.
//!
//! `server` asks it who stands at the door. The first token is made by the host itself, into a file that only its own user
//! can read ([`Access::keep_first`]).

mod access;
mod book;
mod file;
mod refused;
mod token;

pub use access::{Access, Admitted};
pub use file::FileError;
pub use refused::{OpenError, Refused, Rejected};
pub use token::{NoToken, Secret};

use std::time::Duration;

/// What the token is called that the host makes for itself.
pub const FIRST: &str = "first-admin";
/// What the file with it is called, in the data directory.
pub const FIRST_FILE: &str = "admin.token";
/// How long a token may be used where nothing is said.
pub const LIFETIME: Duration = Duration::from_secs(90 * 86_400);
/// The shortest and the longest time for which one is made.
const LIFETIMES: std::ops::RangeInclusive<Duration> =
    Duration::from_secs(60)..=Duration::from_secs(366 * 86_400);
