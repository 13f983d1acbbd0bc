//! Tokens for the network.

use ringkeeper_api::{AccessTokenAnswer, AccessTokenRow, AccessTokenState};

use super::grid::{Column, Grid, NOTHING, Value};
use super::quantity::{ago, lasting};
use crate::screen::{Screen, Tone};

/// A line for each token.
pub(crate) fn list(tokens: &[AccessTokenRow], screen: &Screen) -> String {
    if tokens.is_empty() {
        return "The host has no token. Make one: ringkeeper token create NAME --role viewer\n".to_owned();
    }
    let mut grid = Grid::new(vec![
        Column::left("Token", 0),
        Column::left("Role", 0),
        Column::left("State", 0),
        Column::left("Ends", 1),
        Column::left("Used", 2),
        Column::left("Made", 4),
        Column::left("By", 5),
    ]);
    let rows = tokens.iter().map(|token| row(token, screen)).collect();
    grid.group(rows);
    grid.draw(screen).groups.concat() + "\n"
}

/// One token.
pub(crate) fn one(token: &AccessTokenRow, screen: &Screen) -> String {
    let mut text = list(std::slice::from_ref(token), screen);
    if let Some(revoked) = &token.revoked {
        text += &format!("Revoked {revoked}\n");
    }
    text
}

/// A token that was just made.
pub(crate) fn token(token: &AccessTokenAnswer, screen: &Screen) -> String {
    let lasts = lasting(token.expires_at.since(screen.now));
    format!(
        "{}\n\nGood for {lasts}, with the role {}; it is not shown again. Keep it in a file of its user alone:\n  \
         ringkeeper status --host https://THIS-HOST:PORT --token-file FILE\n",
        token.token, token.role
    )
}

fn row(token: &AccessTokenRow, screen: &Screen) -> Vec<Value> {
    let plain = |text: String| (text, Tone::Plain);
    vec![
        plain(token.name.clone()),
        plain(token.role.to_string()),
        state(token.state),
        plain(ends(token, screen)),
        plain(
            token
                .last_used_at
                .map_or_else(|| "never".to_owned(), |at| ago(screen.now, at)),
        ),
        plain(ago(screen.now, token.made_at)),
        plain(token.made_by.clone()),
    ]
}

fn state(state: AccessTokenState) -> Value {
    match state {
        AccessTokenState::Active => ("active".to_owned(), Tone::Good),
        AccessTokenState::Expired => ("expired".to_owned(), Tone::Plain),
        AccessTokenState::Revoked => ("revoked".to_owned(), Tone::Warning),
    }
}

fn ends(token: &AccessTokenRow, screen: &Screen) -> String {
    match (token.state, token.expires_at) {
        (AccessTokenState::Active, Some(at)) => format!("in {}", lasting(at.since(screen.now))),
        (AccessTokenState::Active, None) => "never".to_owned(),
        (AccessTokenState::Expired, Some(at)) => ago(screen.now, at),
        (AccessTokenState::Expired | AccessTokenState::Revoked, _) => NOTHING.to_owned(),
    }
}
