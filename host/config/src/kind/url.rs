//! A URL with a place for a node's address.

use serde_json::{Value as Json, json};
use url::Url;

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;

/// An `http` or `https` URL in which `{address}` stands for a node's IP address.
pub(crate) struct UrlTemplate;

const PLACEHOLDER: &str = "{address}";

impl Kind for UrlTemplate {
    type Value = String;

    fn expects(&self) -> String {
        format!("an http:// or https:// URL with `{PLACEHOLDER}` where a node's IP address belongs")
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^@?#]*\\{address\\}[^@?#]*$" })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<String> {
        let text = node.text(reading, self.expects())?;
        match check(text) {
            Ok(()) => Some(text.to_owned()),
            Err(fault) => {
                node.wrong(reading, fault);
                None
            }
        }
    }

    fn show(&self, value: &String) -> String {
        quoted(value)
    }
}

fn check(text: &str) -> Result<(), Fault> {
    let unusable = |reason: &str| Fault::Url {
        value: text.to_owned(),
        reason: reason.to_owned(),
    };
    // Before anything else, so that no message ever repeats a password.
    if text.contains('@') {
        return Err(Fault::CredentialsInUrl);
    }
    if !text.contains(PLACEHOLDER) {
        return Err(unusable(
            "{address} is not in it, so every node would be asked at one place",
        ));
    }
    let filled = text.replace(PLACEHOLDER, "192.0.2.1");
    if filled.contains(['{', '}']) {
        return Err(unusable("{address} is the only placeholder"));
    }
    let url = Url::parse(&filled).map_err(|error| unusable(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable("it must begin with http:// or https://"));
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(unusable("it must end with its path"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_usable_urls_from_others() {
        for (text, fits) in [
            ("http://{address}:8778/jolokia/", true),
            ("https://{address}/jolokia", true),
            ("https://{address}.nodes.example:8778/", true),
            ("http://10.0.0.1:8778/jolokia/", false),
            ("https://proxy.example/nodes/{address}/", true),
            ("HTTP://{address}/", true),
            ("http://{host}:8778/", false),
            ("http://{address}:{port}/", false),
            ("http://{address}:port/", false),
            ("ftp://{address}/", false),
            ("{address}:8778", false),
            ("http://{address}/?x=1", false),
            ("", false),
        ] {
            assert_eq!(check(text).is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn never_repeats_a_password() {
        for text in [
            "http://admin:hunter2@{address}/",
            "admin:hunter2@",
            "http://a:hunter2@[::1/",
        ] {
            assert_eq!(check(text), Err(Fault::CredentialsInUrl), "{text}");
        }
    }
}
