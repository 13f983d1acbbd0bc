//! Messages as signed JSON, posted to a URL.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::hmac;
use reqwest::Client;
use ringkeeper_seams::Timestamp;

use crate::{Message, Post, PostError};

/// How long an answer may take.
const LIMIT: Duration = Duration::from_secs(15);

/// Names the message, so that one that comes twice can be told from another.
const ID: &str = "ringkeeper-id";
/// When it was sent, in seconds since 1970.
const TIMESTAMP: &str = "ringkeeper-timestamp";
/// `v1=` and the [`signature`].
const SIGNATURE: &str = "ringkeeper-signature";

/// Posts messages to one URL.
pub struct Webhook {
    url: String,
    secret: Vec<u8>,
    client: Client,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook")
    }
}

impl Webhook {
    /// A way to `url`, signed with `secret`. Authorities in `ca_file` are believed beside those of the machine. Nothing is
    /// sent yet.
    ///
    /// # Errors
    /// When the file is none, or no client can be made.
    pub fn new(url: &str, secret: &str, ca_file: Option<&Path>) -> Result<Self, PostError> {
        // The program has one provider of cryptography. A second installation is refused, which is fine.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let unusable = |error: &dyn fmt::Display| PostError::Unusable(error.to_string());
        let mut builder = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(LIMIT)
            // Messages are rare.
            .pool_max_idle_per_host(0);
        if let Some(file) = ca_file {
            let pem = std::fs::read(file).map_err(|error| unusable(&error))?;
            let authorities = reqwest::Certificate::from_pem_bundle(&pem);
            builder = builder.tls_certs_merge(authorities.map_err(|error| unusable(&error))?);
        }
        Ok(Self {
            url: url.to_owned(),
            secret: secret.as_bytes().to_vec(),
            client: builder.build().map_err(|error| unusable(&error))?,
        })
    }
}

/// HMAC-SHA256 of `<timestamp>.<body>` in hexadecimal digits.
#[must_use]
pub fn signature(secret: &[u8], timestamp: &str, body: &[u8]) -> String {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, secret));
    context.update(timestamp.as_bytes());
    context.update(b".");
    context.update(body);
    let signed = context.sign();
    signed.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[async_trait]
impl Post for Webhook {
    async fn post(&self, message: &Message, now: Timestamp) -> Result<(), PostError> {
        let body = serde_json::to_vec(message).map_err(|error| PostError::Unusable(error.to_string()))?;
        let timestamp = (now.as_millis() / 1_000).to_string();
        let signature = signature(&self.secret, &timestamp, &body);
        let request = self
            .client
            .post(&self.url)
            .header("content-type", "application/json")
            .header(ID, &message.id.0)
            .header(TIMESTAMP, timestamp)
            .header(SIGNATURE, format!("v1={signature}"))
            .body(body);
        let answer = request.send().await.map_err(failure)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            status => Err(PostError::Refused(status.to_string())),
        }
    }
}

/// The innermost reason, which does not name the URL.
fn failure(error: reqwest::Error) -> PostError {
    if error.is_timeout() {
        return PostError::Silent(LIMIT.as_secs());
    }
    let error = error.without_url();
    let mut reason: &dyn std::error::Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    PostError::Unreachable(reason.to_string())
}

#[cfg(test)]
mod tests;
