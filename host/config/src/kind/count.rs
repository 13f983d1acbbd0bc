//! A whole number.

use serde_json::{Value as Json, json};
use toml::de::DeValue;

use super::{Kind, Node};
use crate::reading::Reading;

/// A whole number within bounds, both included.
pub(crate) struct Count {
    pub(crate) least: u32,
    pub(crate) most: u32,
}

impl Kind for Count {
    type Value = u32;

    fn expects(&self) -> String {
        format!("a whole number from {} to {}", self.least, self.most)
    }

    fn schema(&self) -> Json {
        json!({ "type": "integer", "minimum": self.least, "maximum": self.most })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<u32> {
        let DeValue::Integer(integer) = node.value.get_ref() else {
            node.wrong_type(reading, self.expects());
            return None;
        };
        // What does not even fit the type is outside the bounds too.
        let number = u32::from_str_radix(&integer.as_str().replace('_', ""), integer.radix()).ok();
        let within = number.filter(|number| (self.least..=self.most).contains(number));
        if within.is_none() {
            node.out_of_range(reading, integer.to_string(), self.least, self.most);
        }
        within
    }

    fn show(&self, value: &u32) -> String {
        value.to_string()
    }
}
