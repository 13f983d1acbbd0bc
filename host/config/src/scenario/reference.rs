//! The reference of scenario files, as `docs/scenarios.md` ships it, and their JSON Schema.

use serde_json::Value as Json;

use crate::kind::Word;
use crate::{FaultEvent, FaultKind, GoalKind, reference, schema};

use super::file::{OWN, ROOT};
use super::fits::{Fit, Fits};
use super::{fault, goal};

const INTRODUCTION: &str = "\
# Scenarios

`ringkeeper simulate SCENARIO --seeds 0..64` runs the host with its plugins against a cluster in memory, in virtual time: the
days of a scenario pass in seconds. A scenario is a TOML file that says which cluster that is, what is done to it, and what
must come of it. What it leaves open is drawn by the seed, and the same seed always draws the same. This is enough to begin:

```toml
horizon = \"14d\"

[[data_centre]]
name = \"dc1\"
racks = [\"r1\", \"r2\", \"r3\"]

[[keyspace]]
name = \"orders\"
replicas = { dc1 = 3 }
tables = [\"lines\"]

[[fault]]
kind = \"crash\"
per_day = 0.5

[[goal]]
kind = \"no-divergence\"
```

- An unknown key is an error, and everything that is wrong is reported at once.
- Times are written like `\"500ms\"`, `\"15s\"`, `\"5m\"`, `\"1h30m\"` or `\"2d\"`; sizes like `\"64KiB\"`, `\"16MiB\"` or `\"1GiB\"`.
- `[policy]`, `[[plugin]]`, `[[schedule]]`, `[[window]]` and `[[freeze]]` may stand in it too. They are those of the
  [configuration](configuration.md). The cluster is called `simulated`.
- The repository has examples in `scenarios/`.
- `docs/scenario-schema.json` is a JSON Schema of the file, for editors.
";

/// The reference of scenario files in Markdown: every key with its default and meaning, every kind of fault and goal.
#[must_use]
pub fn scenario_reference() -> String {
    let sections = OWN.map(|section| {
        let words = match section.path {
            path if path == fault::SECTION.path => faults(),
            path if path == goal::SECTION.path => goals(),
            _ => String::new(),
        };
        format!("{}{words}", reference::section(section))
    });
    let top = format!("## At the top\n\n{}\n{}", ROOT.meaning, reference::keys(&ROOT));
    format!("{INTRODUCTION}\n{top}\n{}", sections.join("\n"))
}

/// The JSON Schema (draft 2020-12) of scenario files. It knows every key and the form of its value; what depends on other
/// keys is checked when the file is read.
#[must_use]
pub fn scenario_schema() -> Json {
    schema::whole(
        &ROOT,
        "Ringkeeper scenario",
        "A simulated cluster, what is done to it, and what must come of it.",
        &["data_centre", "keyspace"],
    )
}

fn faults() -> String {
    let kinds = list(|kind: FaultKind| format!("{} {}", kind.meaning(), keys_of(kind)));
    let events = list(|event: FaultEvent| event.meaning().to_owned());
    format!("\n### Kinds of faults\n\n{kinds}\n### Events\n\n{events}")
}

fn goals() -> String {
    let kinds = list(|kind: GoalKind| format!("{} {}", kind.meaning(), keys_of(kind)));
    format!("\n### Kinds of goals\n\n{kinds}")
}

fn list<W: Word>(says: impl Fn(W) -> String) -> String {
    W::EVERY
        .iter()
        .map(|word| format!("- **`{}`**: {}\n", word.word(), says(*word).trim_end()))
        .collect()
}

/// Which keys belong to a kind, beside those that belong to all.
fn keys_of<K: Fits>(kind: K) -> String {
    let those = |fit: Fit| -> Vec<String> {
        let keys = K::KEYS.iter().filter(|key| kind.fit(key) == fit);
        keys.map(|key| format!("`{key}`")).collect()
    };
    let sentence = |verb: &str, keys: Vec<String>| match keys.is_empty() {
        true => None,
        false => Some(format!("{verb} {}.", keys.join(", "))),
    };
    let needed = sentence("Needs", those(Fit::Needed));
    let possible = sentence("Takes", those(Fit::Possible));
    needed.into_iter().chain(possible).collect::<Vec<_>>().join(" ")
}
