//! Says what is wrong with a cluster, with the evidence, in the fewest words.
//!
//! The picture to keep in mind: [`world`] looks once and copies what matters into a plain [`World`](world::World);
//! every file under `rules/` is one pure function over it. One cause is one finding: what a dead node does to token
//! ranges, hints and clients is evidence inside the finding about that node. A fact that is unknown gives no finding.

mod availability;
mod machine;
mod numbers;
mod outage;
mod rules;
mod settings;
#[cfg(test)]
mod testing;
mod words;
mod world;

use ringkeeper_sdk::prelude::*;

use crate::settings::Settings;
use crate::world::World;

struct Health;

/// What `health.check` can be told.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
struct Check {
    /// Judge the availability and replication of these keyspaces alone; of all where it is left out.
    keyspaces: Option<Vec<String>>,
}

impl Plugin for Health {
    const ABOUT: About = about!();
    type Settings = Settings;

    fn operations() -> Vec<Operation<Settings>> {
        let summary = "Looks for what is wrong with the cluster; changes nothing.";
        vec![Operation::observing("health.check", summary, check).scheduled("*/5 * * * *")]
    }
}

fn check(request: Request<Check, Settings>) -> Result<Diagnosis, Refusal> {
    let settings = request.settings;
    let world = World::gather(&settings, request.parameters.keyspaces.as_deref())?;
    let findings = rules::judge(&world, &settings);
    Ok(Diagnosis {
        title: title(&world, &findings),
        findings,
    })
}

/// One line: how many nodes, and what was found.
fn title(world: &World, findings: &[Finding]) -> String {
    let nodes = words::count(world.members.len(), "node");
    let of = |severity| {
        findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    };
    let counts: Vec<String> = [
        (of(Severity::Severe), "severe finding"),
        (of(Severity::Warning), "warning"),
        (of(Severity::Advice), "piece of advice"),
        (of(Severity::Info), "remark"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| words::count(count, what))
    .collect();
    if counts.is_empty() {
        format!("{nodes}, nothing wrong")
    } else {
        format!("{nodes}: {}", counts.join(", "))
    }
}

ringkeeper_sdk::export!(Health);
