//! Tokens for the network.

use ringkeeper_api::{AccessTokenAnswer, AccessTokenRequest, AccessTokenRow, RevokeRequest};

use super::{ANSWER_LIMIT, Client, url};
use crate::failure::Failure;

impl Client {
    /// Every token that was ever made.
    pub(crate) async fn tokens(&self) -> Result<Vec<AccessTokenRow>, Failure> {
        self.get(&["tokens"]).await
    }

    /// Makes a token.
    pub(crate) async fn create_token(
        &self,
        request: &AccessTokenRequest,
    ) -> Result<AccessTokenAnswer, Failure> {
        let post = self.http.post(url(&["tokens"])?);
        self.send(post.json(request).timeout(ANSWER_LIMIT)).await
    }

    /// Lets nobody in with a token any more.
    pub(crate) async fn revoke_token(&self, name: &str, reason: String) -> Result<AccessTokenRow, Failure> {
        let post = self.http.post(url(&["tokens", name, "revoke"])?);
        self.send(post.json(&RevokeRequest { reason }).timeout(ANSWER_LIMIT))
            .await
    }
}
