//! A request.

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Method, Request};
use url::{Position, Url};

use super::super::failure::Failure;

/// A POST of JSON.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    url: Url,
    authorization: Option<HeaderValue>,
    body: Bytes,
}

impl Post {
    /// A request with this body.
    pub(crate) fn new(url: Url, authorization: Option<HeaderValue>, body: Vec<u8>) -> Self {
        Self {
            url,
            authorization,
            body: body.into(),
        }
    }

    /// Where it goes.
    pub(super) const fn url(&self) -> &Url {
        &self.url
    }

    /// Whose connections it may use: host, and port where it is not the protocol's own.
    pub(super) fn authority(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// The request as it is sent; a new one for each time.
    pub(super) fn request(&self) -> Result<Request<Full<Bytes>>, Failure> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.url[Position::BeforePath..Position::AfterQuery])
            .header(HOST, self.authority())
            .header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization);
        }
        request
            .body(Full::new(self.body.clone()))
            .map_err(|error| Failure::of_asking(&error))
    }
}
