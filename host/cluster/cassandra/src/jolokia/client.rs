//! Asking one node's Jolokia.

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::HeaderValue;
use ringkeeper_cluster::{Endpoint, NodeError, NodeErrorKind};
use ringkeeper_seams::Clock;
use url::Url;

use super::answers::Answers;
use super::failure::Failure;
use super::http::{Answer, Http, Post};
use super::question::Question;
use crate::url::UrlTemplate;
use crate::{AccessError, JolokiaAccess, ToAgents, tls};

/// A client for the Jolokia agents of one cluster's nodes.
#[derive(Debug)]
pub(crate) struct Jolokia {
    http: Http,
    url: UrlTemplate,
    authorization: Option<HeaderValue>,
    /// Agents that answer, and say why Jolokia does not; none where it is asked itself.
    agents: Option<ToAgents>,
    timeout: Duration,
    max_response_bytes: usize,
}

impl Jolokia {
    pub(crate) fn new(access: JolokiaAccess, clock: Arc<dyn Clock>) -> Result<Self, AccessError> {
        let url = UrlTemplate::parse(&access.url)?;
        let tls = match &access.agents {
            Some(agents) => Some(agents.tls.as_ref().clone()),
            None => url
                .is_encrypted()
                .then(|| tls::client_config("Jolokia", &access.tls))
                .transpose()?,
        };
        Ok(Self {
            http: Http::new(tls, clock),
            url,
            authorization: access.authorization()?,
            agents: access.agents,
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
        self.knows(node).map_err(|failure| failure.at(&place))?;
        let answered = tokio::time::timeout(self.timeout, self.exchange(&place, questions)).await;
        let body = answered
            .unwrap_or_else(|_| Err(Failure::timed_out(self.timeout)))
            .map_err(|failure| failure.at(&place))?;
        Answers::read(place, questions.len(), &body)
    }

    /// Asks all `questions` in one request that is sent once: for calls that must not be made twice.
    ///
    /// # Errors
    /// [`NodeErrorKind::Unreachable`], [`NodeErrorKind::Unauthorised`] and [`NodeErrorKind::Failed`] say that nothing
    /// was carried out; after any other kind it is in doubt. The same is true of an item that failed.
    pub(crate) async fn ask_once(
        &self,
        node: Endpoint,
        questions: &[Question],
    ) -> Result<Answers, NodeError> {
        self.ask_once_within(self.timeout, node, questions).await
    }

    /// The same for calls that take longer than others: within `limit`.
    ///
    /// # Errors
    /// As for [`Jolokia::ask_once`].
    pub(crate) async fn ask_once_within(
        &self,
        limit: Duration,
        node: Endpoint,
        questions: &[Question],
    ) -> Result<Answers, NodeError> {
        let place = self.place(node);
        self.knows(node).map_err(|failure| failure.at(&place))?;
        let body = self
            .exchange_once(&place, questions, limit)
            .await
            .map_err(|failure| failure.at(&place))?;
        Answers::read(place, questions.len(), &body).map_err(|error| match error.kind {
            // One item instead of a list: what became of the list is not said.
            NodeErrorKind::Failed => Failure::new(error.kind, error.message)
                .in_doubt()
                .at(&error.place),
            _ => error,
        })
    }

    fn knows(&self, node: Endpoint) -> Result<(), Failure> {
        match &self.agents {
            Some(agents) if !(agents.is_known)(node.ip()) => Err(Failure::of_stranger(node)),
            _ => Ok(()),
        }
    }

    async fn exchange(&self, url: &str, questions: &[Question]) -> Result<Vec<u8>, Failure> {
        let post = self.post(url, questions)?;
        self.content(self.http.send(&post, self.max_response_bytes).await?)
    }

    async fn exchange_once(
        &self,
        url: &str,
        questions: &[Question],
        limit: Duration,
    ) -> Result<Vec<u8>, Failure> {
        let post = self.post(url, questions)?;
        let answer = self.http.send_once(&post, self.max_response_bytes, limit).await?;
        // A proxy in front of the agent may say that it failed after it delivered the request.
        self.content(answer).map_err(|failure| match failure.kind() {
            NodeErrorKind::Failed => failure.in_doubt(),
            _ => failure,
        })
    }

    fn post(&self, url: &str, questions: &[Question]) -> Result<Post, Failure> {
        debug_assert!(
            questions.iter().all(crate::catalogue::has),
            "what is asked of nodes stands in the catalogue: {questions:?}"
        );
        // Without `includeRequest=false` every item repeats its question.
        let url =
            Url::parse(&format!("{url}?includeRequest=false")).map_err(|error| Failure::of_asking(&error))?;
        let body = serde_json::to_vec(questions).map_err(|error| Failure::of_asking(&error))?;
        Ok(Post::new(url, self.authorization.clone(), body))
    }

    fn content(&self, answer: Answer) -> Result<Vec<u8>, Failure> {
        if answer.status != StatusCode::OK {
            if let Some(failure) = self.agents.as_ref().and_then(|_| Failure::of_agent(&answer)) {
                return Err(failure);
            }
            let credentials_sent = self.authorization.is_some();
            return Err(Failure::of_status(answer.status, credentials_sent, &answer.body));
        }
        Ok(answer.body)
    }
}
