//! Keys and signatures of plugins.

use crate::command::plugin::{MadeKey, SignedComponent};
use crate::screen::{Screen, Tone};

/// A key that was made, and how it comes to be trusted.
pub(crate) fn made(made: &MadeKey, screen: &Screen) -> String {
    let file = made.file.display();
    let kept = format!("The secret half is in {file}. It has no password: whoever can read it can sign.");
    let trust = "To trust what it signs, add to the configuration of the host:";
    format!(
        "{}\n\n{trust}\n\n{}\n",
        screen.wrap("", "", &kept),
        screen.paint(
            Tone::Strong,
            &format!(
                "[[plugins.trusted_key]]\nname = \"a name of your choice\"\nkey = \"{}\"",
                made.key
            )
        )
    )
}

/// A component that was signed.
pub(crate) fn signed(signed: &SignedComponent, _: &Screen) -> String {
    format!(
        "Signed with key {}; the signature is in {}.\n",
        signed.key_id,
        signed.signature.display()
    )
}
