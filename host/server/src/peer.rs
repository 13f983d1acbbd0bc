//! Who asks: the user at the other end of the socket, as the kernel knows them, or a token over the network.

use std::convert::Infallible;

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use axum::serve::IncomingStream;
use nix::unistd::{Uid, User};
use ringkeeper_access::Admitted;
use ringkeeper_api::Role;
use tokio::net::UnixListener;

/// Who is meant where the kernel does not tell.
const UNKNOWN: &str = "an unknown user";

/// Who asks. An extension of every request that was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Peer {
    /// The user who opened the connection, by number; none where the kernel does not tell.
    User(Option<u32>),
    /// Whoever showed this token.
    Token(Admitted),
}

impl Connected<IncomingStream<'_, UnixListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, UnixListener>) -> Self {
        Self::User(stream.io().peer_cred().ok().map(|credentials| credentials.uid()))
    }
}

impl Peer {
    /// The user's name, with the number that the kernel vouches for, or the token's.
    pub(crate) fn name(&self) -> String {
        let uid = match self {
            Self::User(Some(uid)) => *uid,
            Self::User(None) => return UNKNOWN.to_owned(),
            Self::Token(token) => return format!("token {}", token.name),
        };
        // The name is looked up when it is needed: it may take a directory service.
        match User::from_uid(Uid::from_raw(uid)) {
            Ok(Some(user)) => format!("{} (uid {uid})", user.name),
            Ok(None) | Err(_) => format!("uid {uid}"),
        }
    }

    /// Whose idempotency keys are theirs. A token that is made anew under an old name is another one.
    pub(crate) fn owner(&self) -> String {
        match self {
            Self::User(None) => UNKNOWN.to_owned(),
            Self::User(Some(uid)) => format!("uid {uid}"),
            Self::Token(token) => format!("token {}", token.id),
        }
    }

    /// What they may ask. The socket lets in only who may do anything to the host anyway.
    pub(crate) const fn role(&self) -> Role {
        match self {
            Self::User(_) => Role::Admin,
            Self::Token(token) => token.role,
        }
    }
}

/// Lets in whoever came by the socket.
pub(crate) async fn at_the_socket(mut request: Request, next: Next) -> Response {
    let known = request.extensions().get::<ConnectInfo<Peer>>();
    let peer = known.map_or(Peer::User(None), |ConnectInfo(peer)| peer.clone());
    request.extensions_mut().insert(peer);
    next.run(request).await
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or(Self::User(None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_has_a_name_and_a_number() {
        assert_eq!(Peer::User(Some(0)).name(), "root (uid 0)");
        let stranger = u32::MAX - 7;
        assert_eq!(Peer::User(Some(stranger)).name(), format!("uid {stranger}"));
        assert_eq!(Peer::User(None).name(), "an unknown user");
    }

    #[test]
    fn a_token_has_a_name_and_a_role() {
        let token = Peer::Token(Admitted {
            name: "ci".to_owned(),
            id: "00ff".to_owned(),
            role: Role::Viewer,
        });
        assert_eq!((token.name().as_str(), token.role()), ("token ci", Role::Viewer));
    }
}
