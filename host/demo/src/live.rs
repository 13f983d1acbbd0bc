//! Looks on for somebody at a terminal: keeps the pace, hears wishes, sends scenes.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use ringkeeper_config::Scenario;
use ringkeeper_seams::{Clock, SystemClock};
use ringkeeper_testkit::{Next, Onlooker, Outcome, Stage};

use crate::fault_choice::FaultChoice;
use crate::keys::Wish;
use crate::pace::Pace;
use crate::scene::{Ending, Scene};
use crate::stager::Stager;

/// The one who looks on.
pub(crate) struct Live {
    pace: Pace,
    clock: Arc<dyn Clock>,
    stager: Stager,
    scenes: Sender<Scene>,
    wishes: Receiver<Wish>,
}

impl Live {
    pub(crate) fn new(speed: u32, scenes: Sender<Scene>, wishes: Receiver<Wish>) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        Self {
            pace: Pace::new(speed, clock.monotonic()),
            clock,
            stager: Stager::default(),
            scenes,
            wishes,
        }
    }

    /// Sends the last scene, with how it all ended.
    pub(crate) fn end(mut self, scenario: &Scenario, outcome: &Outcome) {
        let tally = &self.stager.narrator.tally;
        self.stager.scene.ending = Some(Ending::of(scenario, &outcome.end, tally));
        self.send();
    }

    fn send(&mut self) {
        self.stager.scene.speed = self.pace.speed();
        self.stager.scene.paused = self.pace.is_paused();
        // Where nobody takes it any more, the next wait says so.
        let _ = self.scenes.send(self.stager.scene.clone());
    }

    fn heed(&mut self, wish: &Wish, stage: &Stage<'_>) {
        let (wall, told) = (self.clock.monotonic(), stage.now().since(stage.begin()));
        self.stager.scene.notice.clear();
        match wish {
            Wish::Pause => self.pace.pause(wall, told),
            Wish::Faster => self.pace.change(true, wall, told),
            Wish::Slower => self.pace.change(false, wall, told),
            Wish::Approve => stage.approve(),
            Wish::Strike(fault, place) => self.stager.scene.notice = strike(stage, fault, place),
        }
        self.stager.look(stage);
        self.send();
    }
}

fn strike(stage: &Stage<'_>, fault: &FaultChoice, place: &str) -> String {
    let is_of_host = fault.kind == ringkeeper_config::FaultKind::HostKill;
    let place = if is_of_host { "" } else { place };
    match stage.strike(fault.kind, place, fault.lasts()) {
        Ok(()) => String::new(),
        Err(why) => format!("{} did not strike {place}: {why}", fault.kind.name()),
    }
}

impl Onlooker for Live {
    fn look(&mut self, stage: &Stage<'_>) -> Next {
        self.stager.look(stage);
        self.send();
        let told = stage.now().since(stage.begin());
        let mut wait = self.pace.wait(self.clock.monotonic(), told);
        loop {
            match self.wishes.recv_timeout(wait) {
                Ok(wish) => self.heed(&wish, stage),
                Err(RecvTimeoutError::Timeout) if self.pace.is_paused() => {}
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => return Next::Leave,
            }
            wait = self.pace.wait(self.clock.monotonic(), told);
            if wait == Duration::ZERO {
                break;
            }
        }
        Next::After(self.pace.frame())
    }
}
