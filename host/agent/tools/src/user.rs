//! Who a tool runs as: whoever owns the data, never root in their place.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::path::Path;

use rustix::process::geteuid;

use crate::RunError;

/// A user with its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Who has to be taken on to work on this directory; none where the agent is that user.
pub(crate) fn owner_of(directory: &Path) -> Result<Option<User>, RunError> {
    let metadata = fs::metadata(directory).map_err(RunError::at(directory))?;
    let owner = User {
        uid: metadata.uid(),
        gid: metadata.gid(),
    };
    taken_on(geteuid().as_raw(), owner)
}

fn taken_on(agent: u32, owner: User) -> Result<Option<User>, RunError> {
    match (agent, owner.uid) {
        (agent, owner) if agent == owner => Ok(None),
        (0, _) => Ok(Some(owner)),
        (agent, owner) => Err(RunError::OtherUser { owner, agent }),
    }
}

/// Gives a folder to the user.
pub(crate) fn give(folder: &Path, user: Option<User>) -> Result<(), RunError> {
    match user {
        Some(user) => chown(folder, Some(user.uid), Some(user.gid)).map_err(RunError::at(folder)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_takes_the_owner_on_and_others_can_only_be_it() {
        let cassandra = User { uid: 120, gid: 125 };
        assert_eq!(taken_on(120, cassandra).unwrap(), None);
        assert_eq!(taken_on(0, cassandra).unwrap(), Some(cassandra));
        assert!(matches!(
            taken_on(1000, cassandra),
            Err(RunError::OtherUser {
                owner: 120,
                agent: 1000
            })
        ));
        assert_eq!(taken_on(0, User { uid: 0, gid: 0 }).unwrap(), None);
    }
}
