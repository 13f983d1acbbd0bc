//! Keys and signatures of plugins.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ringkeeper_seams::{Clock as _, SystemClock};
use ringkeeper_signing::{KeyError, SIGNATURE_SUFFIX, Trust, signer_key_id};
use serde::Serialize;

use crate::arguments::Common;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::place;
use crate::render;

/// A key that was made.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct MadeKey {
    /// Where the secret half is.
    pub(crate) file: PathBuf,
    /// The public half, as a configuration file holds it.
    pub(crate) key: String,
}

/// A component that was signed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SignedComponent {
    /// Where the signature is.
    pub(crate) signature: PathBuf,
    /// The id of the key, as minisign shows it.
    pub(crate) key_id: String,
}

/// How it stands with the signature of a component.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Signature {
    /// The key that it says it was made with; none where there is no signature.
    pub(crate) key_id: Option<String>,
    /// Whether the configuration trusts it.
    pub(crate) trusted: bool,
    /// Who signed it and why that is trusted or not, in a sentence.
    pub(crate) verdict: String,
}

/// Makes a key. No file is written over.
pub(super) fn new_key(file: &Path, output: &Output) -> Result<Exit, Failure> {
    let key = ringkeeper_signing::new_key().map_err(|error| about(file, &error))?;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let written = options.open(file).and_then(|mut open| {
        open.write_all(key.secret.as_bytes())
            .and_then(|()| open.sync_all())
    });
    written.map_err(|error| unwritten(file, &error))?;
    let made = MadeKey {
        file: file.to_owned(),
        key: key.public,
    };
    output.one(&made, render::signing::made)?;
    Ok(Exit::Done)
}

/// Signs a component.
pub(super) fn sign(file: &Path, key: &Path, output: &Output) -> Result<Exit, Failure> {
    let component = ringkeeper_assembly::read(file).map_err(|error| unread(file, &error))?;
    let secret = std::fs::read_to_string(key).map_err(|error| unread(key, &error))?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let signature = ringkeeper_signing::sign(&component, &secret, &name);
    let signature = signature.map_err(|error| about(key, &error))?;
    let key_id = signer_key_id(&signature).map_err(|error| about(key, &error))?;
    let mut beside = file.as_os_str().to_owned();
    beside.push(SIGNATURE_SUFFIX);
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, signature).map_err(|error| unwritten(&beside, &error))?;
    let signed = SignedComponent {
        signature: beside,
        key_id,
    };
    output.one(&signed, render::signing::signed)?;
    Ok(Exit::Done)
}

/// How it stands with the signature of a component, by the configuration that would be used. Where there is none, nobody is
/// trusted.
pub(super) fn judge(common: &Common, file: &Path, component: &[u8]) -> Result<Signature, Failure> {
    let signature = ringkeeper_assembly::signature_beside(file)
        .map_err(|message| Failure::plain(Exit::Failed, message))?;
    let trust = match (place::config(common), &common.config) {
        (Ok(config), _) => config.trust,
        (Err(_), None) => Trust::default(),
        (Err(failure), Some(_)) => return Err(failure),
    };
    let key_id = signature.as_deref().and_then(|text| signer_key_id(text).ok());
    let judged = trust.judge(component, signature.as_deref(), SystemClock.now());
    let (trusted, verdict) = match judged {
        Ok(Some(signer)) => (true, format!("signed by {signer}, who is trusted")),
        Ok(None) => (
            true,
            "nobody signed it, and the configuration lets that pass".to_owned(),
        ),
        Err(untrusted) => (false, untrusted.to_string()),
    };
    Ok(Signature {
        key_id,
        trusted,
        verdict,
    })
}

fn about(file: &Path, error: &KeyError) -> Failure {
    Failure::plain(Exit::Refused, format!("{}: {error}", file.display()))
}

fn unread(file: &Path, error: &std::io::Error) -> Failure {
    let exit = match error.kind() {
        std::io::ErrorKind::NotFound => Exit::NotFound,
        _ => Exit::Failed,
    };
    Failure::plain(exit, format!("{}: cannot be read: {error}", file.display()))
}

fn unwritten(file: &Path, error: &std::io::Error) -> Failure {
    Failure::plain(
        Exit::Failed,
        format!("{}: cannot be written: {error}", file.display()),
    )
}
