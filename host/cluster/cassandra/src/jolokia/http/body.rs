//! Reading an answer, but never more than the limit.

use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use ringkeeper_cluster::NodeErrorKind;

use super::super::failure::Failure;

/// The whole body of an answer of at most `limit` bytes.
pub(super) async fn read(mut body: Incoming, limit: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || {
        Failure::new(
            NodeErrorKind::TooLarge,
            format!("the answer is larger than the limit of {limit} bytes"),
        )
    };
    let announced = body.size_hint().exact().map(usize::try_from);
    let capacity = match announced {
        Some(Ok(length)) if length <= limit => length,
        Some(_) => return Err(too_large()),
        None => 0,
    };
    let mut bytes = Vec::with_capacity(capacity);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Failure::of_body(&error, bytes.len()))?;
        // What is not data are trailers, which say nothing here.
        let Ok(chunk) = frame.into_data() else { continue };
        if bytes.len() + chunk.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
