use std::path::Path;

use super::*;
use crate::report::columns;

fn scenario(name: &str) -> Arc<Scenario> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../scenarios")
        .join(name);
    Arc::new(Scenario::load(&file).unwrap_or_else(|error| panic!("{error}")))
}

fn options() -> Options {
    Options {
        cache_dir: Some(std::env::temp_dir().join("ringkeeper-testkit-cache")),
        ..Options::default()
    }
}

#[test]
fn trying() {
    let name = std::env::var("SCENARIO").unwrap_or("quiet.toml".to_owned());
    let seeds: std::ops::Range<u64> =
        std::env::var("SEEDS").map_or(0..1, |seeds| seeds.parse::<crate::SeedRange>().unwrap().0);
    let scenario = scenario(&name);
    let mut options = options();
    options.mutation = std::env::var("MUTATION")
        .ok()
        .map(|name| Mutation::named(&name).unwrap());
    let started = std::time::Instant::now();
    crate::run_seeds(
        &scenario,
        &crate::SeedRange(seeds),
        2,
        &options,
        || false,
        |result| {
            let outcome = &result.outcome;
            println!(
                "{:?} seed {}: {:?} after {:?}, {} lines, {} faults",
                started.elapsed(),
                result.story.seed,
                outcome.end,
                outcome.told,
                outcome.log.len(),
                result.story.faults.len()
            );
            if outcome.end != End::Passed {
                println!(
                    "{}",
                    columns(
                        outcome,
                        std::env::var("LINES").map_or(30, |lines| lines.parse().unwrap())
                    )
                );
            }
            true
        },
    );
}
