//! Tokens by which an agent becomes known.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ringkeeper_seams::Draw;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;
use serde::{Deserialize, Serialize};
use thiserror::Error;

const KIND: &str = "rk1";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 24;

/// BLAKE3 of a certificate as it travels (DER).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a certificate.
    #[must_use]
    pub fn of(certificate: &[u8]) -> Self {
        Self(*blake3::hash(certificate).as_bytes())
    }
}

/// Of a certificate as it is kept (PEM); none where the text is none.
#[must_use]
pub fn fingerprint_of_pem(pem: &str) -> Option<Fingerprint> {
    let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
    Some(Fingerprint::of(&certificate))
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Fingerprint {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(bytes("fingerprint", text)?))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A token: `rk1.ID.SECRET.FINGERPRINT`. Whoever has it can enrol one agent, so its `Debug` shows the id alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    id: String,
    secret: [u8; SECRET_BYTES],
    host: Fingerprint,
}

/// What the host keeps of a token's secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenHash(String);

impl TokenHash {
    /// One that was kept as text.
    #[must_use]
    pub fn kept(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TokenError {
    /// It looks like something else.
    #[error(
        "this is no token: one looks like `{KIND}.ID.SECRET.FINGERPRINT`; copy all of what `ringkeeper agents token` printed"
    )]
    Shape,
    /// A part of it is not whole.
    #[error("the token's {0} is not whole; copy all of what `ringkeeper agents token` printed")]
    Part(&'static str),
}

impl Token {
    /// A new one, for the host whose authority has this fingerprint.
    #[must_use]
    pub fn draw(from: &mut Draw, host: Fingerprint) -> Self {
        let mut id = [0; ID_BYTES];
        from.fill(&mut id);
        let mut secret = [0; SECRET_BYTES];
        from.fill(&mut secret);
        Self {
            id: id.iter().map(|byte| format!("{byte:02x}")).collect(),
            secret,
            host,
        }
    }

    /// By what the host knows it; no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whose authority it is for.
    #[must_use]
    pub const fn host(&self) -> Fingerprint {
        self.host
    }

    /// What the host keeps: nobody finds the token by it.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        let digest = blake3::derive_key("ringkeeper enrolment token v1", &self.secret);
        TokenHash(URL_SAFE_NO_PAD.encode(digest))
    }

    /// The whole token, for the one who is to use it.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!(
            "{KIND}.{}.{}.{}",
            self.id,
            URL_SAFE_NO_PAD.encode(self.secret),
            self.host
        )
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.id)
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.trim().split('.').collect();
        let [KIND, id, secret, host] = parts.as_slice() else {
            return Err(TokenError::Shape);
        };
        let is_id = id.len() == ID_BYTES * 2 && id.chars().all(|c| c.is_ascii_hexdigit());
        if !is_id {
            return Err(TokenError::Part("id"));
        }
        Ok(Self {
            id: (*id).to_owned(),
            secret: bytes("secret", secret)?,
            host: host.parse()?,
        })
    }
}

fn bytes<const N: usize>(part: &'static str, text: &str) -> Result<[u8; N], TokenError> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(TokenError::Part(part))
}

#[cfg(test)]
mod tests {
    use ringkeeper_seams::Entropy;

    use super::*;

    fn token() -> Token {
        Token::draw(
            &mut Entropy::from_seed(7).stream("tokens"),
            Fingerprint::of(b"host"),
        )
    }

    #[test]
    fn a_token_is_read_as_it_was_printed() {
        let token = token();
        assert_eq!(format!(" {}\n", token.reveal()).parse::<Token>(), Ok(token));
    }

    #[test]
    fn a_token_that_is_not_whole_says_which_part() {
        let whole = token().reveal();
        let parts: Vec<&str> = whole.split('.').collect();
        assert_eq!("hello".parse::<Token>(), Err(TokenError::Shape));
        assert_eq!(parts[..3].join(".").parse::<Token>(), Err(TokenError::Shape));
        assert_eq!(
            whole[..whole.len() - 1].parse::<Token>(),
            Err(TokenError::Part("fingerprint"))
        );
        let short = format!("rk1.{}.AAAA.{}", parts[1], parts[3]);
        assert_eq!(short.parse::<Token>(), Err(TokenError::Part("secret")));
        let id = format!("rk1.zz.{}.{}", parts[2], parts[3]);
        assert_eq!(id.parse::<Token>(), Err(TokenError::Part("id")));
    }

    #[test]
    fn what_is_kept_or_printed_does_not_give_the_token_away() {
        let token = token();
        let secret = token.reveal().split('.').nth(2).unwrap().to_owned();
        assert!(!format!("{token:?}").contains(&secret));
        assert!(!token.hash().to_string().contains(&secret));
    }
}
