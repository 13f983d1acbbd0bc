//! The host's API over its Unix socket, or over the network.

mod access;
mod agents;
mod audit;
mod events;
mod plugins;
mod way;
mod work;

pub(crate) use events::Told;

use std::fmt;
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, Request, RequestBuilder, Response, StatusCode, Url};
use ringkeeper_api::{
    BASE_PATH, ClusterStatus, ClusterSummary, NodeDetail, OpenFinding, PlanAnswer, PlanRequest,
    PluginSummary, Problem,
};
use ringkeeper_cluster::{LogQuestion, LogTail, NodeStorage};
use ringkeeper_seams::Entropy;
use serde::de::DeserializeOwned;

use crate::client::way::Way;
use crate::exit::Exit;
use crate::failure::Failure;

/// How long an answer that the host has in memory may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(15);

/// How long a plan may take; the host itself ends one much earlier.
const PLAN_LIMIT: Duration = Duration::from_secs(3_700);

/// By which the host knows a change that it is asked for again.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// A way to the host.
#[derive(Debug)]
pub(crate) struct Client {
    way: Way,
    http: reqwest::Client,
}

impl Client {
    /// A way to the host that listens on `socket`. Nothing is asked yet.
    pub(crate) fn new(socket: &Path) -> Result<Self, Failure> {
        let way = Way::Socket(socket.to_owned());
        let http = built(reqwest::Client::builder().unix_socket(socket).tls_certs_only([]))?;
        Ok(Self { way, http })
    }

    /// A way to the host over the network, with the token in a file. `ca` is the authority of its certificate, where that is
    /// none that the system knows. Nothing is asked yet.
    pub(crate) fn over_network(
        host: &str,
        token_file: Option<&Path>,
        ca: Option<&Path>,
    ) -> Result<Self, Failure> {
        let (way, builder) = way::over_network(host, token_file, ca)?;
        let http = built(builder)?;
        Ok(Self { way, http })
    }

    /// Every cluster in a line.
    pub(crate) async fn clusters(&self) -> Result<Vec<ClusterSummary>, Failure> {
        self.get(&["clusters"]).await
    }

    /// A cluster in full.
    pub(crate) async fn cluster(&self, cluster: &str) -> Result<ClusterStatus, Failure> {
        self.get(&["clusters", cluster]).await
    }

    /// A node in full.
    pub(crate) async fn node(&self, cluster: &str, node: &str) -> Result<NodeDetail, Failure> {
        self.get(&["clusters", cluster, "nodes", node]).await
    }

    /// The end of a node's log.
    pub(crate) async fn node_log(
        &self,
        cluster: &str,
        node: &str,
        question: LogQuestion,
    ) -> Result<LogTail, Failure> {
        let lines = question.lines.to_string();
        let asked = [
            ("level", Some(question.level.name())),
            ("lines", Some(lines.as_str())),
        ];
        self.get_of(&["clusters", cluster, "nodes", node, "log"], &asked)
            .await
    }

    /// Room for a node's data, and its snapshots.
    pub(crate) async fn node_storage(&self, cluster: &str, node: &str) -> Result<NodeStorage, Failure> {
        self.get(&["clusters", cluster, "nodes", node, "storage"]).await
    }

    /// Open findings of one cluster, or of all.
    pub(crate) async fn findings(&self, cluster: Option<&str>) -> Result<Vec<OpenFinding>, Failure> {
        self.get_of(&["findings"], &[("cluster", cluster)]).await
    }

    /// Every plugin.
    pub(crate) async fn plugins(&self) -> Result<Vec<PluginSummary>, Failure> {
        self.get(&["plugins"]).await
    }

    /// What an operation would do.
    pub(crate) async fn plan(&self, request: &PlanRequest) -> Result<PlanAnswer, Failure> {
        self.send(self.http.post(url(&["plans"])?).json(request).timeout(PLAN_LIMIT))
            .await
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, Failure> {
        self.get_of(path, &[]).await
    }

    /// Asks about what is named; a name that is none is left out.
    async fn get_of<T: DeserializeOwned>(
        &self,
        path: &[&str],
        names: &[(&str, Option<&str>)],
    ) -> Result<T, Failure> {
        let url = url_of(path, names)?;
        self.send(self.http.get(url).timeout(ANSWER_LIMIT)).await
    }

    async fn send<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failure> {
        let answered = self.exchange(request).await;
        let (status, body) = answered.map_err(|error| self.unreachable(&error))?;
        if !status.is_success() {
            return Err(self.refused(status, &body));
        }
        serde_json::from_slice(&body).map_err(|error| self.nonsense(status, &error))
    }

    /// Sends a request and takes the whole answer. A change whose answer got lost with its connection is asked for once
    /// more, with the same idempotency key, so that it is made once and the answer is had.
    async fn exchange(&self, request: RequestBuilder) -> reqwest::Result<(StatusCode, Bytes)> {
        let mut request = request.build()?;
        self.way.direct(&mut request);
        let changes = !request.method().is_safe();
        let again = match changes.then(key).flatten() {
            Some(key) => {
                request.headers_mut().insert(KEY, key);
                request.try_clone()
            }
            None => None,
        };
        match (self.answer(request).await, again) {
            (Err(error), Some(again)) if is_lost(&error) => self.answer(again).await,
            (answered, _) => answered,
        }
    }

    async fn answer(&self, request: Request) -> reqwest::Result<(StatusCode, Bytes)> {
        let answer = self.http.execute(request).await?;
        let status = answer.status();
        Ok((status, answer.bytes().await?))
    }

    /// Sends a question on its way whose answer comes piece by piece.
    async fn ask(&self, request: RequestBuilder) -> reqwest::Result<Response> {
        let mut request = request.build()?;
        self.way.direct(&mut request);
        self.http.execute(request).await
    }

    /// What the host says where it does not answer what was asked.
    fn refused(&self, status: StatusCode, body: &[u8]) -> Failure {
        match serde_json::from_slice::<Problem>(body) {
            Ok(problem) => problem.into(),
            Err(error) => self.nonsense(status, &error),
        }
    }

    fn nonsense(&self, answered: impl fmt::Display, error: &serde_json::Error) -> Failure {
        let message = format!(
            "the host at {} answered {answered} with something unreadable: {error}",
            self.way
        );
        Failure::new(
            Exit::Failed,
            message,
            "use the ringkeeper program of the host's own version",
        )
    }

    fn too_slow(&self) -> Failure {
        Failure::new(
            Exit::Unreachable,
            format!("the host at {} did not answer in time", self.way),
            "see the host's log; start it again if it hangs",
        )
    }

    fn unreachable(&self, error: &reqwest::Error) -> Failure {
        if error.is_timeout() {
            return self.too_slow();
        }
        let mut reason: &dyn std::error::Error = error;
        while let Some(source) = reason.source() {
            reason = source;
        }
        let message = format!("no host answers at {}: {reason}", self.way);
        Failure::new(Exit::Unreachable, message, self.way.remedy())
    }
}

/// A key that no other request has; none where the system has no randomness to give, and then nothing is sent twice.
fn key() -> Option<HeaderValue> {
    let mut key = Entropy::from_os().ok()?.stream("idempotency-key");
    HeaderValue::try_from(format!("{:016x}{:016x}", key.next_u64(), key.next_u64())).ok()
}

/// Whether a connection ended before the answer was there. Whoever could not connect was not heard, and whoever waited for
/// too long has waited long enough.
fn is_lost(error: &reqwest::Error) -> bool {
    !error.is_connect() && !error.is_timeout() && !error.is_builder()
}

/// Builds what sends requests. It follows nobody elsewhere: the token is for one host.
fn built(builder: ClientBuilder) -> Result<reqwest::Client, Failure> {
    // The program has one TLS provider, and the client wants one although a socket needs none. A second installation is
    // refused, which is fine.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let built = builder.redirect(Policy::none()).no_proxy().build();
    built.map_err(|error| Failure::plain(Exit::Failed, format!("cannot make an HTTP client: {error}")))
}

/// The URL of a path of the API. The host's name in it means nothing: the [`Way`] puts in another where one is needed.
fn url(path: &[&str]) -> Result<Url, Failure> {
    let unusable = || {
        Failure::plain(
            Exit::Usage,
            format!("`{}` cannot be part of a URL", path.join("/")),
        )
    };
    let mut url = Url::parse(&format!("http://ringkeeper{BASE_PATH}")).map_err(|_| unusable())?;
    url.path_segments_mut().map_err(|()| unusable())?.extend(path);
    Ok(url)
}

/// The URL of a path, and what is named behind it.
fn url_of(path: &[&str], names: &[(&str, Option<&str>)]) -> Result<Url, Failure> {
    let mut url = url(path)?;
    for (name, value) in names {
        if let Some(value) = value {
            url.query_pairs_mut().append_pair(name, value);
        }
    }
    Ok(url)
}

#[cfg(test)]
mod tests;
