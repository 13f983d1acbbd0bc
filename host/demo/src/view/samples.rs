//! Scenes for tests.

use std::time::Duration;

use crate::scene::{CentreRow, Ending, FindingRow, NodeRow, RunRow, Scene, Told, Tone, Who};

/// Two data centres in which nothing is wrong yet.
pub(crate) fn quiet() -> Scene {
    let centre = |name: &str| CentreRow {
        name: name.to_owned(),
        nodes: ["r1/1", "r1/2", "r2/1", "r2/2", "r3/1", "r3/2"]
            .map(|place| NodeRow {
                place: format!("{name}/{place}"),
                state: "Up",
                tone: Tone::Good,
                notes: Vec::new(),
            })
            .to_vec(),
    };
    Scene {
        clock: "06:05:00".to_owned(),
        told: Duration::from_secs(300),
        horizon: Duration::from_secs(43_200),
        speed: 200,
        centres: vec![centre("dc1"), centre("dc2")],
        ..Scene::default()
    }
}

/// A repair under way with a node down and another slow.
pub(crate) fn busy() -> Scene {
    let mut scene = quiet();
    "06:34:10".clone_into(&mut scene.clock);
    scene.told = Duration::from_secs(2_050);
    let slow = &mut scene.centres[0].nodes[2];
    slow.notes = vec![
        (Tone::Bad, "slow disk".to_owned()),
        (Tone::Busy, "held by #12".to_owned()),
        (Tone::Busy, "repairing".to_owned()),
    ];
    let down = &mut scene.centres[1].nodes[1];
    (down.state, down.tone) = ("DOWN", Tone::Bad);
    down.notes = vec![(Tone::Warning, "misses writes for 4 min".to_owned())];
    scene.runs = vec![RunRow {
        name: "repair.full #12".to_owned(),
        state: "Running".to_owned(),
        is_open: true,
        progress: 0.37,
        steps: 52,
        steps_done: 19,
        now: vec!["repair orders.lines, 4 ranges at dc1/r2/1".to_owned()],
        waits: vec!["dc2/r1/2 does not serve; this ends when it is up again".to_owned()],
        summary: String::new(),
    }];
    scene.findings = vec![FindingRow {
        severity: "severe".to_owned(),
        tone: Tone::Bad,
        title: "Node dc2/r1/2 is down".to_owned(),
    }];
    let told = |clock: &str, who, tone, text: &str| Told {
        clock: clock.to_owned(),
        who,
        tone,
        text: text.to_owned(),
    };
    scene.events = vec![
        told(
            "06:15:00",
            Who::Person,
            Tone::Plain,
            "asks for repair.full: it is run #12",
        ),
        told(
            "06:30:00",
            Who::World,
            Tone::Bad,
            "dc2/r1/2 crashes, and misses writes until it is back",
        ),
        told(
            "06:30:20",
            Who::Host,
            Tone::Bad,
            "finds (severe): Node dc2/r1/2 is down",
        ),
    ];
    scene
}

/// All over.
pub(crate) fn over() -> Scene {
    let mut scene = quiet();
    scene.ending = Some(Ending {
        passed: true,
        wrong: vec!["06:30:00  dc2/r1/2 crashes, and misses writes until it is back".to_owned()],
        did: vec!["repair.full #12 succeeded: all 52 steps done".to_owned()],
        goals: vec!["repair.full has succeeded".to_owned()],
    });
    scene
}
