//! Caches of rows, keys and counters.

use super::number;
use crate::{Parameter, Tool};

const COLD: &str = "Reads go to the disk until it is warm again.";
const ROUND: [Parameter; 3] = [
    number("key", 1_000_000_000, "That of keys."),
    number("row", 1_000_000_000, "That of rows."),
    number("counter", 1_000_000_000, "That of counters."),
];

const fn nodetool(name: &'static str, summary: &'static str) -> Tool {
    Tool::nodetool(name, summary)
}

pub(super) const TOOLS: &[Tool] = &[
    nodetool("invalidatecountercache", "Empties the cache of counters.").changes(COLD),
    nodetool("invalidatekeycache", "Empties the cache of keys.").changes(COLD),
    nodetool("invalidaterowcache", "Empties the cache of rows.").changes(COLD),
    nodetool("setcachecapacity", "Sets how large caches may be, in MiB.")
        .changes("Large ones take memory, small ones lose what they hold; gone at the next restart.")
        .takes(&ROUND)
        .look(&["info"]),
    nodetool(
        "setcachekeystosave",
        "Sets how many keys of each cache are kept over a restart.",
    )
    .changes("0 makes it slow after a restart.")
    .takes(&ROUND),
];
