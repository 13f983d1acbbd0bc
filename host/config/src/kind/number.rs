//! A number, whole or not.

use serde_json::{Value as Json, json};
use toml::de::DeValue;

use super::{Kind, Node};
use crate::reading::Reading;

/// A number within bounds, both included.
pub(crate) struct Number {
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Kind for Number {
    type Value = f64;

    fn expects(&self) -> String {
        format!("a number from {} to {}", self.least, self.most)
    }

    fn schema(&self) -> Json {
        json!({ "type": "number", "minimum": self.least, "maximum": self.most })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<f64> {
        let (text, number) = match node.value.get_ref() {
            DeValue::Integer(integer) => {
                let digits = integer.as_str().replace('_', "");
                let number = i32::from_str_radix(&digits, integer.radix()).ok().map(f64::from);
                (integer.to_string(), number)
            }
            DeValue::Float(float) => (float.to_string(), float.as_str().replace('_', "").parse().ok()),
            _ => {
                node.wrong_type(reading, self.expects());
                return None;
            }
        };
        // What does not fit the type, and what is no number at all, is outside the bounds too.
        let within = number.filter(|number| (self.least..=self.most).contains(number));
        if within.is_none() {
            node.out_of_range(reading, text, self.least, self.most);
        }
        within
    }

    fn show(&self, value: &f64) -> String {
        value.to_string()
    }
}
