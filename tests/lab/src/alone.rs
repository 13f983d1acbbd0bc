use anyhow::Result;

use crate::node::LabNode;

/// Nodes that stand still until this is dropped.
#[derive(Debug)]
#[must_use = "the others go on when it is dropped"]
pub struct Alone<'a> {
    others: Vec<&'a LabNode>,
}

impl<'a> Alone<'a> {
    pub(crate) fn new(others: impl Iterator<Item = &'a LabNode>) -> Result<Self> {
        let mut alone = Self { others: Vec::new() };
        for other in others {
            other.pause()?;
            alone.others.push(other);
        }
        Ok(alone)
    }
}

impl Drop for Alone<'_> {
    fn drop(&mut self) {
        for other in &self.others {
            // One that was killed meanwhile has nothing to go on with.
            let _ = other.resume();
        }
    }
}
