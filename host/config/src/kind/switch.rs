//! True or false.

use serde_json::{Value as Json, json};

use super::{Kind, Node};
use crate::reading::Reading;

/// `true` or `false`.
pub(crate) struct Switch;

impl Kind for Switch {
    type Value = bool;

    fn expects(&self) -> String {
        "true or false".to_owned()
    }

    fn schema(&self) -> Json {
        json!({ "type": "boolean" })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<bool> {
        let value = node.value.get_ref().as_bool();
        if value.is_none() {
            node.wrong_type(reading, self.expects());
        }
        value
    }

    fn show(&self, value: &bool) -> String {
        value.to_string()
    }
}
