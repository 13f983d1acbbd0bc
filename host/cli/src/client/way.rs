//! The way to the host.

use std::fmt;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Certificate, ClientBuilder, Request, Url};

use crate::exit::Exit;
use crate::failure::Failure;

/// Where the host is asked.
#[derive(Debug)]
pub(super) enum Way {
    /// At its socket, which knows who asks.
    Socket(PathBuf),
    /// Over the network, with a token.
    Network {
        /// Where.
        at: Url,
        /// What is shown; printed nowhere.
        token: HeaderValue,
    },
}

impl Way {
    /// Sends a request, whose URL names no host in earnest, this way.
    pub(super) fn direct(&self, request: &mut Request) {
        let Self::Network { at, token } = self else {
            return;
        };
        let mut url = at.clone();
        url.set_path(request.url().path());
        url.set_query(request.url().query());
        *request.url_mut() = url;
        request.headers_mut().insert(AUTHORIZATION, token.clone());
    }

    /// What to do where no host answers.
    pub(super) const fn remedy(&self) -> &'static str {
        match self {
            Self::Socket(_) => {
                "start it with `ringkeeper serve`, run this as the host's user, or name its socket with --socket"
            }
            Self::Network { .. } => {
                "see that `listen` is set in [host] of its configuration, that nothing stands in between, and that --ca names \
                 the authority of its certificate"
            }
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Socket(socket) => socket.display().fmt(f),
            Self::Network { at, .. } => f.write_str(at.as_str().trim_end_matches('/')),
        }
    }
}

/// The way to the host at a URL, and what is to send requests there.
pub(super) fn over_network(
    host: &str,
    token_file: Option<&Path>,
    ca: Option<&Path>,
) -> Result<(Way, ClientBuilder), Failure> {
    let at = url(host)?;
    let file = token_file.ok_or_else(|| {
        let message = "a host is asked over the network with a token, and no --token-file is given";
        let cure = "`ringkeeper token create NAME --role ROLE` on the host makes one; the host's own is `admin.token` in its data directory";
        Failure::new(Exit::Usage, message, cure)
    })?;
    let token = token(file)?;
    let mut builder = reqwest::Client::builder();
    if let Some(ca) = ca {
        builder = builder.tls_certs_only(authorities(ca)?);
    }
    Ok((Way::Network { at, token }, builder))
}

/// Where the host is. Without TLS the token could be read on the way, so that is for loopback alone.
fn url(host: &str) -> Result<Url, Failure> {
    let wrong = |message: String| {
        Failure::new(
            Exit::Usage,
            message,
            "write it like https://ringkeeper.example:7980",
        )
    };
    let at = Url::parse(host).map_err(|_| wrong(format!("`{host}` is no URL")))?;
    let is_bare = at.path() == "/" && at.query().is_none() && at.fragment().is_none();
    if !is_bare || !at.username().is_empty() || at.password().is_some() || !at.has_host() {
        return Err(wrong(format!(
            "`{host}` is more than a scheme, a host and a port"
        )));
    }
    let name = at
        .host_str()
        .unwrap_or_default()
        .trim_matches(['[', ']'])
        .to_owned();
    let is_here = name == "localhost"
        || name
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback());
    match at.scheme() {
        "https" => Ok(at),
        "http" if is_here => Ok(at),
        "http" => Err(wrong(format!(
            "`{host}` is not encrypted, and the token could be read on the way"
        ))),
        _ => Err(wrong(format!("`{host}` is neither https nor http"))),
    }
}

fn token(file: &Path) -> Result<HeaderValue, Failure> {
    let shown = file.display();
    let unreadable =
        |error: std::io::Error| Failure::plain(Exit::Usage, format!("cannot read {shown}: {error}"));
    let metadata = std::fs::metadata(file).map_err(unreadable)?;
    let mode = metadata.permissions().mode() & 0o777;
    // What is handed over by the shell is closed by it.
    if metadata.is_file() && mode & 0o077 != 0 {
        let message = format!("{shown} holds a token and is open to other users (mode {mode:03o})");
        return Err(Failure::new(
            Exit::Usage,
            message,
            format!("chmod 600 {shown}; and revoke the token if others may have read it"),
        ));
    }
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let value = HeaderValue::try_from(format!("Bearer {}", text.trim()));
    let mut value = value
        .ok()
        .filter(|_| !text.trim().is_empty() && text.trim().lines().count() == 1)
        .ok_or_else(|| {
            let message = format!("{shown} holds no token");
            Failure::new(
                Exit::Usage,
                message,
                "it must hold what `ringkeeper token create` printed, in one line",
            )
        })?;
    value.set_sensitive(true);
    Ok(value)
}

fn authorities(ca: &Path) -> Result<Vec<Certificate>, Failure> {
    let shown = ca.display();
    let pem = std::fs::read(ca)
        .map_err(|error| Failure::plain(Exit::Usage, format!("cannot read {shown}: {error}")))?;
    let authorities = Certificate::from_pem_bundle(&pem).unwrap_or_default();
    if authorities.is_empty() {
        return Err(Failure::plain(
            Exit::Usage,
            format!("{shown} holds no certificate (PEM)"),
        ));
    }
    Ok(authorities)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_nowhere_unencrypted() {
        for host in [
            "https://ringkeeper.example:7980",
            "http://127.0.0.1:7980",
            "http://[::1]:7980/",
            "http://localhost",
        ] {
            assert!(url(host).is_ok(), "{host}");
        }
        for (host, words) in [
            ("http://ringkeeper.example", "could be read on the way"),
            ("http://10.0.0.1:7980", "could be read on the way"),
            ("http://localhost.evil.example", "could be read on the way"),
            ("https://a/api", "is more than"),
            ("https://me:secret@a", "is more than"),
            ("ftp://a", "neither https nor http"),
            ("ringkeeper.example", "is no URL"),
        ] {
            let failure = url(host).unwrap_err();
            assert!(
                failure.message.contains(words) && failure.exit == Exit::Usage,
                "{failure}"
            );
        }
    }

    #[test]
    fn a_token_is_read_from_a_file_that_is_closed_to_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("token");
        let with = |text: &str, mode| {
            std::fs::write(&file, text).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
            token(&file).map_err(|failure| failure.message)
        };
        let read = with("rka1.x.y\n", 0o600).unwrap();
        assert_eq!(
            (read.as_bytes(), read.is_sensitive()),
            (&b"Bearer rka1.x.y"[..], true)
        );
        for (text, mode, words) in [
            ("rka1.x.y", 0o644, "is open to other users (mode 644)"),
            ("", 0o600, "holds no token"),
            ("two\nlines", 0o600, "holds no token"),
            ("\u{1}", 0o600, "holds no token"),
        ] {
            let message = with(text, mode).unwrap_err();
            assert!(message.contains(words), "{message}");
        }
        assert!(token(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_request_is_sent_where_the_host_is_with_all_it_asks() {
        let way = Way::Network {
            at: url("https://ringkeeper.example:7980").unwrap(),
            token: HeaderValue::from_static("Bearer x"),
        };
        let asked = "http://ringkeeper/api/v1/clusters/a%2Fb?cluster=c%20d"
            .parse()
            .unwrap();
        let mut request = Request::new(reqwest::Method::GET, asked);
        way.direct(&mut request);
        let url = "https://ringkeeper.example:7980/api/v1/clusters/a%2Fb?cluster=c%20d";
        assert_eq!((request.url().as_str(), request.headers().len()), (url, 1));
        assert_eq!(way.to_string(), "https://ringkeeper.example:7980");
    }
}
