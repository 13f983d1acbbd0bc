//! Whether the host is meant, and whether no foreign page asks.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Uri};
use ringkeeper_api::{Problem, ProblemCode};

use crate::problem::Failed;

/// By which browsers say where a request comes from.
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what names another host, and what a page of another site has a browser ask.
///
/// A name that an attacker owns can be made to point here; an IP address cannot be owned so. That is why any address is
/// taken, and names only where they are known.
pub(crate) fn check(uri: &Uri, headers: &HeaderMap, allowed: &[String]) -> Result<(), Failed> {
    let named = one(headers, &HOST)?.and_then(|text| text.parse::<Authority>().ok());
    let Some(host) = named.filter(|host| !host.as_str().contains('@')) else {
        return Err(invalid("the header Host must name the host, once"));
    };
    if uri.authority().is_some_and(|other| other != &host) {
        return Err(invalid("the URL and the header Host name different hosts"));
    }
    if !is_meant(host.host(), allowed) {
        let message = format!("this host is not called `{}`", shown(host.host()));
        let cure =
            "ask it by its IP address, or add the name to `allowed_hosts` in [host] and start the host again";
        return Err(Problem::new(ProblemCode::Forbidden, message, cure).into());
    }
    if let Some(origin) = one(headers, &ORIGIN)? {
        let page = origin.strip_prefix("https://").or(origin.strip_prefix("http://"));
        let page = page.and_then(|page| page.parse::<Authority>().ok());
        if page.is_none_or(|page| page != host) {
            return Err(foreign());
        }
    }
    match one(headers, &SEC_FETCH_SITE)? {
        None | Some("same-origin" | "none") => Ok(()),
        Some(_) => Err(foreign()),
    }
}

fn is_meant(host: &str, allowed: &[String]) -> bool {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    let name = host.to_ascii_lowercase();
    bare.parse::<IpAddr>().is_ok() || name == "localhost" || allowed.contains(&name)
}

/// The text of a header that may stand once; none where it does not stand.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Failed> {
    let mut values = headers.get_all(name).iter();
    let (first, second) = (values.next(), values.next());
    match (first.map(|value| value.to_str()), second) {
        (None, _) => Ok(None),
        (Some(Ok(text)), None) => Ok(Some(text)),
        (Some(_), _) => Err(invalid(&format!("the header {name} must stand once, in ASCII"))),
    }
}

fn shown(text: &str) -> String {
    text.chars().take(120).collect()
}

fn invalid(message: &str) -> Failed {
    Problem::plain(ProblemCode::Invalid, message).into()
}

fn foreign() -> Failed {
    Problem::plain(
        ProblemCode::Forbidden,
        "a page of another site asks this, and that is refused",
    )
    .into()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn verdict(uri: &str, headers: &[(&'static str, &'static str)]) -> Result<(), ProblemCode> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        let allowed = ["ringkeeper.example".to_owned()];
        check(&uri.parse().unwrap(), &map, &allowed).map_err(|failed| failed.problem.code)
    }

    #[test]
    fn the_host_is_asked_by_address_or_by_a_name_that_it_knows() {
        for host in [
            "127.0.0.1:7980",
            "10.0.0.1",
            "[::1]:7980",
            "localhost:7980",
            "Ringkeeper.Example:7980",
        ] {
            assert_eq!(verdict("/", &[("host", host)]), Ok(()), "{host}");
        }
        for host in [
            "evil.example",
            "ringkeeper.example.evil.example",
            "localhost.evil.example",
        ] {
            assert_eq!(
                verdict("/", &[("host", host)]),
                Err(ProblemCode::Forbidden),
                "{host}"
            );
        }
        for host in ["", "a b", "root@127.0.0.1", "\u{e9}"] {
            assert_eq!(
                verdict("/", &[("host", host)]),
                Err(ProblemCode::Invalid),
                "{host}"
            );
        }
        assert_eq!(verdict("/", &[]), Err(ProblemCode::Invalid));
        let twice = [("host", "127.0.0.1"), ("host", "127.0.0.1")];
        assert_eq!(verdict("/", &twice), Err(ProblemCode::Invalid));
        let other = verdict("http://10.0.0.2/", &[("host", "127.0.0.1")]);
        assert_eq!(other, Err(ProblemCode::Invalid));
    }

    #[test]
    fn no_foreign_page_asks() {
        let from = |name, value| verdict("/", &[("host", "127.0.0.1:7980"), (name, value)]);
        for (name, value) in [
            ("origin", "http://127.0.0.1:7980"),
            ("origin", "https://127.0.0.1:7980"),
            ("sec-fetch-site", "same-origin"),
            ("sec-fetch-site", "none"),
        ] {
            assert_eq!(from(name, value), Ok(()), "{name}: {value}");
        }
        for (name, value) in [
            ("origin", "http://127.0.0.1:8080"),
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", ""),
            ("origin", "file://127.0.0.1:7980"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            assert_eq!(from(name, value), Err(ProblemCode::Forbidden), "{name}: {value}");
        }
    }
}
