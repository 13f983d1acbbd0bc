//! Reading an answer, but never more than the limit.

use ringkeeper_cluster::NodeErrorKind;

use super::failure::Failure;

/// The whole body of an answer of at most `limit` bytes.
pub(crate) async fn read(mut response: reqwest::Response, limit: usize) -> Result<Vec<u8>, Failure> {
    let too_large = || {
        Failure::new(
            NodeErrorKind::TooLarge,
            format!("the answer is larger than the limit of {limit} bytes"),
        )
    };
    let announced = response.content_length().map(usize::try_from);
    let capacity = match announced {
        Some(Ok(length)) if length <= limit => length,
        Some(_) => return Err(too_large()),
        None => 0,
    };
    let mut body = Vec::with_capacity(capacity);
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(|error| Failure::of_body(&error, body.len()))?
    {
        if body.len() + chunk.len() > limit {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
