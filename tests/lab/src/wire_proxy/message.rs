//! Where one HTTP message ends: by its length, in chunks, or with its connection.

use std::io::{BufRead, Error, ErrorKind, Read, Result};

/// More than any answer of a node.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// One request or answer.
#[derive(Debug)]
pub(super) struct Message {
    /// All of it, as it came.
    pub(super) bytes: Vec<u8>,
    /// Its body alone; in chunks, with their sizes.
    pub(super) body: Vec<u8>,
    /// Whether its connection ends with it.
    pub(super) is_last: bool,
}

/// How long a body is.
enum Length {
    Bytes(u64),
    Chunks,
    UntilClosed,
}

/// The next request; none where the connection was closed instead.
pub(super) fn request(wire: &mut impl BufRead) -> Result<Option<Message>> {
    if wire.fill_buf()?.is_empty() {
        return Ok(None);
    }
    // A request without a length has no body.
    read(wire, Length::Bytes(0)).map(Some)
}

/// The next answer.
pub(super) fn answer(wire: &mut impl BufRead) -> Result<Message> {
    read(wire, Length::UntilClosed)
}

fn read(wire: &mut impl BufRead, unsaid: Length) -> Result<Message> {
    let (mut bytes, length, closes) = head(wire, unsaid)?;
    let is_last = closes || matches!(length, Length::UntilClosed);
    let mut body = Vec::new();
    match length {
        Length::Bytes(count) => exactly(wire, count, &mut body)?,
        Length::Chunks => chunks(wire, &mut body)?,
        Length::UntilClosed => {
            wire.take(MOST_BYTES).read_to_end(&mut body)?;
        }
    }
    bytes.extend_from_slice(&body);
    Ok(Message { bytes, body, is_last })
}

/// The lines before the body, and what they say of it.
fn head(wire: &mut impl BufRead, unsaid: Length) -> Result<(Vec<u8>, Length, bool)> {
    let (mut bytes, mut length, mut closes) = (Vec::new(), unsaid, false);
    loop {
        let line = line(wire, &mut bytes)?;
        if line.is_empty() {
            return Ok((bytes, length, closes));
        }
        let Some((name, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        if name.eq_ignore_ascii_case("content-length") {
            length = Length::Bytes(value.parse().map_err(|_| nonsense("a length"))?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") && value.eq_ignore_ascii_case("chunked") {
            length = Length::Chunks;
        } else if name.eq_ignore_ascii_case("connection") {
            closes = value.eq_ignore_ascii_case("close");
        }
    }
}

fn chunks(wire: &mut impl BufRead, body: &mut Vec<u8>) -> Result<()> {
    loop {
        let line = line(wire, body)?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(size, 16).map_err(|_| nonsense("a chunk's size"))?;
        if size == 0 {
            break;
        }
        // With the end of its line.
        exactly(wire, size.saturating_add(2), body)?;
    }
    // Trailers.
    while !line(wire, body)?.is_empty() {}
    Ok(())
}

/// A line without its end; with it, it is added to `bytes`.
fn line(wire: &mut impl BufRead, bytes: &mut Vec<u8>) -> Result<String> {
    let mut line = Vec::new();
    wire.take(MOST_BYTES).read_until(b'\n', &mut line)?;
    if !line.ends_with(b"\n") {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    bytes.extend_from_slice(&line);
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn exactly(wire: &mut impl BufRead, count: u64, bytes: &mut Vec<u8>) -> Result<()> {
    let read = wire.take(count.min(MOST_BYTES)).read_to_end(bytes)?;
    if u64::try_from(read).ok() == Some(count) {
        Ok(())
    } else {
        Err(ErrorKind::UnexpectedEof.into())
    }
}

fn nonsense(of: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("not {of}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_message_ends_where_it_says() {
        let wire = "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc\
                    POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\nde\r\n1;x=y\r\nf\r\n0\r\n\r\n\
                    GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
        let mut wire = wire.as_bytes();
        let mut bodies = Vec::new();
        while let Some(message) = request(&mut wire).unwrap() {
            bodies.push((String::from_utf8(message.body).unwrap(), message.is_last));
        }
        let expected = [
            ("abc", false),
            ("2\r\nde\r\n1;x=y\r\nf\r\n0\r\n\r\n", false),
            ("", true),
        ];
        assert_eq!(bodies, expected.map(|(body, is_last)| (body.to_owned(), is_last)));
    }

    #[test]
    fn an_answer_of_no_length_ends_with_its_connection() {
        let message = answer(&mut "HTTP/1.0 200 OK\r\n\r\nall of it".as_bytes()).unwrap();
        assert_eq!(
            (message.body.as_slice(), message.is_last),
            (&b"all of it"[..], true)
        );
    }

    #[test]
    fn half_a_message_is_none() {
        for wire in [
            "POST",
            "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nab",
            "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nab",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nwide\r\n",
        ] {
            assert!(request(&mut wire.as_bytes()).is_err(), "{wire}");
        }
    }
}
