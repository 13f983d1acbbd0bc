//! Starts that go wrong because a test says so, by files in the node's folder. They strike whoever asks the lab's owner
//! for a start; [`LabNode::start`] itself is spared.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::node::LabNode;

/// How many starts are still to fail.
const FAIL: &str = "fail-start";
/// While it exists, starts hang.
const HANG: &str = "hang-start";

impl LabNode {
    /// Makes the next so many starts by command fail.
    ///
    /// # Errors
    /// When the node's folder cannot be written.
    pub fn fail_starts(&self, times: u32) -> Result<()> {
        Ok(fs::write(self.directory().join(FAIL), times.to_string())?)
    }

    /// Makes starts by command hang from now on, or go on. One whose caller gave up meanwhile does not go on.
    ///
    /// # Errors
    /// When the node's folder cannot be written.
    pub fn hang_starts(&self, hang: bool) -> Result<()> {
        let flag = self.directory().join(HANG);
        if hang {
            return Ok(fs::write(flag, "")?);
        }
        match fs::remove_file(flag) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// Returns once a start may go on.
///
/// # Errors
/// When it is to fail, or hangs until `is_over`, which takes a moment to answer.
pub(crate) fn let_start(directory: &Path, is_over: &dyn Fn() -> bool) -> Result<()> {
    while directory.join(HANG).exists() {
        if is_over() {
            bail!("the start hung until nobody waited for it");
        }
    }
    let file = directory.join(FAIL);
    let Ok(text) = fs::read_to_string(&file) else {
        return Ok(());
    };
    let left: u32 = text.trim().parse().with_context(|| file.display().to_string())?;
    match left {
        0 => Ok(()),
        left => {
            fs::write(&file, (left - 1).to_string())?;
            bail!("the lab was told that this start fails");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_fail_as_often_as_they_were_told_to() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FAIL), "2").unwrap();
        let starts = [(); 4].map(|()| let_start(folder.path(), &|| true).is_ok());
        assert_eq!(starts, [false, false, true, true]);
    }

    #[test]
    fn a_start_hangs_until_its_caller_has_gone_or_it_may_go_on() {
        let folder = tempfile::tempdir().unwrap();
        let flag = folder.path().join(HANG);
        fs::write(&flag, "").unwrap();
        assert!(let_start(folder.path(), &|| true).is_err());
        let mended = || {
            fs::remove_file(&flag).unwrap();
            false
        };
        let_start(folder.path(), &mended).unwrap();
    }
}
