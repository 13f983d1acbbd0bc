//! Who signed a component.
//!
//! The picture to keep in mind: a signature is a minisign file beside the component, `NAME.wasm.minisig`, made by
//! `ringkeeper plugin sign` or by minisign itself. [`Trust`] is what the operator's configuration says: whose keys are
//! trusted and until when, and whether what nobody signed may be loaded. It judges the very bytes that are loaded. Plugins
//! that are part of the host are trusted as the host is, and are never put before it.

mod key;
mod trust;

pub use key::{KeyError, NewKey, check_public_key, key_id, new_key, sign, signer_key_id};
pub use trust::{Signer, Trust, TrustedKey, Untrusted};

/// What is added to the name of a component to name its signature.
pub const SIGNATURE_SUFFIX: &str = ".minisig";
