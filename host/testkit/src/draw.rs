//! What a seed draws from a scenario: one concrete list of faults.

use std::time::Duration;

use ringkeeper_config::{FaultConfig, FaultKind, Scenario, When};
use ringkeeper_seams::{Draw, Entropy};

use crate::planned::{PlannedFault, Strikes};

/// Every fault of this seed, in the order they strike; those that wait for events last. Each entry of the scenario has
/// a stream of its own, so one more entry moves no other.
pub(crate) fn draw(scenario: &Scenario, nodes: &[String], seed: u64) -> Vec<PlannedFault> {
    let entropy = Entropy::from_seed(seed);
    let mut faults = Vec::new();
    for (place, config) in scenario.faults.iter().enumerate() {
        let mut stream = entropy.stream(&format!("fault/{place}"));
        let strikes = match &config.when {
            When::At(at) => vec![Strikes::At { ms: millis(*at) }],
            When::On { event, nth } => vec![Strikes::On {
                event: *event,
                nth: *nth,
            }],
            When::PerDay(rate) => arrivals(*rate, scenario.horizon, &mut stream),
        };
        for strikes in strikes {
            faults.push(planned(config, strikes, nodes, &mut stream));
        }
    }
    faults.sort_by_key(|fault| match fault.strikes {
        Strikes::At { ms } => (0, ms),
        Strikes::On { .. } => (1, 0),
    });
    for (number, fault) in (1..).zip(&mut faults) {
        fault.number = number;
    }
    faults
}

fn planned(config: &FaultConfig, strikes: Strikes, nodes: &[String], stream: &mut Draw) -> PlannedFault {
    // Drawn also where it is given, so that naming a node moves nothing else.
    let drawn = pick(nodes, stream);
    let node = match &config.node {
        _ if config.kind.is_of_host() => String::new(),
        Some(place) => place.to_string(),
        None => drawn,
    };
    let (least, most) = usual(config.kind);
    let lasts = between(least, most, stream);
    let is_behind = stream.next_u64() % 2 == 1 && config.kind == FaultKind::ClockSkew;
    let by = config.by.or(usual_by(config.kind)).map(|by| {
        let by = i64::try_from(millis(by)).unwrap_or(i64::MAX);
        if is_behind { -by } else { by }
    });
    PlannedFault {
        number: 0,
        kind: config.kind,
        node,
        strikes,
        lasts_ms: millis(config.lasts.unwrap_or(lasts)),
        by_ms: by,
        plugin: config.plugin.clone(),
        grant: config.grant.clone(),
    }
}

const fn minutes(least: u64, most: u64) -> (Duration, Duration) {
    (Duration::from_secs(least * 60), Duration::from_secs(most * 60))
}

/// How long a fault lasts where nothing is said.
const fn usual(kind: FaultKind) -> (Duration, Duration) {
    match kind {
        FaultKind::Crash => minutes(1, 240),
        FaultKind::Hang | FaultKind::Slow | FaultKind::Partition | FaultKind::OneWayPartition => {
            minutes(1, 30)
        }
        FaultKind::DiskFull | FaultKind::DiskSlow => minutes(30, 600),
        FaultKind::StreamFailure | FaultKind::AgentDead => minutes(5, 120),
        FaultKind::RepairStuck => minutes(10, 240),
        FaultKind::SchemaDisagreement | FaultKind::OtherRelease => minutes(2, 60),
        FaultKind::ClockSkew => minutes(60, 1_440),
        FaultKind::AnswerLost | FaultKind::HintsLost => minutes(1, 1),
        FaultKind::ForeignRepair => minutes(2, 40),
        FaultKind::HostKill | FaultKind::SecondHost => (Duration::from_secs(1), Duration::from_secs(1_200)),
        FaultKind::GrantRevoked => minutes(10, 240),
    }
}

const fn usual_by(kind: FaultKind) -> Option<Duration> {
    match kind {
        FaultKind::Slow => Some(Duration::from_secs(4)),
        FaultKind::ClockSkew => Some(Duration::from_secs(40)),
        _ => None,
    }
}

/// Times at which something strikes that does so often a day, times a factor that the seed draws.
fn arrivals(per_day: f64, horizon: Duration, stream: &mut Draw) -> Vec<Strikes> {
    let rate = per_day * 2.0 * unit(stream) / 86_400.0;
    let mut at = 0.0;
    let mut found = Vec::new();
    if rate <= 0.0 {
        return found;
    }
    loop {
        at += -(1.0 - unit(stream)).ln() / rate;
        if at >= horizon.as_secs_f64() {
            return found;
        }
        found.push(Strikes::At {
            ms: (at * 1_000.0) as u64,
        });
    }
}

fn pick(nodes: &[String], stream: &mut Draw) -> String {
    let place = stream.next_u64() % (nodes.len().max(1) as u64);
    usize::try_from(place)
        .ok()
        .and_then(|place| nodes.get(place))
        .cloned()
        .unwrap_or_default()
}

fn between(least: Duration, most: Duration, stream: &mut Draw) -> Duration {
    let room = millis(most).saturating_sub(millis(least)) + 1;
    least + Duration::from_millis(stream.next_u64() % room)
}

/// From 0 to 1, 1 left out.
fn unit(stream: &mut Draw) -> f64 {
    (stream.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
}

pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}
