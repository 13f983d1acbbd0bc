//! Passes on what the host asks of Jolokia, to the one that this agent gave its Cassandra.
//!
//! Who asks was checked by the connection; what may be asked, by the policy of that Jolokia. What is left is to find it: the
//! one that answered last, and anew where none does. A request is delivered once. Whether it was is what the host must
//! know of a failure: 503 says that it was not, 502 that it may have been.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_jvm::{Jvm, Reached};
use tokio::sync::Mutex;

use crate::AgentError;

/// How long the way to a Jolokia on this machine may take.
const CONNECT: Duration = Duration::from_secs(5);
/// The longest that any call takes; the host gives up long before by limits of its own.
const LONGEST: Duration = Duration::from_secs(3_600);

/// The way to the node's Jolokia.
#[derive(Debug)]
pub(crate) struct Jolokia {
    jvm: Arc<dyn Jvm>,
    client: reqwest::Client,
    /// The one that answered last. Whoever finds another one does it for all who wait.
    known: Mutex<Option<Arc<Way>>>,
}

/// Where a Jolokia is, and who may ask it.
#[derive(Debug)]
struct Way {
    url: String,
    authorization: Option<HeaderValue>,
}

/// Why there is nothing to pass on.
enum Gone {
    /// Nobody was asked.
    NotAsked(Problem),
    /// Somebody may have been.
    Perhaps(Problem),
}

impl Jolokia {
    pub(crate) fn new(jvm: Arc<dyn Jvm>) -> Result<Self, AgentError> {
        // The client wants a TLS provider although the way stays on this machine. A second installation is refused, which is
        // fine: the program has one.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let client = reqwest::Client::builder()
            .tls_certs_only([])
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(CONNECT)
            .timeout(LONGEST)
            // Jolokia closes idle connections whenever it likes, and a request on such a one may or may not have arrived.
            .pool_max_idle_per_host(0)
            .build()
            .map_err(|error| AgentError::Client(error.to_string()))?;
        Ok(Self {
            jvm,
            client,
            known: Mutex::new(None),
        })
    }

    /// What Jolokia answers to this body.
    pub(crate) async fn pass_on(&self, query: Option<&str>, body: Bytes) -> Response {
        match self.ask(query, body).await {
            Ok(answer) => answer,
            Err(Gone::NotAsked(problem)) => refuse(StatusCode::SERVICE_UNAVAILABLE, &problem),
            Err(Gone::Perhaps(problem)) => refuse(StatusCode::BAD_GATEWAY, &problem),
        }
    }

    async fn ask(&self, query: Option<&str>, body: Bytes) -> Result<Response, Gone> {
        let (way, is_new) = self.way(None).await?;
        match self.send(&way, query, body.clone()).await {
            Ok(answer) if answer.status() != StatusCode::UNAUTHORIZED => Ok(pass(answer)),
            // Another Cassandra than before, or none: it was restarted. Nothing was carried out.
            Ok(_) => self.ask_anew(&way, is_new, query, body).await,
            Err(error) if error.is_connect() => self.ask_anew(&way, is_new, query, body).await,
            Err(error) => Err(Gone::Perhaps(silent(&error))),
        }
    }

    async fn ask_anew(
        &self,
        before: &Arc<Way>,
        was_new: bool,
        query: Option<&str>,
        body: Bytes,
    ) -> Result<Response, Gone> {
        if was_new {
            self.forget(before).await;
            return Err(Gone::NotAsked(Problem::plain(
                ProblemCode::Unavailable,
                "the Jolokia that was just attached does not answer any more",
            )));
        }
        let (way, _) = self.way(Some(before)).await?;
        match self.send(&way, query, body).await {
            Ok(answer) => Ok(pass(answer)),
            Err(error) if error.is_connect() => Err(Gone::NotAsked(silent(&error))),
            Err(error) => Err(Gone::Perhaps(silent(&error))),
        }
    }

    /// The way that is known, unless it is this one, which leads nowhere; and whether it was found just now.
    async fn way(&self, stale: Option<&Arc<Way>>) -> Result<(Arc<Way>, bool), Gone> {
        let mut known = self.known.lock().await;
        let is_stale = |way: &Arc<Way>| stale.is_some_and(|stale| Arc::ptr_eq(stale, way));
        if let Some(way) = known.as_ref().filter(|way| !is_stale(way)) {
            return Ok((Arc::clone(way), false));
        }
        *known = None;
        let reached = self
            .jvm
            .reach()
            .await
            .map_err(|error: ringkeeper_jvm::AttachError| {
                let code = ProblemCode::Unavailable;
                Gone::NotAsked(Problem::plain(code, error.to_string()))
            })?;
        if reached.is_new {
            tracing::info!(pid = reached.process.pid, "Jolokia was attached to Cassandra");
        }
        let way = Arc::new(way_to(&reached)?);
        *known = Some(Arc::clone(&way));
        Ok((way, true))
    }

    async fn forget(&self, way: &Arc<Way>) {
        let mut known = self.known.lock().await;
        if known.as_ref().is_some_and(|known| Arc::ptr_eq(known, way)) {
            *known = None;
        }
    }

    async fn send(&self, way: &Way, query: Option<&str>, body: Bytes) -> reqwest::Result<reqwest::Response> {
        let url = match query {
            Some(query) => format!("{}?{query}", way.url),
            None => way.url.clone(),
        };
        let authorized = |request: RequestBuilder| match &way.authorization {
            Some(value) => request.header(AUTHORIZATION, value.clone()),
            None => request,
        };
        let request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json");
        authorized(request).body(body).send().await
    }
}

fn way_to(reached: &Reached) -> Result<Way, Gone> {
    let access = &reached.access;
    let url = access.url_of(reached.endpoint);
    let way = url.and_then(|url| {
        let authorization = access.authorization()?;
        Ok(Way { url, authorization })
    });
    way.map_err(|error| Gone::NotAsked(Problem::plain(ProblemCode::Failed, error.to_string())))
}

/// As it comes, piece by piece: the host knows how much it reads.
fn pass(answer: reqwest::Response) -> Response {
    let status = answer.status();
    let mut passed = Response::new(Body::from_stream(answer.bytes_stream()));
    *passed.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    passed.headers_mut().insert(header::CONTENT_TYPE, json);
    passed
}

fn silent(error: &reqwest::Error) -> Problem {
    let why = ringkeeper_trust::why(error, "Jolokia");
    Problem::plain(
        ProblemCode::Unavailable,
        format!("Jolokia does not answer: {why}"),
    )
}

fn refuse(status: StatusCode, problem: &Problem) -> Response {
    (status, axum::Json(problem)).into_response()
}
