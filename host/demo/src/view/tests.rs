use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::*;
use crate::view::samples;

fn drawn(scene: &Scene, choice: Choice, (width, height): (u16, u16), colour: bool) -> Terminal<TestBackend> {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
    terminal.draw(|frame| draw(frame, scene, choice, colour)).unwrap();
    terminal
}

fn picture(scene: &Scene, choice: Choice) -> String {
    drawn(scene, choice, (80, 24), true).backend().to_string()
}

#[test]
fn at_the_beginning_nothing_is_wrong() {
    insta::assert_snapshot!(picture(&samples::quiet(), Choice::default()));
}

#[test]
fn in_the_middle_it_says_what_is_wrong_what_is_done_and_why_it_waits() {
    insta::assert_snapshot!(picture(&samples::busy(), Choice::default()));
}

#[test]
fn the_list_of_faults_names_the_node_it_is_about() {
    let choice = Choice {
        node: 7,
        fault: Some(1),
        leaves: false,
    };
    insta::assert_snapshot!(picture(&samples::busy(), choice));
}

#[test]
fn what_waits_for_a_persons_word_names_the_key_that_gives_it() {
    let mut scene = samples::busy();
    "AwaitingApproval".clone_into(&mut scene.runs[0].state);
    scene.runs[0].now.clear();
    scene.runs[0].waits = vec!["a person's word until 08:45:00; a gives it".to_owned()];
    insta::assert_snapshot!(picture(&scene, Choice::default()));
}

#[test]
fn at_the_end_it_says_what_came_of_it() {
    insta::assert_snapshot!(picture(&samples::over(), Choice::default()));
}

#[test]
fn any_size_can_be_drawn() {
    for size in [(1, 1), (20, 5), (80, 24), (200, 60)] {
        for scene in [Scene::default(), samples::busy(), samples::over()] {
            let choice = Choice {
                fault: Some(0),
                ..Choice::default()
            };
            drawn(&scene, choice, size, true);
        }
    }
}

#[test]
fn without_colours_none_is_used() {
    let terminal = drawn(&samples::busy(), Choice::default(), (80, 24), false);
    let cells = &terminal.backend().buffer().content;
    assert!(cells.iter().all(|cell| cell.fg == Color::Reset));
}
