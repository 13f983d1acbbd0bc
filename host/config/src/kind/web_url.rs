//! A URL that something is posted to.

use serde_json::{Value as Json, json};
use url::Url;

use super::{Kind, Node, quoted};
use crate::Fault;
use crate::reading::Reading;

/// An `http` or `https` URL without user and password.
pub(crate) struct WebUrl;

impl Kind for WebUrl {
    type Value = String;

    fn expects(&self) -> String {
        "an http:// or https:// URL without user and password".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^@]+$" })
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
    // Before anything else, so that no message ever repeats a password.
    if text.contains('@') {
        return Err(Fault::CredentialsInWebhook);
    }
    let is_web = Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    match is_web {
        true => Ok(()),
        false => Err(Fault::Malformed {
            value: text.to_owned(),
            expects: WebUrl.expects(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_usable_urls_from_others() {
        for (text, fits) in [
            ("https://pager.example.com/ringkeeper?x=1", true),
            ("http://127.0.0.1:8080/", true),
            ("ftp://pager.example.com/", false),
            ("pager.example.com", false),
            ("https://", false),
            ("", false),
        ] {
            assert_eq!(check(text).is_ok(), fits, "{text}");
        }
    }

    #[test]
    fn never_repeats_a_password() {
        let fault = check("https://u:hunter2@h/");
        assert_eq!(fault, Err(Fault::CredentialsInWebhook));
    }
}
