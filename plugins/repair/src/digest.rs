//! A hash that is the same on every machine and in every run, for ids that last.

/// FNV-1a with 64 bits.
pub(crate) struct Digest(u64);

impl Digest {
    /// Of nothing yet.
    pub(crate) const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// With a text, its length included so that no two lists of texts are alike.
    pub(crate) fn text(self, text: &str) -> Self {
        self.number(text.len() as u64).bytes(text.as_bytes())
    }

    /// With a number.
    pub(crate) fn number(self, number: u64) -> Self {
        self.bytes(&number.to_le_bytes())
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        self
    }

    /// The hash.
    pub(crate) const fn value(&self) -> u64 {
        self.0
    }
}

/// The hash of one table: of this table and of no later one with its name.
pub(crate) fn of_table(name: &str, id: &str) -> u64 {
    Digest::new().text(name).text(id).value()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_do_not_run_together() {
        let one = Digest::new().text("ab").text("c").value();
        let other = Digest::new().text("a").text("bc").value();
        assert_ne!(one, other);
    }

    #[test]
    fn a_hash_never_changes() {
        // Ids of steps are made of it, and a run outlives an upgrade of the plugin.
        assert_eq!(
            Digest::new().text("shop").number(7).value(),
            15_347_790_143_548_546_602
        );
    }
}
