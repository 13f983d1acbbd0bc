//! What each key does.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::fault_choice::{FAULTS, FaultChoice};
use crate::scene::Scene;

/// What a person wants of the story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Time stands still, or goes on.
    Pause,
    /// Twice the speed.
    Faster,
    /// Half of it.
    Slower,
    /// What waits for a person's word gets it.
    Approve,
    /// A fault at a node.
    Strike(FaultChoice, String),
}

/// What the person looks at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Choice {
    /// The node, counted through all data centres.
    pub(crate) node: usize,
    /// The fault on the list; none where the list is not shown.
    pub(crate) fault: Option<usize>,
    /// Whether the person has seen enough.
    pub(crate) leaves: bool,
}

impl Choice {
    /// Takes a key up. Answers what is wanted of the story.
    pub(crate) fn press(&mut self, key: KeyEvent, scene: &Scene) -> Option<Wish> {
        if key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL) {
            self.leaves = true;
            return None;
        }
        match self.fault {
            Some(at) => self.press_in_list(key.code, at, scene),
            None => self.press_outside(key.code, scene),
        }
    }

    fn press_outside(&mut self, key: KeyCode, scene: &Scene) -> Option<Wish> {
        let nodes: usize = scene.centres.iter().map(|centre| centre.nodes.len()).sum();
        let of_first = scene.centres.first().map_or(0, |centre| centre.nodes.len());
        match key {
            KeyCode::Char('q') | KeyCode::Esc => self.leaves = true,
            KeyCode::Up => self.node = self.node.saturating_sub(1),
            KeyCode::Down => self.node = (self.node + 1).min(nodes.saturating_sub(1)),
            KeyCode::Left => self.node = self.node.checked_sub(of_first).unwrap_or(self.node),
            KeyCode::Right if self.node + of_first < nodes => self.node += of_first,
            _ if scene.ending.is_some() => {}
            KeyCode::Char(' ') => return Some(Wish::Pause),
            KeyCode::Char('+' | '=') => return Some(Wish::Faster),
            KeyCode::Char('-') => return Some(Wish::Slower),
            KeyCode::Char('a') if scene.waits_for_a_word() => return Some(Wish::Approve),
            KeyCode::Char('f') => self.fault = Some(0),
            _ => {}
        }
        None
    }

    fn press_in_list(&mut self, key: KeyCode, at: usize, scene: &Scene) -> Option<Wish> {
        let chosen = match key {
            KeyCode::Esc | KeyCode::Char('f' | 'q') => {
                self.fault = None;
                return None;
            }
            KeyCode::Up => {
                self.fault = Some(at.saturating_sub(1));
                return None;
            }
            KeyCode::Down => {
                self.fault = Some((at + 1).min(FAULTS.len() - 1));
                return None;
            }
            KeyCode::Enter => at,
            KeyCode::Char(digit) => usize::try_from(digit.to_digit(10)?).ok()?.checked_sub(1)?,
            _ => return None,
        };
        let fault = *FAULTS.get(chosen)?;
        self.fault = None;
        Some(Wish::Strike(fault, self.place(scene)?))
    }

    /// The node that is chosen.
    pub(crate) fn place(&self, scene: &Scene) -> Option<String> {
        let mut nodes = scene.centres.iter().flat_map(|centre| &centre.nodes);
        nodes.nth(self.node).map(|node| node.place.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples;

    fn press(choice: &mut Choice, keys: &[KeyCode]) -> Vec<Wish> {
        let scene = samples::busy();
        keys.iter()
            .filter_map(|key| choice.press(KeyEvent::from(*key), &scene))
            .collect()
    }

    #[test]
    fn space_plus_and_minus_change_the_pace() {
        let keys = [KeyCode::Char(' '), KeyCode::Char('+'), KeyCode::Char('-')];
        let wishes = press(&mut Choice::default(), &keys);
        assert_eq!(wishes, [Wish::Pause, Wish::Faster, Wish::Slower]);
    }

    #[test]
    fn what_waits_is_approved_by_a_key_and_nothing_else_is() {
        assert_eq!(press(&mut Choice::default(), &[KeyCode::Char('a')]), []);
        let mut scene = samples::busy();
        scene.runs[0].state = "AwaitingApproval".to_owned();
        let wish = Choice::default().press(KeyEvent::from(KeyCode::Char('a')), &scene);
        assert_eq!(wish, Some(Wish::Approve));
    }

    #[test]
    fn arrows_choose_a_node_in_either_data_centre() {
        let mut choice = Choice::default();
        press(&mut choice, &[KeyCode::Down, KeyCode::Right]);
        assert_eq!(choice.place(&samples::busy()).as_deref(), Some("dc2/r1/2"));
        press(
            &mut choice,
            &[KeyCode::Right, KeyCode::Left, KeyCode::Up, KeyCode::Up],
        );
        assert_eq!(choice.node, 0);
        press(&mut choice, &[KeyCode::Down; 40]);
        assert_eq!(choice.node, 11);
    }

    #[test]
    fn a_fault_strikes_the_chosen_node() {
        let mut choice = Choice::default();
        let keys = [KeyCode::Down, KeyCode::Char('f'), KeyCode::Down, KeyCode::Enter];
        let wishes = press(&mut choice, &keys);
        assert_eq!(wishes, [Wish::Strike(FAULTS[1], "dc1/r1/2".to_owned())]);
        assert_eq!(choice.fault, None, "the list is gone");
        let wishes = press(&mut choice, &[KeyCode::Char('f'), KeyCode::Char('4')]);
        assert_eq!(wishes, [Wish::Strike(FAULTS[3], "dc1/r1/2".to_owned())]);
    }

    #[test]
    fn escape_closes_the_list_first_and_then_the_demonstration() {
        let mut choice = Choice::default();
        press(&mut choice, &[KeyCode::Char('f'), KeyCode::Esc]);
        assert!(!choice.leaves);
        press(&mut choice, &[KeyCode::Esc]);
        assert!(choice.leaves);
    }

    #[test]
    fn control_c_leaves_from_anywhere() {
        let mut choice = Choice::default();
        press(&mut choice, &[KeyCode::Char('f')]);
        let key = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        choice.press(key, &samples::busy());
        assert!(choice.leaves);
    }
}
