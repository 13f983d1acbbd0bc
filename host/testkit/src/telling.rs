//! One seed: chaos, then healing, with every checker looking on.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::future::{Either, select};
use ringkeeper_api::RunRequest;
use ringkeeper_journal::{Journal, MemoryJournal};
use ringkeeper_seams::{Seams, Timestamp};

use crate::approver::Approver;
use crate::atlas::Atlas;
use crate::checkers::{Checkers, Looks, Violation};
use crate::gate::Gate;
use crate::goals::Goals;
use crate::host::{self, Ground, Host};
use crate::live::{Next, Onlooker, Stage};
use crate::log::{Entry, HostChange, Log};
use crate::nemesis::Nemesis;
use crate::outcome::{End, Outcome};
use crate::places::Places;
use crate::story::Story;
use crate::tap::{Tally, Tap};

/// Goals are looked at this often while things heal.
const GOALS_EVERY: Duration = Duration::from_secs(300);
/// What is asked once in a while is asked so often.
const DAY: Duration = Duration::from_secs(86_400);
/// A host that answers nothing for so much virtual time is looked after all the same.
const LONGEST_PAUSE: Duration = Duration::from_secs(3_600);

/// A story being told.
pub(crate) struct Telling<'a> {
    story: &'a Story,
    ground: Ground,
    places: Places,
    atlas: Atlas,
    nemesis: Nemesis,
    log: Log,
    tally: Arc<Tally>,
    checkers: Checkers,
    approver: Approver,
    begin: Timestamp,
    host: Option<Host>,
    /// The host before, where another one was started beside it.
    elder: Option<Host>,
    checked: usize,
    asked: usize,
    next_day: Timestamp,
    audience: Option<Audience<'a>>,
}

/// Somebody who looks on.
struct Audience<'a> {
    onlooker: &'a mut (dyn Onlooker + 'a),
    /// When it looks again; never once it has left.
    next: Option<Timestamp>,
}

impl<'a> Telling<'a> {
    pub(crate) fn begin(story: &'a Story) -> Self {
        let scenario = &story.scenario;
        let seams = Seams::simulation(story.seed, scenario.begin);
        let cluster = host::cluster(scenario, &seams);
        let places = Places::of(scenario, &cluster);
        let atlas = Atlas::of(scenario, &cluster);
        let log = Log::new();
        let nemesis = Nemesis::new(
            Arc::clone(&seams.clock),
            cluster.clone(),
            places.clone(),
            atlas.clone(),
            log.clone(),
            &story.faults,
            story.options.unfair,
        );
        let tally = Arc::new(Tally::default());
        let journal: Arc<dyn Journal> = Arc::new(Tap {
            inner: MemoryJournal::default(),
            log: log.clone(),
            nemesis: nemesis.clone(),
            clock: Arc::clone(&seams.clock),
            tally: Arc::clone(&tally),
        });
        let begin = seams.clock.now();
        Self {
            story,
            ground: Ground {
                scenario: Arc::clone(scenario),
                sandbox: host::sandbox(story.options.cache_dir.clone(), &seams),
                seams,
                cluster,
                journal,
                gate: Gate {
                    nemesis: nemesis.clone(),
                    omitted: story.options.omitted.clone(),
                },
            },
            places,
            atlas,
            nemesis,
            log,
            tally,
            checkers: Checkers::new(),
            approver: Approver::new(scenario.approves_after),
            begin,
            host: None,
            elder: None,
            checked: 0,
            asked: 0,
            next_day: begin.after(DAY),
            audience: None,
        }
    }

    /// Lets somebody look on from now on.
    pub(crate) fn before(mut self, onlooker: &'a mut (dyn Onlooker + 'a)) -> Self {
        let next = Some(self.begin);
        self.audience = Some(Audience { onlooker, next });
        self
    }

    /// Tells it to its end.
    pub(crate) async fn go_on(mut self) -> Outcome {
        let end = self.tell().await;
        self.show();
        for host in [self.elder.take(), self.host.take()].into_iter().flatten() {
            host.kill().await;
        }
        let names: Vec<String> = self.places.names().map(str::to_owned).collect();
        let nodes = names.into_iter().zip(self.places.nodes()).collect();
        Outcome {
            end,
            digest: self.log.digest(),
            log: self.log.since(0),
            told: self.now().since(self.begin),
            plans: self.tally.plans(),
            journal_writes: self.tally.writes(),
            nodes,
        }
    }

    async fn tell(&mut self) -> End {
        if let Err(error) = self.start_host().await {
            return End::NoHost(error);
        }
        let horizon = self.begin.after(self.story.scenario.horizon);
        if let Some(violation) = self.live_until(horizon, None).await {
            return End::Violated(violation);
        }
        self.nemesis.heal();
        let goals = Goals::of(&self.story.scenario);
        let deadline = horizon.after(self.story.scenario.healing);
        if let Some(violation) = self.live_until(deadline, Some(&goals)).await {
            return End::Violated(violation);
        }
        if let Some(violation) = self.look_back() {
            return End::Violated(violation);
        }
        let unreached = self.unreached(&goals);
        match unreached.is_empty() || self.story.options.unfair {
            true => End::Passed,
            false => End::Unreached(unreached),
        }
    }

    /// Lets time pass until then, or until the goals are reached.
    async fn live_until(&mut self, until: Timestamp, goals: Option<&Goals>) -> Option<Violation> {
        let mut cluster = self.ground.cluster.count_happenings();
        let mut log = self.log.subscribe();
        let mut dead = self.nemesis.watch_host();
        let mut next_goals = self.now().after(GOALS_EVERY);
        loop {
            if let Some(violation) = self.catch_up() {
                return Some(violation);
            }
            if let Err(error) = self.heed_host().await {
                return Some(Violation {
                    invariant: "host".to_owned(),
                    at: self.now(),
                    evidence: error,
                });
            }
            self.ask_runs().await;
            self.approve().await;
            if self.has_left() {
                return None;
            }
            let now = self.now();
            if now >= until {
                return None;
            }
            if let Some(goals) = goals
                && now >= next_goals
            {
                if self.unreached(goals).is_empty() {
                    return None;
                }
                next_goals = now.after(GOALS_EVERY);
            }
            if now >= self.next_day {
                self.next_day = self.next_day.after(DAY);
                if let Some(violation) = self.look_back() {
                    return Some(violation);
                }
            }
            let mut wake = until.min(self.next_day).min(now.after(LONGEST_PAUSE));
            if goals.is_some() {
                wake = wake.min(next_goals);
            }
            wake = [
                self.nemesis.next_at(),
                self.next_run(),
                self.next_word(),
                self.host_back_at(),
                self.next_look(),
            ]
            .into_iter()
            .flatten()
            .fold(wake, Timestamp::min);
            let pause = tokio::time::sleep(wake.since(now));
            select(
                pin!(dead.changed()),
                select(select(pin!(cluster.changed()), pin!(log.changed())), pin!(pause)),
            )
            .await;
            self.nemesis.pass();
        }
    }

    /// Takes what came about in the cluster into the log, and shows every new line to the checkers.
    fn catch_up(&mut self) -> Option<Violation> {
        loop {
            self.nemesis.take();
            let lines = self.log.since(self.checked);
            if lines.is_empty() {
                return None;
            }
            self.checked += lines.len();
            for line in &lines {
                self.approver.see(line);
                let looks = looks(self.story, &self.ground, &self.places, &self.atlas, self.begin);
                if let Some(violation) = self.checkers.see(line, &looks) {
                    return Some(violation);
                }
            }
        }
    }

    /// Kills the host where a fault wants it dead, and starts it again when that is over; starts another beside it where a
    /// fault wants two.
    async fn heed_host(&mut self) -> Result<(), String> {
        let wish = self.nemesis.host_wish();
        let Some(until) = wish.dead_until else {
            return self.heed_second(wish.doubled).await;
        };
        for host in [self.elder.take(), self.host.take()].into_iter().flatten() {
            host.kill().await;
            self.log.push(self.now(), Entry::Host(HostChange::Killed));
        }
        if until <= self.now() {
            self.nemesis.host_lives();
            self.start_host().await?;
        }
        Ok(())
    }

    async fn heed_second(&mut self, is_wanted: bool) -> Result<(), String> {
        match (is_wanted, self.elder.take()) {
            (true, None) => {
                self.elder = self.host.take();
                self.log.push(self.now(), Entry::Host(HostChange::Doubled));
                self.start_host().await
            }
            (false, Some(elder)) => {
                elder.kill().await;
                self.log.push(self.now(), Entry::Host(HostChange::Alone));
                Ok(())
            }
            (_, elder) => {
                self.elder = elder;
                Ok(())
            }
        }
    }

    fn host_back_at(&self) -> Option<Timestamp> {
        self.nemesis.host_wish().dead_until
    }

    async fn start_host(&mut self) -> Result<(), String> {
        let without = self.nemesis.host_wish().without;
        let change = HostChange::Started {
            without: without.iter().cloned().collect(),
        };
        self.log.push(self.now(), Entry::Host(change));
        // Killed while it starts, it never comes to an end of that, and is started again when the fault is over.
        let mut dead = self.nemesis.watch_host();
        if let Either::Right((started, _)) =
            select(pin!(dead.changed()), pin!(Host::start(&self.ground, &without))).await
        {
            self.host = Some(started?);
        }
        Ok(())
    }

    fn next_run(&self) -> Option<Timestamp> {
        let next = self.story.scenario.runs.get(self.asked)?;
        self.host.as_ref()?;
        Some(self.begin.after(next.at))
    }

    /// Asks for what a person asks for now. While there is no host, the person waits.
    async fn ask_runs(&mut self) {
        while let Some(host) = &self.host
            && let Some(next) = self.story.scenario.runs.get(self.asked)
            && self.begin.after(next.at) <= self.ground.seams.clock.now()
        {
            let request = RunRequest {
                operation: next.operation.clone(),
                cluster: None,
                parameters: next.parameters.clone(),
                approve: None,
                deadline: None,
                security: false,
            };
            self.asked += 1;
            let conductor = Arc::clone(&host.conductor);
            // A host that is killed meanwhile answers nothing.
            let mut dead = self.nemesis.watch_host();
            let answer = match select(pin!(dead.changed()), pin!(conductor.open_run(&request))).await {
                Either::Left(_) => Err("the host was killed".to_owned()),
                Either::Right((answer, _)) => answer.map(|run| run.id).map_err(|error| error.to_string()),
            };
            let entry = Entry::Asked {
                operation: request.operation,
                answer,
            };
            self.log.push(self.now(), entry);
        }
    }

    fn next_word(&self) -> Option<Timestamp> {
        self.host.as_ref()?;
        self.approver.next()
    }

    /// Gives the word that runs wait for. While there is no host, the person waits.
    async fn approve(&mut self) {
        let Some(host) = &self.host else {
            return;
        };
        let conductor = Arc::clone(&host.conductor);
        for (run, hash) in self.approver.say(self.now()) {
            let mut dead = self.nemesis.watch_host();
            let word = conductor.approve_run(&run.0, &hash, "the approver");
            let answer = match select(pin!(dead.changed()), pin!(word)).await {
                Either::Left(_) => Err("the host was killed".to_owned()),
                Either::Right((answer, _)) => answer.map(drop).map_err(|error| error.to_string()),
            };
            self.log.push(self.now(), Entry::Word { run: run.0, answer });
        }
    }

    fn next_look(&self) -> Option<Timestamp> {
        self.audience.as_ref()?.next
    }

    /// Whether the one who looked on has left, after a look where one is due.
    fn has_left(&mut self) -> bool {
        if self.next_look().is_some_and(|next| next <= self.now()) {
            self.show();
        }
        matches!(self.audience, Some(Audience { next: None, .. }))
    }

    /// Shows how everything stands to the one who looks on.
    fn show(&mut self) {
        let now = self.now();
        let Some(audience) = &mut self.audience else {
            return;
        };
        let stage = Stage {
            scenario: &self.story.scenario,
            cluster: &self.ground.cluster,
            places: &self.places,
            nemesis: &self.nemesis,
            log: &self.log,
            wish: self.approver.wish(),
            conductor: self.host.as_ref().map(|host| &*host.conductor),
            begin: self.begin,
            now,
        };
        audience.next = match audience.onlooker.look(&stage) {
            Next::After(pause) => Some(now.after(pause)),
            Next::Leave => None,
        };
    }

    fn unreached(&self, goals: &Goals) -> Vec<String> {
        match &self.host {
            Some(host) => goals.unreached(&host.conductor, &self.ground.cluster, &self.log, &self.places),
            None => vec!["the host is dead".to_owned()],
        }
    }

    /// Asks the checkers what is not about a line.
    fn look_back(&mut self) -> Option<Violation> {
        let looks = looks(self.story, &self.ground, &self.places, &self.atlas, self.begin);
        self.checkers.at(self.ground.seams.clock.now(), &looks)
    }

    fn now(&self) -> Timestamp {
        self.ground.seams.clock.now()
    }
}

/// What the checkers are shown.
fn looks<'a>(
    story: &'a Story,
    ground: &'a Ground,
    places: &'a Places,
    atlas: &'a Atlas,
    begin: Timestamp,
) -> Looks<'a> {
    Looks {
        scenario: &story.scenario,
        cluster: &ground.cluster,
        places,
        atlas,
        begin,
    }
}
