//! One question to an agent.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_cluster::Endpoint;
use ringkeeper_trust::why;
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;

const CONNECT: Duration = Duration::from_secs(5);
/// More than an agent waits for the end of an order before it says that it is under way.
const ANSWER: Duration = Duration::from_secs(30);
/// The longest answer that is read: a piece of what a tool printed, each byte of it written as JSON writes odd ones.
const MOST_BYTES: usize = 512 * 1024;

/// The agents of a cluster.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    client: reqwest::Client,
    port: u16,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Unanswered {
    /// The agent says why.
    Refused(Problem),
    /// Nobody was reached.
    NoConnection(String),
    /// Somebody was, and no answer came that makes sense.
    Broken(String),
}

impl Unanswered {
    pub(crate) const fn may_have_arrived(&self) -> bool {
        matches!(self, Self::Broken(_))
    }

    pub(crate) fn words(&self, at: Endpoint) -> String {
        let node = at.ip();
        match self {
            Self::Refused(Problem { message, cure, .. }) => {
                let cure = cure.as_ref().map(|cure| format!("; {cure}")).unwrap_or_default();
                format!("the agent of {node} says: {message}{cure}")
            }
            Self::NoConnection(why) => {
                format!("the agent of {node} cannot be reached: {why}; see `ringkeeper agents show {node}`")
            }
            Self::Broken(why) => format!("the agent of {node} broke off: {why}"),
        }
    }
}

impl Agent {
    pub(crate) fn new(tls: &Arc<ClientConfig>, port: u16) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.as_ref().clone())
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            // Whether an agent is known still is looked at when a connection is made.
            .pool_max_idle_per_host(0)
            .build()?;
        Ok(Self { client, port })
    }

    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        at: Endpoint,
        path: &str,
        request: &(impl Serialize + Sync),
    ) -> Result<T, Unanswered> {
        let url = format!("https://{}/{path}", SocketAddr::new(at.ip(), self.port));
        let sent = self.client.post(url).json(request).send().await;
        let mut answer = sent.map_err(|error| match error.is_connect() {
            true => Unanswered::NoConnection(why(&error, "the agent")),
            false => Unanswered::Broken(why(&error, "the agent")),
        })?;
        let is_success = answer.status().is_success();
        let mut body = Vec::new();
        let broken = |error: reqwest::Error| Unanswered::Broken(why(&error, "the agent"));
        while let Some(piece) = answer.chunk().await.map_err(broken)? {
            body.extend_from_slice(&piece);
            if body.len() > MOST_BYTES {
                return Err(Unanswered::Broken("its answer has no end".to_owned()));
            }
        }
        if is_success {
            return serde_json::from_slice(&body).map_err(|error| Unanswered::Broken(error.to_string()));
        }
        let problem = serde_json::from_slice(&body).unwrap_or_else(|_| {
            Problem::plain(ProblemCode::Failed, format!("HTTP {}", answer.status().as_u16()))
        });
        Err(Unanswered::Refused(problem))
    }
}
