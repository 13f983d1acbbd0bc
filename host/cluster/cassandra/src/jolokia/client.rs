//! Asking one node's Jolokia.

use std::time::Duration;

use reqwest::{StatusCode, redirect};
use ringkeeper_cluster::{Endpoint, NodeError};

use super::answers::Answers;
use super::failure::Failure;
use super::question::Question;
use super::{body, failure};
use crate::url::UrlTemplate;
use crate::{AccessError, JolokiaAccess, Secret, tls};

/// Shorter than the 30 s after which the agent's server closes an idle connection, so that no request meets a closed one.
const IDLE_TIMEOUT: Duration = Duration::from_secs(25);
/// An encrypted connection is worth keeping; the observer has at most this many requests to one node at once.
const IDLE_ENCRYPTED_CONNECTIONS: usize = 2;
/// A plain one is not: the agent's server sends head and body apart, and on a connection that has lived for a while
/// the system delays the acknowledgement in between by 40 ms. A new connection answers in less than 1 ms.
const IDLE_PLAIN_CONNECTIONS: usize = 0;

/// A client for the Jolokia agents of one cluster's nodes.
#[derive(Debug)]
pub(crate) struct Jolokia {
    http: reqwest::Client,
    url: UrlTemplate,
    credentials: Option<(String, Secret)>,
    timeout: Duration,
    max_response_bytes: usize,
}

impl Jolokia {
    pub(crate) fn new(access: JolokiaAccess) -> Result<Self, AccessError> {
        let url = UrlTemplate::parse(&access.url)?;
        let (tls, idle_connections) = if url.is_encrypted() {
            (
                tls::client_config("Jolokia", &access.tls)?,
                IDLE_ENCRYPTED_CONNECTIONS,
            )
        } else {
            (tls::unused_client_config("Jolokia")?, IDLE_PLAIN_CONNECTIONS)
        };
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // A node is reached directly, and a redirect would send the password elsewhere.
            .no_proxy()
            .redirect(redirect::Policy::none())
            .pool_idle_timeout(IDLE_TIMEOUT)
            .pool_max_idle_per_host(idle_connections)
            .tcp_nodelay(true)
            .build()?;
        Ok(Self {
            http,
            url,
            credentials: crate::credentials("Jolokia", access.username, access.password)?,
            timeout: access.timeout,
            max_response_bytes: access.max_response_bytes,
        })
    }

    /// Where this node's Jolokia is, for messages.
    pub(crate) fn place(&self, node: Endpoint) -> String {
        self.url.of(node)
    }

    /// Asks all `questions` in one request.
    ///
    /// # Errors
    /// When there is no answer of as many items; an item that failed is an error when it is taken.
    pub(crate) async fn ask(&self, node: Endpoint, questions: &[Question]) -> Result<Answers, NodeError> {
        let place = self.place(node);
        let answered = tokio::time::timeout(self.timeout, self.exchange(&place, questions)).await;
        let body = answered
            .unwrap_or_else(|_| Err(Failure::timed_out(self.timeout)))
            .map_err(|failure| failure.at(&place))?;
        Answers::read(place, questions.len(), &body)
    }

    async fn exchange(&self, url: &str, questions: &[Question]) -> Result<Vec<u8>, failure::Failure> {
        // Without `includeRequest=false` every item repeats its question.
        let mut request = self
            .http
            .post(format!("{url}?includeRequest=false"))
            .json(questions);
        if let Some((username, password)) = &self.credentials {
            request = request.basic_auth(username, Some(password.reveal()));
        }
        let response = request
            .send()
            .await
            .map_err(|error| Failure::of_request(&error))?;
        let status = response.status();
        let body = body::read(response, self.max_response_bytes).await?;
        if status != StatusCode::OK {
            return Err(Failure::of_status(status, self.credentials.is_some(), &body));
        }
        Ok(body)
    }
}
