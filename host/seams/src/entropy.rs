//! What is random: one root seed, split by name into streams.
//!
//! A stream is named by what it is for, so one more draw in one stream moves no other.

use std::io::Read as _;

/// A root of random streams.
#[derive(Clone)]
pub struct Entropy {
    root: [u8; 32],
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy")
    }
}

impl Entropy {
    /// The same streams for the same seed.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self {
            root: blake3::derive_key("ringkeeper seed v1", &seed.to_le_bytes()),
        }
    }

    /// A root nobody can foresee.
    ///
    /// # Errors
    /// When the operating system's source cannot be read.
    pub fn from_os() -> std::io::Result<Self> {
        let mut root = [0; 32];
        std::fs::File::open("/dev/urandom")?.read_exact(&mut root)?;
        Ok(Self { root })
    }

    /// The stream called `name`. Asking twice gives the same numbers twice.
    #[must_use]
    pub fn stream(&self, name: &str) -> Draw {
        let mut hasher = blake3::Hasher::new_keyed(&self.root);
        hasher.update(name.as_bytes());
        Draw {
            output: hasher.finalize_xof(),
        }
    }
}

/// One stream of random numbers.
#[derive(Debug)]
pub struct Draw {
    output: blake3::OutputReader,
}

impl Draw {
    /// Fills `bytes`.
    pub fn fill(&mut self, bytes: &mut [u8]) {
        self.output.fill(bytes);
    }

    /// The next number, even over the whole range.
    pub fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_depends_on_seed_and_name_alone() {
        let draw = |seed, name: &str| Entropy::from_seed(seed).stream(name).next_u64();
        assert_eq!(draw(7, "faults"), draw(7, "faults"));
        assert_ne!(draw(7, "faults"), draw(7, "latency"));
        assert_ne!(draw(7, "faults"), draw(8, "faults"));
    }
}
