//! Who asks: the user at the other end of the socket, as the kernel knows them.

use std::convert::Infallible;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::serve::IncomingStream;
use nix::unistd::{Uid, User};
use tokio::net::UnixListener;

/// Who is meant where the kernel does not tell.
const UNKNOWN: &str = "an unknown user";

/// The user who opened the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Peer(Option<u32>);

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self(stream.io().peer_cred().ok().map(|credentials| credentials.uid()))
    }
}

impl Peer {
    /// The user's name, with the number that the kernel vouches for.
    pub(crate) fn name(&self) -> String {
        let Some(uid) = self.0 else {
            return UNKNOWN.to_owned();
        };
        // The name is looked up when it is needed: it may take a directory service.
        match User::from_uid(Uid::from_raw(uid)) {
            Ok(Some(user)) => format!("{} (uid {uid})", user.name),
            Ok(None) | Err(_) => format!("uid {uid}"),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let known = parts.extensions.get::<ConnectInfo<Self>>();
        Ok(known.map_or(Self(None), |ConnectInfo(peer)| peer.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_a_name_and_a_number() {
        assert_eq!(Peer(Some(0)).name(), "root (uid 0)");
        assert_eq!(Peer(Some(u32::MAX - 7)).name(), format!("uid {}", u32::MAX - 7));
        assert_eq!(Peer(None).name(), "an unknown user");
    }
}
