//! The host, as the agent asks it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use ringkeeper_api::{AGENTS_PATH, Problem};
use ringkeeper_trust::{HOST_NAME, why};
use rustls::ClientConfig;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::AgentError;

/// How long the host may take to answer.
const LIMIT: Duration = Duration::from_secs(10);
/// Where a host listens for agents unless the URL says otherwise.
const PORT: u16 = 7171;
/// Larger than any answer to an agent.
const ANSWER_BYTES: usize = 64 << 10;

/// Where a host listens for its agents: `https://NAME-OR-ADDRESS:PORT`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostUrl {
    name: String,
    port: u16,
}

impl FromStr for HostUrl {
    type Err = AgentError;

    fn from_str(text: &str) -> Result<Self, AgentError> {
        let wrong = |reason: &str| AgentError::Url {
            url: text.escape_debug().take(120).collect(),
            reason: reason.to_owned(),
        };
        let url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
        if url.scheme() != "https" {
            return Err(wrong("it does not begin with https://"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(wrong("it holds credentials; the token is all that is needed"));
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(wrong("it goes on behind the port"));
        }
        let name = url.host_str().ok_or_else(|| wrong("it names no host"))?;
        let default = text.trim().trim_end_matches('/').ends_with(":443").then_some(443);
        Ok(Self {
            name: name.trim_matches(['[', ']']).to_owned(),
            port: url.port().or(default).unwrap_or(PORT),
        })
    }
}

impl fmt::Display for HostUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.contains(':') {
            true => write!(f, "https://[{}]:{}", self.name, self.port),
            false => write!(f, "https://{}:{}", self.name, self.port),
        }
    }
}

/// Asks the host at `at` for `what`, over connections of this kind. The host is known by its certificate, whatever name it is
/// reached by.
pub(crate) async fn ask<T: DeserializeOwned>(
    at: &HostUrl,
    tls: Arc<ClientConfig>,
    what: &str,
    request: &(impl Serialize + Sync),
) -> Result<T, AgentError> {
    let unreachable = |why: String| AgentError::Host {
        at: at.to_string(),
        why,
    };
    let found = tokio::net::lookup_host((at.name.as_str(), at.port)).await;
    let addresses: Vec<_> = found.map_err(|error| unreachable(error.to_string()))?.collect();
    let client = reqwest::Client::builder()
        .tls_backend_preconfigured(tls.as_ref().clone())
        .resolve_to_addrs(HOST_NAME, &addresses)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(LIMIT)
        .build()
        .map_err(|error| AgentError::Client(error.to_string()))?;
    let url = format!("https://{HOST_NAME}:{}{AGENTS_PATH}/{what}", at.port);
    let answer = client.post(url).json(request).send().await;
    let mut answer = answer.map_err(|error| unreachable(why(&error, "the host")))?;
    let is_success = answer.status().is_success();
    let mut body = Vec::new();
    while let Some(piece) = answer
        .chunk()
        .await
        .map_err(|error| unreachable(why(&error, "the host")))?
    {
        body.extend_from_slice(&piece);
        if body.len() > ANSWER_BYTES {
            return Err(unreachable("its answer has no end".to_owned()));
        }
    }
    let nonsense = |error: serde_json::Error| unreachable(format!("its answer makes no sense: {error}"));
    match is_success {
        true => serde_json::from_slice(&body).map_err(nonsense),
        false => {
            let problem: Problem = serde_json::from_slice(&body).map_err(nonsense)?;
            Err(AgentError::Refused(problem))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_named_by_a_plain_https_url() {
        for (text, read) in [
            (
                "https://ringkeeper.example:7171",
                "https://ringkeeper.example:7171",
            ),
            ("https://10.0.0.9", "https://10.0.0.9:7171"),
            ("https://[::1]:99/", "https://[::1]:99"),
            ("https://h:443", "https://h:443"),
        ] {
            assert_eq!(text.parse::<HostUrl>().unwrap().to_string(), read);
        }
        for bad in [
            "",
            "ringkeeper.example",
            "http://10.0.0.9:7171",
            "https://u:p@10.0.0.9",
            "https://10.0.0.9/x",
            "https://10.0.0.9?x=1",
            "https://",
        ] {
            let error = bad.parse::<HostUrl>().unwrap_err().to_string();
            assert!(error.contains("write it like https://"), "{bad}: {error}");
        }
    }
}
