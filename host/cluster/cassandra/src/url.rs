//! The URL of a node's Jolokia, as a template.

use std::net::IpAddr;

use ringkeeper_cluster::Endpoint;
use thiserror::Error;
use url::Url;

use crate::AccessError;

const ADDRESS: &str = "{address}";

/// What is wrong with a URL.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UrlError {
    /// No `{address}` in it: all nodes would be one.
    #[error("does not say where the node's address goes: put `{{address}}` into it")]
    NoAddress,
    /// Neither `http` nor `https`.
    #[error("must begin with http:// or https://")]
    Scheme,
    /// A user or password in it, where logs would show them.
    #[error("holds credentials: give user name and password as settings of their own")]
    Credentials,
    /// A query or fragment, which belong to single requests.
    #[error("must not hold `?` or `#`")]
    Query,
    /// Not a URL.
    #[error("is not a URL: {0}")]
    Syntax(String),
}

/// Where a node's Jolokia is, for every node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UrlTemplate(String);

impl UrlTemplate {
    /// Reads and normalises a template: without a path Jolokia's own is taken, and a missing slash at the end is
    /// added, because the agent answers `/jolokia` with an HTML page that says 404.
    pub(crate) fn parse(text: &str) -> Result<Self, AccessError> {
        let refuse = |reason| AccessError::Url {
            url: without_credentials(text),
            reason,
        };
        let (scheme, rest) = text.split_once("://").ok_or_else(|| refuse(UrlError::Scheme))?;
        if !["http", "https"].contains(&scheme.to_ascii_lowercase().as_str()) {
            return Err(refuse(UrlError::Scheme));
        }
        if rest
            .split('/')
            .next()
            .is_some_and(|authority| authority.contains('@'))
        {
            return Err(refuse(UrlError::Credentials));
        }
        if rest.contains(['?', '#']) {
            return Err(refuse(UrlError::Query));
        }
        if !rest.contains(ADDRESS) {
            return Err(refuse(UrlError::NoAddress));
        }
        let path_to_add = match (rest.contains('/'), rest.ends_with('/')) {
            (false, _) => "/jolokia/",
            (true, false) => "/",
            (true, true) => "",
        };
        let template = Self(format!("{text}{path_to_add}"));
        let example = template.fill(IpAddr::from([127, 0, 0, 1]));
        Url::parse(&example).map_err(|error| refuse(UrlError::Syntax(error.to_string())))?;
        Ok(template)
    }

    /// Whether connections are encrypted.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.0
            .get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case("https:"))
    }

    /// The URL of one node's Jolokia.
    pub(crate) fn of(&self, node: Endpoint) -> String {
        self.fill(node.ip())
    }

    fn fill(&self, ip: IpAddr) -> String {
        let address = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        self.0.replace(ADDRESS, &address)
    }
}

/// A URL without what may be a password: whatever stands before an `@`, as one that is misspelt has it in any place.
fn without_credentials(text: &str) -> String {
    let scheme = match text.split_once("://") {
        Some((scheme, _)) if scheme.bytes().all(|byte| byte.is_ascii_alphabetic()) => format!("{scheme}://"),
        _ => String::new(),
    };
    match text.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}{host}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_url_does_not_tell_its_password() {
        for text in [
            "https://user:secret@{address}:8778",
            "https:/user:secret@{address}:8778",
            "https://user:sec/secret@{address}:8778",
            "user:secret@{address}",
            "user:secret@http://{address}://{address}@{address}",
        ] {
            let told = UrlTemplate::parse(text).unwrap_err().to_string();
            assert!(!told.contains("secret"), "{told}");
            assert!(told.contains("{address}"), "{told}");
        }
    }

    #[test]
    fn templates_are_normalised() {
        for (text, url) in [
            ("http://{address}:8778/jolokia/", "http://10.0.0.1:8778/jolokia/"),
            ("http://{address}:8778/jolokia", "http://10.0.0.1:8778/jolokia/"),
            ("http://{address}:8778", "http://10.0.0.1:8778/jolokia/"),
            ("http://{address}:8778/", "http://10.0.0.1:8778/"),
            ("HTTPS://{address}/a/b", "HTTPS://10.0.0.1/a/b/"),
            (
                "https://proxy.example/nodes/{address}",
                "https://proxy.example/nodes/10.0.0.1/",
            ),
        ] {
            let template = UrlTemplate::parse(text).unwrap();
            assert_eq!(template.of("10.0.0.1:7000".parse().unwrap()), url, "{text}");
            assert_eq!(
                template.is_encrypted(),
                text.to_ascii_lowercase().starts_with("https"),
                "{text}"
            );
        }
    }

    #[test]
    fn an_ipv6_address_stands_in_brackets() {
        let template = UrlTemplate::parse("http://{address}:8778").unwrap();
        assert_eq!(
            template.of("[fd00::1]:7000".parse().unwrap()),
            "http://[fd00::1]:8778/jolokia/"
        );
    }

    #[test]
    fn what_is_no_template_is_refused_without_showing_credentials() {
        let refused: Vec<String> = [
            "{address}:8778",
            "ftp://{address}/",
            "http://10.0.0.1:8778/jolokia/",
            "http://admin:hunter2@{address}:8778/jolokia/",
            "http://{address}:8778/jolokia/?user=x",
            "http://{address}:8778/#top",
            "http://{address}:port/",
            "http:///{address}:1x/",
            "",
        ]
        .into_iter()
        .map(|text| UrlTemplate::parse(text).unwrap_err().to_string())
        .collect();
        insta::assert_snapshot!(refused.join("\n"));
    }

    #[test]
    fn fuzz_urls() {
        for (name, sample) in [
            ("URLs of Jolokia", "https://user:secret@{address}:8778/jolokia/"),
            ("URLs, short", "http://[::1]:8778"),
        ] {
            ringkeeper_fuzz::text(name, &[sample], |text| {
                let Err(error) = UrlTemplate::parse(text) else {
                    return Ok(());
                };
                let tells = text.contains("secret@") && error.to_string().contains("secret@");
                assert!(!tells, "{error}");
                Err(error.to_string())
            });
        }
    }
}
