//! Tokens: what they look like, and what is kept of them.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ringkeeper_seams::Draw;

/// So that a token is known as one wherever it turns up.
const KIND: &str = "rka1";
const ID_BYTES: usize = 6;
const SECRET_BYTES: usize = 32;
/// Nothing longer is looked at.
const LONGEST: usize = 128;

/// A whole token. Nothing that is printed for a log gives its secret away.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    id: String,
    secret: [u8; SECRET_BYTES],
}

/// What is kept of a token's secret. Two are compared in the same time whatever they are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct SecretHash(blake3::Hash);

impl SecretHash {
    /// As it was kept; none where the text is none.
    pub(crate) fn kept(text: &str) -> Option<Self> {
        blake3::Hash::from_hex(text).ok().map(Self)
    }
}

impl fmt::Display for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_hex())
    }
}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash")
    }
}

/// A text that is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoToken;

impl Secret {
    /// A new one.
    pub(crate) fn draw(from: &mut Draw) -> Self {
        let (mut id, mut secret) = ([0; ID_BYTES], [0; SECRET_BYTES]);
        from.fill(&mut id);
        from.fill(&mut secret);
        let id = id.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { id, secret }
    }

    /// By what the host knows it; no secret.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the host keeps: nobody finds the token by it.
    pub(crate) fn hash(&self) -> SecretHash {
        let digest = blake3::derive_key("ringkeeper access token v1", &self.secret);
        SecretHash(digest.into())
    }

    /// The whole token, for the one who is to use it.
    #[must_use]
    pub fn reveal(&self) -> String {
        format!("{KIND}.{}.{}", self.id, URL_SAFE_NO_PAD.encode(self.secret))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.id)
    }
}

impl FromStr for Secret {
    type Err = NoToken;

    fn from_str(text: &str) -> Result<Self, NoToken> {
        let text = text.trim();
        if text.len() > LONGEST {
            return Err(NoToken);
        }
        let parts: Vec<&str> = text.split('.').collect();
        let [KIND, id, secret] = parts.as_slice() else {
            return Err(NoToken);
        };
        let is_id = id.len() == ID_BYTES * 2 && id.chars().all(|c| c.is_ascii_hexdigit());
        if !is_id {
            return Err(NoToken);
        }
        let secret = URL_SAFE_NO_PAD.decode(secret).map_err(|_| NoToken)?;
        Ok(Self {
            id: (*id).to_owned(),
            secret: secret.try_into().map_err(|_| NoToken)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ringkeeper_seams::Entropy;

    use super::*;

    fn token() -> Secret {
        Secret::draw(&mut Entropy::from_seed(7).stream("tokens"))
    }

    #[test]
    fn a_token_is_read_as_it_was_printed() {
        let token = token();
        assert_eq!(format!(" {}\n", token.reveal()).parse(), Ok(token));
    }

    #[test]
    fn what_is_not_whole_is_no_token() {
        let whole = token().reveal();
        let parts: Vec<&str> = whole.split('.').collect();
        for text in [
            "",
            "hello",
            "rka1..",
            "rk1.000000000000.AAAA.BBBB",
            &parts[..2].join("."),
            &whole[..whole.len() - 1],
            &format!("{whole}A"),
            &format!("{whole}.x"),
            &format!("rka1.zz.{}", parts[2]),
            &format!("rka2.{}.{}", parts[1], parts[2]),
            &"x".repeat(10_000),
        ] {
            assert_eq!(text.parse::<Secret>(), Err(NoToken), "{text}");
        }
    }

    #[test]
    fn what_is_kept_or_printed_does_not_give_the_token_away() {
        let token = token();
        let secret = token.reveal().split('.').nth(2).unwrap().to_owned();
        let kept = token.hash().to_string();
        for text in [format!("{token:?}"), format!("{:?}", token.hash()), kept.clone()] {
            assert!(!text.contains(&secret), "{text}");
        }
        assert_eq!(SecretHash::kept(&kept), Some(token.hash()));
        assert_eq!(SecretHash::kept("none"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_a_token_or_none(text in "\\PC{0,200}") {
            if let Ok(token) = text.parse::<Secret>() {
                prop_assert_eq!(token.reveal(), text.trim());
            }
        }
    }
}
