use std::os::unix::fs::PermissionsExt as _;

use ringkeeper_seams::Entropy;

use super::*;
use crate::proc::Proc;

struct Place {
    folder: tempfile::TempDir,
    process: Process,
    seed: u64,
}

impl Place {
    fn new() -> Self {
        let process = Proc::default().process(std::process::id()).unwrap();
        Self {
            folder: tempfile::tempdir().unwrap(),
            process,
            seed: 0,
        }
    }

    fn files(&self) -> Files {
        Files::in_folder(self.folder.path().join("jolokia"))
    }

    /// Every time with other random numbers, as an agent that starts again has.
    fn wanted(&mut self) -> Wanted {
        self.seed += 1;
        let entropy = Entropy::from_seed(self.seed);
        self.files()
            .wanted(&self.process, Loopback::default(), &entropy)
            .unwrap()
    }
}

#[test]
fn a_password_is_kept_while_nobody_else_could_read_it() {
    let mut place = Place::new();
    let first = place.wanted();
    assert!(!first.is_written);
    place.files().write(&first, &place.process).unwrap();
    let again = place.wanted();
    assert!(again.is_written);
    assert_eq!(again.password, first.password);

    let properties = place.files().properties();
    fs::set_permissions(&properties, Permissions::from_mode(0o640)).unwrap();
    let other = place.wanted();
    assert!(!other.is_written);
    assert_ne!(other.password, first.password);
}

#[test]
fn the_password_stands_in_a_file_for_its_owner_alone() {
    let mut place = Place::new();
    let wanted = place.wanted();
    place.files().write(&wanted, &place.process).unwrap();
    let properties = place.files().properties();
    assert_eq!(fs::metadata(&properties).unwrap().mode() & 0o777, 0o600);
    assert!(fs::read_to_string(properties).unwrap().contains(&wanted.password));
    assert_eq!(wanted.password.len(), 64);
}

#[test]
fn a_policy_that_somebody_changed_is_written_anew() {
    let mut place = Place::new();
    let first = place.wanted();
    place.files().write(&first, &place.process).unwrap();
    fs::write(place.files().policy(), "<restrict/>").unwrap();
    assert!(!place.wanted().is_written);
    place.files().write(&first, &place.process).unwrap();
    assert!(place.wanted().is_written);
}
