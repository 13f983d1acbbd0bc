//! A node of a simulated cluster by its place.

use serde_json::{Value as Json, json};

use super::{Kind, Node, is_name, quoted};
use crate::reading::Reading;
use crate::{Fault, NodePlace};

/// A node by its place. Whether there is one is for the reading of the whole.
pub(crate) struct Place;

impl Kind for Place {
    type Value = NodePlace;

    fn expects(&self) -> String {
        "a node's place such as \"dc1/r1/1\": data centre, rack, and which of the rack, from 1".to_owned()
    }

    fn schema(&self) -> Json {
        json!({
            "type": "string",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}/[A-Za-z0-9][A-Za-z0-9_-]{0,63}/[1-9][0-9]{0,4}$",
        })
    }

    fn read(&self, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<NodePlace> {
        let text = node.text(reading, self.expects())?;
        let place = parse(text);
        if place.is_none() {
            let fault = Fault::Malformed {
                value: text.to_owned(),
                expects: self.expects(),
            };
            node.wrong(reading, fault);
        }
        place
    }

    fn show(&self, value: &NodePlace) -> String {
        quoted(&value.to_string())
    }
}

fn parse(text: &str) -> Option<NodePlace> {
    let (data_centre, rest) = text.split_once('/')?;
    let (rack, number) = rest.split_once('/')?;
    let is_number = number.starts_with(|c: char| ('1'..='9').contains(&c));
    let number = number.parse().ok().filter(|_| is_number)?;
    (is_name(data_centre) && is_name(rack)).then(|| NodePlace {
        data_centre: data_centre.to_owned(),
        rack: rack.to_owned(),
        number,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_places_from_other_texts() {
        for (text, fits) in [
            ("dc1/r1/1", true),
            ("us-east_1/a/1000", true),
            ("dc1/r1/0", false),
            ("dc1/r1/01", false),
            ("dc1/r1/+1", false),
            ("dc1/r1/70000", false),
            ("dc1/r1", false),
            ("dc1/r1/1/1", false),
            ("dc1//1", false),
            ("/r1/1", false),
            ("10.0.0.1", false),
            ("", false),
        ] {
            let place = parse(text);
            assert_eq!(place.is_some(), fits, "{text}");
            if let Some(place) = place {
                assert_eq!(place.to_string(), text);
            }
        }
    }
}
