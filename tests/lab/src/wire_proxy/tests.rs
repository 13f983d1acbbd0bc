//! On the wire to a small server that gives each request's body back.

use std::io::{BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::message::{self, Message};
use super::*;

const ANYWHERE: &str = "127.0.0.1:0";

/// Answers with the body it got, by its length or in chunks, in turn; ends with its clients.
struct Echo {
    address: SocketAddr,
    _accepting: JoinHandle<()>,
}

impl Echo {
    fn start() -> Self {
        let listener = TcpListener::bind(ANYWHERE).unwrap();
        let address = listener.local_addr().unwrap();
        let accepting = thread::spawn(move || {
            for client in listener.incoming() {
                thread::spawn(move || answer_all(client.unwrap()));
            }
        });
        Self {
            address,
            _accepting: accepting,
        }
    }
}

fn answer_all(client: TcpStream) {
    let mut wire = BufReader::new(client);
    let mut in_chunks = false;
    while let Ok(Some(Message { body, .. })) = message::request(&mut wire) {
        let body = String::from_utf8(body).unwrap();
        let answer = if in_chunks {
            let half = body.len() / 2;
            format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{half:x}\r\n{}\r\n{:x}\r\n{}\r\n0\r\n\r\n",
                &body[..half],
                body.len() - half,
                &body[half..]
            )
        } else {
            format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        };
        in_chunks = !in_chunks;
        wire.get_mut().write_all(answer.as_bytes()).unwrap();
    }
}

fn lab() -> (Echo, WireProxy) {
    let echo = Echo::start();
    let proxy = WireProxy::start(ANYWHERE.parse().unwrap(), echo.address).unwrap();
    (echo, proxy)
}

/// A client's connection.
struct Client(BufReader<TcpStream>);

impl Client {
    fn of(proxy: &WireProxy) -> Self {
        Self(BufReader::new(TcpStream::connect(proxy.address()).unwrap()))
    }

    /// The answer's body; none where the connection was closed instead.
    fn ask(&mut self, body: &str) -> Option<String> {
        self.say(body);
        let answer = message::answer(&mut self.0).ok()?;
        Some(String::from_utf8(answer.body).unwrap())
    }

    fn say(&mut self, body: &str) {
        let request = format!("POST / HTTP/1.1\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        self.0.get_mut().write_all(request.as_bytes()).unwrap();
    }
}

#[test]
fn many_requests_pass_on_one_connection() {
    let (_echo, proxy) = lab();
    let mut client = Client::of(&proxy);
    assert_eq!(client.ask("first").unwrap(), "first");
    assert_eq!(client.ask("second").unwrap(), "3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n");
    assert_eq!(client.ask("third").unwrap(), "third");
    assert_eq!((proxy.delivered("second"), proxy.delivered("fourth")), (1, 0));
}

#[test]
fn a_swallowed_answer_is_of_a_request_that_was_carried_out() {
    let (_echo, proxy) = lab();
    proxy.on_next("start", Fault::SwallowAnswer(Ending::Cut));
    let mut client = Client::of(&proxy);
    assert!(client.ask("look").is_some());
    assert!(proxy.is_armed());
    assert_eq!(client.ask("start it"), None);
    assert_eq!((proxy.delivered("start"), proxy.is_armed()), (1, false));
    // It befalls one request.
    assert!(Client::of(&proxy).ask("start it").is_some());
}

#[test]
fn a_dropped_request_reaches_nobody() {
    let (_echo, proxy) = lab();
    proxy.on_next("", Fault::DropRequest(Ending::Cut));
    assert_eq!(Client::of(&proxy).ask("start it"), None);
    assert_eq!(proxy.delivered("start"), 0);
}

#[test]
fn a_hanging_client_is_left_until_the_end() {
    for fault in [
        Fault::SwallowAnswer(Ending::Hang),
        Fault::DropRequest(Ending::Hang),
    ] {
        let (_echo, proxy) = lab();
        proxy.on_next("start", fault);
        let mut client = Client::of(&proxy);
        client.say("start it");
        let socket = client.0.get_ref().try_clone().unwrap();
        socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        let silence = client.0.read(&mut [0]).unwrap_err();
        assert_eq!(silence.kind(), std::io::ErrorKind::WouldBlock, "{silence}");
        // Others are served meanwhile.
        assert!(Client::of(&proxy).ask("look").is_some());
        socket.set_read_timeout(None).unwrap();
        drop(proxy);
        assert_eq!(client.0.read(&mut [0]).unwrap_or(0), 0, "cut at the end");
    }
}

#[test]
fn a_delayed_request_comes_late_and_a_word_can_be_taken_back() {
    let (_echo, proxy) = lab();
    let delay = Duration::from_millis(200);
    proxy.on_next("slow", Fault::Delay(delay));
    proxy.on_next("start", Fault::DropRequest(Ending::Cut));
    let mut client = Client::of(&proxy);
    let begun = Instant::now();
    assert_eq!(client.ask("slow").unwrap(), "slow");
    assert!(begun.elapsed() >= delay);
    proxy.pass();
    assert!(client.ask("start").is_some());
}

#[test]
fn a_server_that_is_gone_is_seen_as_gone() {
    let gone = TcpListener::bind(ANYWHERE).unwrap().local_addr().unwrap();
    let proxy = WireProxy::start(ANYWHERE.parse().unwrap(), gone).unwrap();
    let mut client = TcpStream::connect(proxy.address()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.read(&mut [0]).unwrap_or(0), 0);
}
