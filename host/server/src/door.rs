//! The door to the network: who is let in.
//!
//! Asked in this order: is the host meant, and does no foreign page ask; does the address ask too often; is the token good;
//! does the token ask too often. Whether its role may ask this is asked at each route.

mod origin;
mod rates;

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{AUTHORIZATION, RETRY_AFTER};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use ringkeeper_access::{Access, Admitted};
use ringkeeper_api::{Problem, ProblemCode};
use ringkeeper_listener::Caller;
use ringkeeper_seams::Timestamp;

use crate::api;
use crate::deeds::Deeds;
use crate::door::rates::{Rate, Rates};
use crate::peer::Peer;
use crate::problem::Failed;

/// What one address may ask.
const OF_ADDRESS: Rate = Rate {
    at_once: 300,
    every: Duration::from_millis(10),
};
/// What may be asked with one token.
const OF_TOKEN: Rate = Rate {
    at_once: 100,
    every: Duration::from_millis(50),
};
/// How often one address may show no good token and be told why.
const OF_FAILURES: Rate = Rate {
    at_once: 10,
    every: Duration::from_secs(6),
};

/// What the door knows. Clones are one and the same.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    access: Access,
    deeds: Deeds,
    allowed_hosts: Arc<[String]>,
    rates: Arc<Mutex<Asked>>,
}

#[derive(Debug)]
struct Asked {
    by_address: Rates<IpAddr>,
    by_token: Rates<String>,
    failures: Rates<IpAddr>,
}

impl Door {
    pub(crate) fn new(access: Access, deeds: Deeds, allowed_hosts: Vec<String>) -> Self {
        let asked = Asked {
            by_address: Rates::new(OF_ADDRESS),
            by_token: Rates::new(OF_TOKEN),
            failures: Rates::new(OF_FAILURES),
        };
        Self {
            access,
            deeds,
            allowed_hosts: allowed_hosts.into(),
            rates: Arc::new(Mutex::new(asked)),
        }
    }

    /// Who asks; none for what anybody may ask.
    fn judge(&self, request: &Request) -> Result<Option<Admitted>, Box<Response>> {
        origin::check(request.uri(), request.headers(), &self.allowed_hosts)
            .map_err(|failed| Box::new(failed.into_response()))?;
        let from = request.extensions().get::<Caller>();
        let from = neighbourhood(from.map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |Caller(at)| at.ip()));
        let now = self.access.now();
        self.count(|asked| asked.by_address.ask(from, now), "this address")?;
        if api::is_for_anybody(request.uri().path()) {
            return Ok(None);
        }
        let admitted = self
            .admit(request)
            .map_err(|failed| self.turned_away(from, now, failed))?;
        let name = admitted.name.clone();
        self.count(|asked| asked.by_token.ask(name, now), "this token")?;
        Ok(Some(admitted))
    }

    fn admit(&self, request: &Request) -> Result<Admitted, Failed> {
        let shown = request
            .headers()
            .get_all(AUTHORIZATION)
            .iter()
            .collect::<Vec<_>>();
        let header = match shown.as_slice() {
            [header] => *header,
            [_, _, ..] => return Err(nobody("the header Authorization must stand once")),
            [] => return Err(nobody("who asks over the network must show a token")),
        };
        let token = header.to_str().ok().and_then(|text| text.split_once(' '));
        let token = token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, token) = token.ok_or_else(|| nobody("the header Authorization holds no token"))?;
        self.access.admit(token).map_err(|rejected| {
            // What is wrong and what to do stand in one sentence, parted by a semicolon.
            let text = rejected.to_string();
            let (message, cure) = text.split_once("; ").unwrap_or((&text, ""));
            Problem::new(ProblemCode::Unauthenticated, message, cure).into()
        })
    }

    /// Whoever tries tokens is told why not only so often, and fills no log.
    fn turned_away(&self, from: IpAddr, now: Timestamp, failed: Failed) -> Box<Response> {
        let counted = self.count(
            |asked| asked.failures.ask(from, now),
            "this address, without a good token,",
        );
        match counted {
            Ok(()) => {
                tracing::warn!(%from, "turned away: {}", failed.problem.message);
                Box::new(failed.into_response())
            }
            Err(too_many) => too_many,
        }
    }

    fn count(
        &self,
        ask: impl FnOnce(&mut Asked) -> Result<(), Duration>,
        who: &str,
    ) -> Result<(), Box<Response>> {
        let mut asked = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        ask(&mut asked).map_err(|wait| Box::new(too_many(who, wait)))
    }

    /// Lets a day's first use of a token be written down, whether somebody waits or not.
    async fn note_use(&self, admitted: &Admitted) {
        if !self.access.is_use_news(&admitted.name) {
            return;
        }
        let (access, name) = (self.access.clone(), admitted.name.clone());
        let noted = self
            .deeds
            .carry_out(async move { Ok(access.note_use(&name).await?) });
        if let Err(failed) = noted.await {
            tracing::warn!(
                token = admitted.name,
                "the use of a token could not be noted: {}",
                failed.problem.message
            );
        }
    }
}

/// Lets in whoever may come in.
pub(crate) async fn let_in(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let judged = door.judge(&request);
    match judged {
        Ok(Some(admitted)) => {
            door.note_use(&admitted).await;
            request.extensions_mut().insert(Peer::Token(admitted));
        }
        Ok(None) => {}
        Err(refused) => return *refused,
    }
    next.run(request).await
}

fn nobody(message: &str) -> Failed {
    let cure = "send it with the header `Authorization: Bearer TOKEN`, or give a command --token-file FILE";
    Problem::new(ProblemCode::Unauthenticated, message, cure).into()
}

fn too_many(who: &str, wait: Duration) -> Response {
    let seconds = wait.as_millis().div_ceil(1_000).max(1);
    let message = format!("{who} asks too often");
    let cure = format!("ask again in {seconds} s");
    let mut answer = Failed::from(Problem::new(ProblemCode::TooMany, message, cure)).into_response();
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
    answer
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from(seconds));
    answer
}

/// Whoever has one IPv6 address has all that begin as it does.
fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}
