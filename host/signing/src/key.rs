//! Keys and signatures as minisign writes them.
//!
//! A public key is the base 64 of `Ed`, 8 bytes that number the key, and 32 of it. A secret one that is not encrypted is the
//! base 64 of `Ed`, two zeros, `B2`, 48 zeros, the number, seed and public half, and BLAKE2b of what matters. A signature is of
//! the BLAKE2b of the file, and a second one is of the first and the comment below it. See
//! <https://jedisct1.github.io/minisign/>.

use aws_lc_rs::rand;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use blake2b_simd::{Params, blake2b};
use thiserror::Error;

const ALGORITHM: &[u8] = b"Ed";
/// What is signed is the digest of the file.
const OF_DIGEST: &[u8] = b"ED";
const CHECKSUM: &[u8] = b"B2";
const NUMBER_BYTES: usize = 8;
const SEED_BYTES: usize = 32;
/// Salt and cost of the encryption, of which there is none.
const NOT_ENCRYPTED: usize = 48;
const SECRET_BYTES: usize = 158;

/// Why a key or a signature cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyError {
    /// It is no key.
    #[error("it is no minisign key")]
    Malformed,
    /// It is encrypted.
    #[error("the key has a password; sign with `minisign -S`, which asks for it")]
    Encrypted,
    /// It is no signature.
    #[error("it is no minisign signature")]
    Signature,
    /// The system gives no randomness.
    #[error("the system gives no randomness")]
    Randomness,
}

/// A key that was made: the secret half to be kept, the public one to be trusted.
pub struct NewKey {
    /// The secret half, as a file of minisign holds it.
    pub secret: String,
    /// The public half, as a configuration file holds it.
    pub public: String,
}

impl std::fmt::Debug for NewKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewKey")
            .field("public", &self.public)
            .finish_non_exhaustive()
    }
}

/// Makes a key without a password.
///
/// # Errors
/// When the system gives no randomness.
pub fn new_key() -> Result<NewKey, KeyError> {
    let (mut number, mut seed) = ([0; NUMBER_BYTES], [0; SEED_BYTES]);
    rand::fill(&mut number).map_err(|_| KeyError::Randomness)?;
    rand::fill(&mut seed).map_err(|_| KeyError::Randomness)?;
    let pair = Ed25519KeyPair::from_seed_unchecked(&seed).map_err(|_| KeyError::Malformed)?;
    let public = pair.public_key().as_ref();
    let secret = [
        ALGORITHM,
        &[0, 0],
        CHECKSUM,
        &[0; NOT_ENCRYPTED],
        &number,
        &seed,
        public,
        &checksum(&number, &seed, public),
    ];
    Ok(NewKey {
        secret: format!(
            "untrusted comment: minisign secret key that signs plugins\n{}\n",
            STANDARD.encode(secret.concat())
        ),
        public: STANDARD.encode([ALGORITHM, &number, public].concat()),
    })
}

/// Signs a component with a secret key, as a file of minisign holds it; answers what the file of a signature holds.
///
/// # Errors
/// When the key is none, or has a password.
pub fn sign(component: &[u8], secret: &str, name: &str) -> Result<String, KeyError> {
    let Secret { number, pair } = Secret::read(secret)?;
    let signature = pair.sign(blake2b(component).as_bytes());
    let comment = format!("file:{}", name.replace(char::is_control, " "));
    let over_both = pair.sign(&[signature.as_ref(), comment.as_bytes()].concat());
    let first = STANDARD.encode([OF_DIGEST, &number, signature.as_ref()].concat());
    let second = STANDARD.encode(over_both);
    Ok(format!(
        "untrusted comment: signature of a plugin\n{first}\ntrusted comment: {comment}\n{second}\n"
    ))
}

/// A key that can sign.
struct Secret {
    number: [u8; NUMBER_BYTES],
    pair: Ed25519KeyPair,
}

impl Secret {
    fn read(text: &str) -> Result<Self, KeyError> {
        let bytes = STANDARD
            .decode(last_line(text))
            .map_err(|_| KeyError::Malformed)?;
        let rest = bytes
            .strip_prefix(ALGORITHM)
            .filter(|_| bytes.len() == SECRET_BYTES);
        let rest = rest.ok_or(KeyError::Malformed)?;
        let rest = rest.strip_prefix(&[0, 0]).ok_or(KeyError::Encrypted)?;
        let rest = rest.strip_prefix(CHECKSUM).ok_or(KeyError::Malformed)?;
        let parts = rest.split_at_checked(NOT_ENCRYPTED).and_then(|(_, rest)| {
            let (number, rest) = rest.split_first_chunk::<NUMBER_BYTES>()?;
            let (seed, rest) = rest.split_first_chunk::<SEED_BYTES>()?;
            let (public, sum) = rest.split_first_chunk::<SEED_BYTES>()?;
            Some((number, seed, public, sum))
        });
        let (number, seed, public, sum) = parts.ok_or(KeyError::Malformed)?;
        if sum != checksum(number, seed, public) {
            return Err(KeyError::Malformed);
        }
        let pair = Ed25519KeyPair::from_seed_and_public_key(seed, public);
        Ok(Self {
            number: *number,
            pair: pair.map_err(|_| KeyError::Malformed)?,
        })
    }
}

fn checksum(number: &[u8], seed: &[u8], public: &[u8]) -> Vec<u8> {
    let all = [ALGORITHM, number, seed, public].concat();
    Params::new().hash_length(32).hash(&all).as_bytes().to_vec()
}

/// Whether a text is the public half of a key: one line, or the file that minisign writes.
///
/// # Errors
/// When it is none.
pub fn check_public_key(text: &str) -> Result<(), KeyError> {
    public_key(text).map(|_| ())
}

/// What people call a public key: 16 hexadecimal digits, as minisign shows them.
///
/// # Errors
/// When it is none.
pub fn key_id(public: &str) -> Result<String, KeyError> {
    number_behind(ALGORITHM, last_line(public)).ok_or(KeyError::Malformed)
}

/// The id of the key that a signature says it was made with. Nothing is checked.
///
/// # Errors
/// When it is no signature.
pub fn signer_key_id(signature: &str) -> Result<String, KeyError> {
    let line = signature.lines().nth(1).unwrap_or_default();
    let number = number_behind(OF_DIGEST, line).or_else(|| number_behind(ALGORITHM, line));
    number.ok_or(KeyError::Signature)
}

pub(crate) fn public_key(text: &str) -> Result<minisign_verify::PublicKey, KeyError> {
    minisign_verify::PublicKey::from_base64(last_line(text)).map_err(|_| KeyError::Malformed)
}

pub(crate) fn signature_of(text: &str) -> Result<minisign_verify::Signature, KeyError> {
    minisign_verify::Signature::decode(text).map_err(|_| KeyError::Signature)
}

/// The key's number behind these bytes, the highest digits first.
fn number_behind(algorithm: &[u8], line: &str) -> Option<String> {
    let bytes = STANDARD.decode(line.trim()).ok()?;
    let number = bytes.strip_prefix(algorithm)?.first_chunk::<NUMBER_BYTES>()?;
    Some(number.iter().rev().map(|byte| format!("{byte:02X}")).collect())
}

/// The line of a key's file that is not its comment.
fn last_line(text: &str) -> &str {
    let mut lines = text.lines().map(str::trim);
    lines.rfind(|line| !line.is_empty()).unwrap_or_default()
}
