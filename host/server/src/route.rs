//! A line of the API: what is asked how, who may, and what comes back.
//!
//! The server answers by these lines, asks for roles by them, and describes itself by them ([`crate::openapi`]), so that
//! none of the three can say anything else than the others.

use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use ringkeeper_api::{Problem, ProblemCode, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::extract::BODY_BYTES;
use crate::peer::Peer;
use crate::problem::Failed;
use crate::state::Host;

/// How a type looks as JSON.
pub(crate) type Shape = fn(&mut SchemaGenerator) -> Schema;

/// What comes back when it goes well.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// JSON of this shape.
    Json(StatusCode, Shape),
    /// Server-sent events, each with JSON of this shape.
    Events(Shape),
    /// Text of this media type.
    Text(&'static str),
}

/// How much may be sent along with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Most bytes.
    pub(crate) bytes: usize,
    /// How long they may take to come.
    pub(crate) time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: BODY_BYTES,
            time: Duration::from_secs(10),
        }
    }
}

/// One method of one path.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// Who may ask; none for anybody, even without a token.
    pub(crate) role: Option<Role>,
    /// What it answers or does, in a line.
    pub(crate) about: &'static str,
    /// What may stand behind the `?`.
    pub(crate) question: Option<Shape>,
    /// What is sent along.
    pub(crate) body: Option<Shape>,
    /// Bounds of it.
    pub(crate) limits: Limits,
    pub(crate) answer: Answer,
    handler: MethodRouter<Host>,
}

impl Route {
    /// A line for which a viewer is enough and that answers JSON; `method` must be the handler's own.
    pub(crate) fn new<T: JsonSchema>(
        method: &'static str,
        path: &'static str,
        about: &'static str,
        handler: MethodRouter<Host>,
    ) -> Self {
        Self {
            method,
            path,
            role: Some(Role::Viewer),
            about,
            question: None,
            body: None,
            limits: Limits::default(),
            answer: Answer::Json(StatusCode::OK, shape::<T>()),
            handler,
        }
    }

    /// It takes at least this role.
    pub(crate) fn role(self, role: Role) -> Self {
        let role = Some(role);
        Self { role, ..self }
    }

    /// Anybody may ask.
    pub(crate) fn for_anybody(self) -> Self {
        Self { role: None, ..self }
    }

    /// This may stand behind the `?`.
    pub(crate) fn asks<T: JsonSchema>(self) -> Self {
        let question: Option<Shape> = Some(T::json_schema);
        Self { question, ..self }
    }

    /// This is sent along.
    pub(crate) fn takes<T: JsonSchema>(self) -> Self {
        let body = Some(shape::<T>());
        Self { body, ..self }
    }

    /// More is sent along than usual.
    pub(crate) fn within(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The answer comes before the work is done.
    pub(crate) fn accepts<T: JsonSchema>(self) -> Self {
        let answer = Answer::Json(StatusCode::ACCEPTED, shape::<T>());
        Self { answer, ..self }
    }

    /// It answers something else than JSON.
    pub(crate) fn answers(self, answer: Answer) -> Self {
        Self { answer, ..self }
    }

    /// Puts it into a router, behind the question for the role.
    pub(crate) fn add_to(self, router: Router<Host>) -> Router<Host> {
        let handler = self.handler.route_layer(from_fn_with_state(self.role, let_pass));
        router.route(self.path, handler)
    }
}

/// The shape of a type, by its name.
pub(crate) fn shape<T: JsonSchema>() -> Shape {
    SchemaGenerator::subschema_for::<T>
}

async fn let_pass(State(role): State<Option<Role>>, request: Request, next: Next) -> Response {
    match role.map_or(Ok(()), |role| permits(request.extensions().get::<Peer>(), role)) {
        Ok(()) => next.run(request).await,
        Err(refused) => refused.into_response(),
    }
}

/// Whether who asks may ask what takes this role. Whoever is not known may not.
pub(crate) fn permits(peer: Option<&Peer>, role: Role) -> Result<(), Failed> {
    let has = peer.map(Peer::role);
    if has.is_some_and(|has| has >= role) {
        return Ok(());
    }
    let who = peer.map_or_else(|| "nobody".to_owned(), Peer::name);
    let has = has.map_or("none", Role::name);
    let message = format!("{who} has the role {has}, and this takes the role {role}");
    let cure = format!(
        "ask with a token of the role {role}: `ringkeeper token create NAME --role {role}` on the host makes one"
    );
    Err(Problem::new(ProblemCode::Forbidden, message, cure).into())
}

#[cfg(test)]
mod tests {
    use ringkeeper_access::Admitted;

    use super::*;

    #[test]
    fn each_role_may_what_those_before_it_may_and_strangers_nothing() {
        for has in Role::EVERY {
            let peer = Peer::Token(Admitted {
                name: "ci".to_owned(),
                id: "00ff".to_owned(),
                role: has,
            });
            for takes in Role::EVERY {
                assert_eq!(permits(Some(&peer), takes).is_ok(), takes <= has, "{has} {takes}");
            }
        }
        for takes in Role::EVERY {
            assert!(permits(Some(&Peer::User(Some(0))), takes).is_ok());
            assert!(permits(None, takes).is_err());
        }
    }
}
