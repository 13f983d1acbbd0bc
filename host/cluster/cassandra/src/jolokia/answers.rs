//! The items of an answer.

use ringkeeper_cluster::{NodeError, NodeErrorKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::excerpt::{excerpt, first_line};
use super::failure::Failure;

/// One item: a value, or why there is none.
#[derive(Debug, Deserialize)]
struct Item {
    status: i64,
    #[serde(default)]
    value: Value,
    error: Option<String>,
    error_type: Option<String>,
}

/// Answers to the questions of one request, taken in the order asked.
#[derive(Debug)]
pub(crate) struct Answers {
    place: String,
    items: std::vec::IntoIter<Item>,
}

/// The node lacks what was asked for: an MBean, an attribute or an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lacking {
    /// The agent's own words.
    pub(crate) message: String,
}

impl Answers {
    /// Reads the body of an answer to `asked` questions.
    pub(crate) fn read(place: String, asked: usize, body: &[u8]) -> Result<Self, NodeError> {
        let wrong_shape = |error: serde_json::Error| Failure::of_shape(&error, body).at(&place);
        // Instead of a list, Jolokia answers one item when it could not even read the request.
        if body.trim_ascii_start().starts_with(b"{") {
            let item: Item = serde_json::from_slice(body).map_err(wrong_shape)?;
            return Err(item.failure(&place));
        }
        let items: Vec<Item> = serde_json::from_slice(body).map_err(wrong_shape)?;
        if items.len() != asked {
            let message = format!("answered {} items to {asked} questions", items.len());
            return Err(NodeError::new(NodeErrorKind::Nonsense, place, message));
        }
        Ok(Self {
            place,
            items: items.into_iter(),
        })
    }

    /// Who answered, for messages.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// The next answer.
    ///
    /// # Errors
    /// When the node could not give it, or it is not a `T`.
    pub(crate) fn take<T: DeserializeOwned>(&mut self) -> Result<T, NodeError> {
        self.take_if_known()?
            .map_err(|lacking| NodeError::new(NodeErrorKind::Failed, &self.place, lacking.message))
    }

    /// The next answer, or that the node lacks what was asked for.
    ///
    /// # Errors
    /// As for [`Answers::take`].
    pub(crate) fn take_if_known<T: DeserializeOwned>(&mut self) -> Result<Result<T, Lacking>, NodeError> {
        let Some(item) = self.items.next() else {
            return Err(NodeError::new(
                NodeErrorKind::Nonsense,
                &self.place,
                "no item is left in the answer",
            ));
        };
        if item.is_lacking() {
            return Ok(Err(Lacking {
                message: item.message(),
            }));
        }
        if item.status != 200 {
            return Err(item.failure(&self.place));
        }
        T::deserialize(&item.value).map(Ok).map_err(|error| {
            let shown = excerpt(item.value.to_string().as_bytes());
            self.nonsense(format!("answered wrong types: {error}: `{shown}`"))
        })
    }

    /// An error about an answer that was taken and makes no sense.
    pub(crate) fn nonsense(&self, message: impl Into<String>) -> NodeError {
        NodeError::new(NodeErrorKind::Nonsense, &self.place, message)
    }
}

impl Item {
    /// Jolokia says 404 for MBeans and attributes it does not find, and 400 for operations.
    fn is_lacking(&self) -> bool {
        self.status == 404 || (self.status == 400 && self.message().contains("No operation"))
    }

    fn message(&self) -> String {
        let text = self
            .error
            .as_deref()
            .or(self.error_type.as_deref())
            .unwrap_or("no reason given");
        first_line(text)
    }

    fn failure(&self, place: &str) -> NodeError {
        match self.status {
            401 | 403 => NodeError::new(
                NodeErrorKind::Unauthorised,
                place,
                format!("the agent's access policy forbids this: {}", self.message()),
            ),
            200 => NodeError::new(
                NodeErrorKind::Nonsense,
                place,
                "answered one item to a list of questions",
            ),
            _ => NodeError::new(
                NodeErrorKind::Failed,
                place,
                format!("the node failed: {}", self.message()),
            ),
        }
    }
}
