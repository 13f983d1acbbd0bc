//! What the guard says about availability before nodes are taken away, beside what clients meet once they are.
//!
//! The guard judges a snapshot of the whole cluster. Then the nodes are killed, and one row of every token range is read
//! and written at every level, through nodes of each data centre. The guard must object if, and only if, something that
//! was served before is not any more; and it must count as many ranges as were lost.
//!
//! What is no harm: that clients of a data centre without replicas, or with too few, cannot use a local level: they
//! never could. That a data centre has no coordinator left, where the level is content with replicas elsewhere: that
//! rule is about replicas, and such work is stopped by the rule of one rack at a time.

mod cases;
mod scene;
mod truth;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_cluster::{ConsistencyLevel as Level, NodeId, Snapshot};
use ringkeeper_guard::{Approval, Policy, Proposal, Rule, Short, Verdict, WorkKind, World, admit};
use ringkeeper_plan::Impact;

use cases::{AWAY, KEYSPACES, is_local};
use scene::Scene;
use truth::{Harm, Truth};

/// A keyspace, a level, and who is away.
type Case = (&'static str, Level, &'static [usize]);

pub(super) fn a_verdict_about_availability_is_what_requests_then_meet() {
    let mut scene = Scene::start();
    let whole = scene.take_away(&[]);
    scene.took("all nodes see all");
    let rows = scene.rows(&whole);
    let before = Truth::of(&scene.lab, &rows);
    let (made, served) = before.count(rows.len());
    scene.took(&format!(
        "{served} of {made} requests served, in {} ranges",
        rows.len()
    ));

    let mut found: BTreeMap<Case, (Vec<Short>, Harm)> = BTreeMap::new();
    for away in AWAY.into_iter().flatten().copied() {
        let verdicts = verdicts(&scene, &whole, away);
        scene.take_away(away);
        scene.took(&format!("all know who is away: {away:?}"));
        let now = Truth::of(&scene.lab, &rows);
        scene.took(&format!("{} requests served", now.count(rows.len()).1));
        for ((keyspace, level), shorts) in verdicts {
            let harm = before.harm(&now, keyspace, level);
            found.insert((keyspace, level, away), (shorts, harm));
        }
        let is_last_of_row = AWAY.iter().any(|row| row.last() == Some(&away));
        if is_last_of_row {
            scene.take_away(&[]);
            scene.took("all are back");
        }
    }
    assert!(
        before == Truth::of(&scene.lab, &rows),
        "what was lost is not served again"
    );

    print(&found);
    let differing: Vec<_> = found.iter().filter(|(case, found)| !agree(case, found)).collect();
    assert!(differing.is_empty(), "{differing:#?}");
    let harmful = found.values().filter(|(_, harm)| !harm.is_empty()).count();
    let harmless = found.len() - harmful;
    println!("{} cases, {harmful} of them harmful", found.len());
    assert!(found.len() > 100 && harmful > 30 && harmless > 30);
    known_numbers(&found);
}

/// What is short, for each keyspace and level, if these nodes were taken away now.
fn verdicts(
    scene: &Scene,
    snapshot: &Arc<Snapshot>,
    away: &[usize],
) -> BTreeMap<(&'static str, Level), Vec<Short>> {
    let nodes = scene.ids(snapshot, away);
    let mut verdicts = BTreeMap::new();
    for (keyspace, _) in KEYSPACES {
        for level in Level::EVERY {
            let verdict = verdict(snapshot, keyspace, level, &nodes);
            stops_work_in_two_racks(snapshot, &nodes, &verdict);
            let blocks = verdict
                .blocks
                .into_iter()
                .filter(|block| block.rule == Rule::Availability);
            let shorts = blocks.map(|block| block.short.unwrap_or_else(|| panic!("placements unknown")));
            verdicts.insert((keyspace, level), shorts.collect());
        }
    }
    verdicts
}

fn verdict(snapshot: &Arc<Snapshot>, keyspace: &str, level: Level, nodes: &BTreeSet<NodeId>) -> Verdict {
    let mut snapshot = Snapshot::clone(snapshot);
    for (name, view) in Arc::make_mut(&mut snapshot.keyspaces) {
        view.consistency_level = (name == keyspace).then_some(level);
    }
    let proposal = Proposal {
        holder: None,
        work: BTreeSet::from([WorkKind::Disrupt]),
        impact: Impact::Disrupt,
        nodes: nodes.clone(),
        deadline: None,
        approval: Approval::Automatic,
    };
    let world = World {
        now: snapshot.observed_at,
        snapshot: &snapshot,
        sweep_every: Duration::from_secs(15),
        leases: &[],
        foreign: &[],
        frozen: None,
        levels: &[],
    };
    admit(&proposal, &world, &Policy::default())
}

/// Every node is a rack of its own here.
fn stops_work_in_two_racks(snapshot: &Snapshot, nodes: &BTreeSet<NodeId>, verdict: &Verdict) {
    let mut by_centre: BTreeMap<&str, usize> = BTreeMap::new();
    for node in nodes {
        *by_centre.entry(&snapshot.nodes[node].data_centre).or_default() += 1;
    }
    let are_two = by_centre.values().any(|racks| *racks > 1);
    let is_stopped = verdict.blocks.iter().any(|block| block.rule == Rule::OneRack);
    assert_eq!(is_stopped, are_two, "{verdict:?}");
}

/// Whether the guard objects just where something is lost, and counts the ranges that are.
fn agree((_, level, _): &Case, (shorts, harm): &(Vec<Short>, Harm)) -> bool {
    let lost = |centre: &str| harm.get(centre).map_or(0, BTreeSet::len);
    let lost_anywhere = harm.values().flatten().collect::<BTreeSet<_>>().len();
    let counts = shorts.iter().all(|short| match &short.data_centre {
        None => short.ranges == lost_anywhere,
        Some(centre) if is_local(*level) => short.ranges == lost(centre),
        // Each data centre may lack others.
        Some(_) => short.ranges <= lost_anywhere,
    });
    shorts.is_empty() == harm.is_empty() && counts
}

fn print(found: &BTreeMap<Case, (Vec<Short>, Harm)>) {
    println!("keyspace       level         away    verdict                                  truth");
    for ((keyspace, level, away), (shorts, harm)) in found {
        let words = |shorts: &[Short]| {
            let words = shorts.iter().map(|short| {
                let place = short.data_centre.as_deref().unwrap_or("all");
                format!(
                    "{} of {} in {place} ({} ranges)",
                    short.left, short.needed, short.ranges
                )
            });
            words.collect::<Vec<_>>().join(", ")
        };
        let verdict = if shorts.is_empty() {
            "admitted".to_owned()
        } else {
            words(shorts)
        };
        let lost = harm
            .iter()
            .map(|(centre, lost)| format!("{} rows lost to {centre}", lost.len()));
        let truth = if harm.is_empty() {
            "nothing lost".to_owned()
        } else {
            lost.collect::<Vec<_>>().join(", ")
        };
        let mark = if agree(&(keyspace, *level, away), &(shorts.clone(), harm.clone())) {
            ""
        } else {
            "  DIFFER"
        };
        let (level, away) = (level.name(), format!("{away:?}"));
        println!("{keyspace:14} {level:13} {away:7} {verdict:40} {truth}{mark}");
    }
}

/// Some whose numbers can be told without arithmetic.
fn known_numbers(found: &BTreeMap<Case, (Vec<Short>, Harm)>) {
    let numbers = |case: &Case| -> Vec<(&str, Option<&str>, usize, usize)> {
        let (shorts, _) = &found[case];
        let numbers = shorts.iter().map(|short| {
            (
                short.keyspace.as_str(),
                short.data_centre.as_deref(),
                short.left,
                short.needed,
            )
        });
        numbers.collect()
    };
    assert_eq!(
        numbers(&("three_and_one", Level::EachQuorum, &[3])),
        [("three_and_one", Some("dc2"), 0, 1)]
    );
    assert_eq!(
        numbers(&("three_and_two", Level::LocalQuorum, &[0, 1])),
        [("three_and_two", Some("dc1"), 1, 2)]
    );
    assert_eq!(
        numbers(&("three_alone", Level::Quorum, &[0, 1])),
        [("three_alone", None, 1, 2)]
    );
    assert_eq!(
        numbers(&("three_and_two", Level::All, &[2, 4])),
        [("three_and_two", None, 3, 5)]
    );
}
