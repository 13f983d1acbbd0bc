//! Whose components are loaded.

#[cfg(test)]
mod tests;

use std::fmt;

use ringkeeper_seams::Timestamp;
use thiserror::Error;

use crate::key::{KeyError, key_id as id_of, public_key, signature_of, signer_key_id};

/// A key whose signatures are trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedKey {
    /// Whose it is, as the operator calls it.
    pub name: String,
    /// The public half, as minisign writes it.
    pub key: String,
    /// Until when it is trusted; none for always.
    pub until: Option<Timestamp>,
}

/// Whose components are loaded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// The keys that are trusted.
    pub keys: Vec<TrustedKey>,
    /// Whether what nobody signed may be loaded.
    pub allow_unsigned: bool,
}

/// A key that signed a component, and is trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// Its name in the configuration.
    pub name: String,
    /// Its id, as minisign shows it.
    pub key_id: String,
}

impl fmt::Display for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.key_id)
    }
}

/// Why a component is not trusted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Untrusted {
    /// Nobody signed it.
    #[error(
        "nobody signed it; sign it with `ringkeeper plugin sign` and put the signature beside it, or set \
         `allow_unsigned = true` in [plugins]"
    )]
    Unsigned,
    /// What stands beside it is no signature.
    #[error("its signature cannot be read: {0}; sign it anew with `ringkeeper plugin sign`")]
    Malformed(KeyError),
    /// It was signed with a key that nobody trusts.
    #[error(
        "it was signed with key {key_id}, which is none of [[plugins.trusted_key]]; add that key, if you trust it"
    )]
    UnknownKey {
        /// Which.
        key_id: String,
    },
    /// It was signed with a key that was trusted.
    #[error(
        "it was signed by {signer}, whose key was trusted until {until}; sign it with a key that still is"
    )]
    Expired {
        /// By whom.
        signer: Signer,
        /// Until when.
        until: Timestamp,
    },
    /// It is not what was signed.
    #[error("it is not what {signer} signed: the component or its signature was changed; get both anew")]
    Altered {
        /// By whom.
        signer: Signer,
    },
}

impl Trust {
    /// Trusts every component, signed or not: for simulations, in which an author tries out what is not signed yet.
    #[must_use]
    pub fn in_everything() -> Self {
        Self {
            keys: Vec::new(),
            allow_unsigned: true,
        }
    }

    /// Who signed these bytes, if they may be loaded; none where nobody did and that is allowed. A signature that does not
    /// hold is never as good as none.
    ///
    /// # Errors
    /// Why they are not trusted.
    pub fn judge(
        &self,
        component: &[u8],
        signature: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<Signer>, Untrusted> {
        let Some(text) = signature else {
            return match self.allow_unsigned {
                true => Ok(None),
                false => Err(Untrusted::Unsigned),
            };
        };
        let signature = signature_of(text).map_err(Untrusted::Malformed)?;
        let key_id = signer_key_id(text).map_err(Untrusted::Malformed)?;
        let mut known = self.keys.iter().filter_map(|trusted| {
            let key = public_key(&trusted.key).ok()?;
            (id_of(&trusted.key).as_ref() == Ok(&key_id)).then_some((trusted, key))
        });
        let Some((trusted, key)) = known.next() else {
            return Err(Untrusted::UnknownKey { key_id });
        };
        let signer = Signer {
            name: trusted.name.clone(),
            key_id,
        };
        // What older tools signed without a digest is not taken.
        if key.verify(component, &signature, false).is_err() {
            return Err(Untrusted::Altered { signer });
        }
        match trusted.until.filter(|until| *until <= now) {
            Some(until) => Err(Untrusted::Expired { signer, until }),
            None => Ok(Some(signer)),
        }
    }
}
