//! Agent, host and Cassandra killed in the middle of a restart, each alone and all together.

use ringkeeper_lab::wait_until;
use ringkeeper_seams::{Clock as _, SystemClock};
use ringkeeper_suite::DEADLINE;

use super::restarted::Restart;
use super::scene::Scene;

/// In the middle of what somebody is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// The agent has Cassandra stopped.
    Stops,
    /// The agent's command to start Cassandra hangs.
    IsAboutToStart,
    /// Cassandra's new process has begun, and does not answer yet.
    Starts,
}

use Moment::{IsAboutToStart, Starts, Stops};

/// Who is killed, and when.
#[derive(Debug)]
struct Story {
    moment: Moment,
    agent: bool,
    host: bool,
    cassandra: bool,
}

const fn story(moment: Moment, [agent, host, cassandra]: [bool; 3]) -> Story {
    Story {
        moment,
        agent,
        host,
        cassandra,
    }
}

/// Cassandra is killed as it comes back: one that is stopped is gone anyway.
const STORIES: [Story; 7] = [
    story(IsAboutToStart, [true, false, false]),
    story(Stops, [false, true, false]),
    story(Starts, [false, false, true]),
    story(Stops, [true, true, false]),
    story(Starts, [true, false, true]),
    story(Starts, [false, true, true]),
    story(Starts, [true, true, true]),
];

pub(super) fn each_alone_and_all_together(scene: &mut Scene) {
    scene.every_node_answers();
    let addresses = scene.addresses();
    for (story, node) in STORIES.iter().zip(addresses.iter().cycle()) {
        let began = SystemClock.monotonic();
        let restart = begin(scene, story, node);
        story.kill(scene, node);
        let came = scene.came_of(&restart);
        let took = SystemClock.monotonic() - began;
        println!(
            "{story:?}: {} after {took:?}, by {:?}: {}",
            came.run.run.state, came.deeds, came.run.run.summary
        );
        assert_eq!(came.run.run.state, "Succeeded", "{story:?}: {:#?}", came.run);
        assert_eq!(came.starts, 1 + usize::from(story.cassandra), "{story:?}");
        for call in ["stop", "start"] {
            let jobs = came.run.step_rows.iter().flat_map(|step| &step.jobs);
            let made = jobs.filter(|job| job.call.starts_with(call)).count();
            assert_eq!(made, 1, "{story:?}: {:#?}", came.run);
        }
    }
}

/// Begins a restart and comes back in the moment of the story.
fn begin(scene: &Scene, story: &Story, node: &str) -> Restart {
    let its = scene.node(node);
    its.hang_starts(story.moment == IsAboutToStart).unwrap();
    let restart = scene.restart_of(node);
    scene.wait_for_order(&restart, "Stop");
    match story.moment {
        Stops => {}
        IsAboutToStart => scene.wait_for_order(&restart, "Start"),
        Starts => {
            let before = its.starts();
            wait_until("the new process", DEADLINE, || {
                Ok((its.starts() > before).then_some(()))
            })
            .unwrap();
        }
    }
    restart
}

impl Story {
    fn kill(&self, scene: &mut Scene, node: &str) {
        if self.host {
            scene.kill_host();
        }
        if self.agent {
            scene.kill_agent(node);
        }
        if self.cassandra {
            scene.node(node).kill();
        }
        // Who hung with the killed agent does not go on.
        scene.node(node).hang_starts(false).unwrap();
        if self.agent {
            scene.run_agent(node);
        }
        if self.host {
            scene.serve();
        }
    }
}
