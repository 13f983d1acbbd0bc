//! Agents.

use std::time::Duration;

use ringkeeper_api::{AgentRow, AgentState, CLOCKS_DIFFER, TokenAnswer};

use super::grid::{Column, Grid, NOTHING, Value};
use super::quantity::{ago, lasting};
use crate::screen::{Screen, Tone};

/// Greets come twice a minute.
const SILENT_SECONDS: u64 = 120;

/// A line for each agent.
pub(crate) fn list(agents: &[AgentRow], screen: &Screen) -> String {
    if agents.is_empty() {
        return "The host knows no agent. Make a token for one: ringkeeper agents token ADDRESS\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::left("Node", 0),
        Column::left("State", 0),
        Column::left("Heard", 1),
        Column::left("Clock", 2),
        Column::left("Certificate", 3),
        Column::left("Version", 4),
        Column::left("Machine", 5),
    ]);
    let rows = agents.iter().map(|agent| row(agent, screen)).collect();
    grid.group(rows);
    grid.draw(screen).groups.concat() + "\n"
}

/// One agent.
pub(crate) fn one(agent: &AgentRow, screen: &Screen) -> String {
    let mut text = list(std::slice::from_ref(agent), screen);
    if let Some(reason) = &agent.revoked {
        let reason = if reason.is_empty() {
            "no reason given"
        } else {
            reason
        };
        text += &format!("Revoked: {reason}\n");
    }
    if let Some(until) = agent.token_ends_at {
        text += &format!(
            "A token for it may be used for {} more.\n",
            lasting(until.since(screen.now))
        );
    }
    text
}

/// A token that was just made.
pub(crate) fn token(token: &TokenAnswer, screen: &Screen) -> String {
    let lasts = lasting(token.expires_at.since(screen.now));
    format!(
        "{}\n\nGood for {lasts}, once. On the machine of {}:\n  \
         ringkeeper agent enroll --host https://THIS-HOST:PORT --token TOKEN\n",
        token.token, token.node
    )
}

fn row(agent: &AgentRow, screen: &Screen) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    let or_nothing = |text: &str| plain(if text.is_empty() { NOTHING } else { text }.to_owned());
    vec![
        plain(agent.node.to_string()),
        state(agent.state),
        heard(agent, screen),
        clock(agent),
        certificate(agent, screen),
        or_nothing(&agent.version),
        or_nothing(&agent.machine),
    ]
}

fn state(state: AgentState) -> Value {
    match state {
        AgentState::Awaited => ("awaited".to_owned(), Tone::Plain),
        AgentState::Enrolled => ("enrolled".to_owned(), Tone::Good),
        AgentState::Revoked => ("revoked".to_owned(), Tone::Warning),
    }
}

fn heard(agent: &AgentRow, screen: &Screen) -> Value {
    match agent.heard_at {
        Some(at) if screen.now.since(at).as_secs() > SILENT_SECONDS => (ago(screen.now, at), Tone::Bad),
        Some(at) => (ago(screen.now, at), Tone::Plain),
        None if agent.state == AgentState::Enrolled => ("not yet".to_owned(), Tone::Warning),
        None => (NOTHING.to_owned(), Tone::Plain),
    }
}

fn clock(agent: &AgentRow) -> Value {
    let Some(ahead) = agent.clock_ahead_ms else {
        return (NOTHING.to_owned(), Tone::Plain);
    };
    let apart = Duration::from_millis(ahead.unsigned_abs());
    if apart <= CLOCKS_DIFFER {
        return ("right".to_owned(), Tone::Plain);
    }
    let way = if ahead > 0 { "ahead" } else { "behind" };
    (format!("{} {way}", lasting(apart)), Tone::Warning)
}

fn certificate(agent: &AgentRow, screen: &Screen) -> Value {
    match agent.certificate_ends_at {
        Some(ends) if ends <= screen.now => ("ended".to_owned(), Tone::Bad),
        Some(ends) => (format!("{} more", lasting(ends.since(screen.now))), Tone::Plain),
        None => (NOTHING.to_owned(), Tone::Plain),
    }
}
