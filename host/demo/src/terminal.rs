//! The terminal: draws the newest scene, and passes keys on.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyEventKind};
use ringkeeper_testkit::{End, Outcome, Story, tell_live};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;
use thiserror::Error;

use crate::keys::{Choice, Wish};
use crate::live::Live;
use crate::scene::Scene;
use crate::view;

/// How long a key may wait, and a scene.
const LISTENS: Duration = Duration::from_millis(50);

/// Why nothing is shown any more.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The terminal does not do what it is told.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] io::Error),
    /// The telling of the story ended by a panic.
    #[error("the story broke; its last words are above")]
    Broke,
}

/// Tells a story to a terminal, which is given back as it was however this ends. Answers how the story ended; none where
/// it was left before.
///
/// # Errors
/// When the terminal cannot be used, or the story breaks.
pub fn watch(story: &Story, speed: u32, colour: bool) -> Result<Option<Outcome>, DemoError> {
    let (to_terminal, scenes) = channel();
    let (to_story, wishes) = channel();
    let mut terminal = ratatui::try_init()?;
    std::thread::scope(|scope| {
        let telling = scope.spawn(move || {
            let mut live = Live::new(speed, to_terminal, wishes);
            let outcome = tell_live(story, &mut live);
            live.end(&story.scenario, &outcome);
            outcome
        });
        let shown = show(&mut terminal, &scenes, &to_story, colour);
        drop(to_story);
        let restored = ratatui::try_restore();
        let outcome = telling.join().map_err(|_| DemoError::Broke)?;
        let has_ended = shown?;
        restored?;
        Ok((has_ended || matches!(outcome.end, End::NoHost(_))).then_some(outcome))
    })
}

/// Turns true when the process is told to end: the terminal is given back first.
fn told_to_end() -> io::Result<Arc<AtomicBool>> {
    let told = Arc::new(AtomicBool::new(false));
    for signal in [SIGTERM, SIGHUP, SIGINT] {
        flag::register(signal, Arc::clone(&told))?;
    }
    Ok(told)
}

/// Answers whether the end was seen.
fn show(
    terminal: &mut DefaultTerminal,
    scenes: &Receiver<Scene>,
    wishes: &Sender<Wish>,
    colour: bool,
) -> io::Result<bool> {
    let mut scene = Scene::default();
    let mut choice = Choice::default();
    let ended = told_to_end()?;
    while !choice.leaves && !ended.load(Ordering::Relaxed) {
        loop {
            match scenes.try_recv() {
                Ok(newer) => scene = newer,
                Err(TryRecvError::Empty) => break,
                // Without an end it broke, and there is nothing to stay for.
                Err(TryRecvError::Disconnected) if scene.ending.is_none() => return Ok(false),
                Err(TryRecvError::Disconnected) => break,
            }
        }
        terminal.draw(|frame| view::draw(frame, &scene, choice, colour))?;
        if !event::poll(LISTENS)? {
            continue;
        }
        if let Event::Key(key) = event::read()?
            && key.kind == KeyEventKind::Press
            && let Some(wish) = choice.press(key, &scene)
        {
            // After the end nobody listens, and no key asks for anything.
            let _ = wishes.send(wish);
        }
    }
    Ok(scene.ending.is_some())
}
