//! The built-in plugins, compiled to components and embedded.
//!
//! The build script compiles every guest crate under `plugins/` to a WebAssembly component, puts its manifest into the
//! custom section `ringkeeper:manifest`, and this crate holds the bytes. Nothing runs here: the sandbox loads them
//! like any other plugin's.

include!(concat!(env!("OUT_DIR"), "/plugins/guests.rs"));

/// Guests for tests of the host, hostile ones among them.
#[cfg(feature = "fixtures")]
pub mod fixtures {
    include!(concat!(env!("OUT_DIR"), "/fixtures/guests.rs"));
}

#[cfg(test)]
mod tests;
