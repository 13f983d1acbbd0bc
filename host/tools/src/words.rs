//! Words as a person types them behind a tool, read as names and values.
//!
//! A value is named (`keyspace=shop`), stands at its place (`shop orders`), or stands behind the tool's own option (`-F json`).
//! So what somebody types behind nodetool is understood, and so is what the catalogue calls its parameters.

use crate::{Kind, Need, Parameter, Place, Tool, ToolError};

impl Tool {
    /// Names and values in the order of the words.
    ///
    /// # Errors
    /// When a word belongs to no parameter, or an option lacks its value.
    pub fn read(&self, words: &[String]) -> Result<Vec<(String, String)>, ToolError> {
        let mut read: Vec<(String, String)> = Vec::new();
        let mut words = words.iter();
        let mut are_options_over = false;
        while let Some(word) = words.next() {
            if word == "--" && !are_options_over {
                are_options_over = true;
                continue;
            }
            let pair = match self.named(word).filter(|_| !are_options_over) {
                Some((parameter, Some(value))) => (parameter, value.to_owned()),
                Some((parameter, None)) if parameter.value == Kind::Flag => (parameter, "true".to_owned()),
                Some((parameter, None)) => {
                    let value = words.next().ok_or_else(|| ToolError::Missing {
                        tool: word.clone(),
                        name: "a value".to_owned(),
                    })?;
                    (parameter, value.clone())
                }
                None => (self.next_place(&read, word, are_options_over)?, word.clone()),
            };
            read.push((pair.0.name.to_owned(), pair.1));
        }
        Ok(read)
    }

    /// The parameter that a word names, with the value in the word.
    fn named<'a>(&self, word: &'a str) -> Option<(&'static Parameter, Option<&'a str>)> {
        if let Some((name, value)) = word.split_once('=')
            && let Some(parameter) = self.parameter(name)
        {
            return Some((parameter, Some(value)));
        }
        let is_named = |parameter: &&Parameter| match parameter.place {
            Place::Option(option) => {
                option == word || (parameter.value == Kind::Flag && parameter.name == word)
            }
            Place::Argument | Place::Switch => false,
        };
        if let Some(parameter) = self.parameters.iter().find(is_named) {
            return Some((parameter, None));
        }
        let switch = word.strip_prefix("--")?;
        let is_switched = |parameter: &&Parameter| match (parameter.place, parameter.value) {
            (Place::Switch, Kind::OneOf { words }) => words.contains(&switch),
            _ => false,
        };
        let parameter = self.parameters.iter().find(is_switched)?;
        Some((parameter, Some(switch)))
    }

    /// The argument that the next word without a name is.
    fn next_place(
        &self,
        read: &[(String, String)],
        word: &str,
        are_options_over: bool,
    ) -> Result<&'static Parameter, ToolError> {
        let has_room = |parameter: &&Parameter| {
            parameter.place == Place::Argument
                && (matches!(parameter.need, Need::Several | Need::AtLeastOne)
                    || read.iter().all(|(name, _)| name != parameter.name))
        };
        let behind = word.strip_prefix('-');
        let is_option =
            behind.is_some_and(|behind| !behind.starts_with(|letter: char| letter.is_ascii_digit()));
        let place = self
            .parameters
            .iter()
            .find(has_room)
            .filter(|_| !is_option || are_options_over);
        place.ok_or_else(|| ToolError::NoParameter {
            tool: self.name.to_owned(),
            name: word.chars().take(80).collect(),
            nearest: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::find;

    fn read(tool: &str, words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        match find(tool).unwrap().read(&words) {
            Ok(read) => read
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn values_are_named_or_stand_at_their_place_or_behind_their_option() {
        for (tool, words, expected) in [
            ("status", &["shop"][..], "keyspace=shop"),
            (
                "status",
                &["keyspace=shop", "-r"],
                "keyspace=shop resolve-ip=true",
            ),
            (
                "flush",
                &["shop", "orders", "carts"],
                "keyspace=shop tables=orders tables=carts",
            ),
            (
                "tablestats",
                &["-F", "json", "human-readable", "shop.orders"],
                "as=json human-readable=true tables=shop.orders",
            ),
            (
                "sstablerepairedset",
                &["--is-repaired", "a/b/nb-1-big-Data.db"],
                "mark=is-repaired sstables=a/b/nb-1-big-Data.db",
            ),
            (
                "getendpoints",
                &["shop", "orders", "a=b"],
                "keyspace=shop table=orders key=a=b",
            ),
            (
                "getendpoints",
                &["shop", "orders", "--", "-F"],
                "keyspace=shop table=orders key=-F",
            ),
            (
                "getendpoints",
                &["shop", "orders", "-7"],
                "keyspace=shop table=orders key=-7",
            ),
            // What a shell would take apart stays one word.
            ("flush", &["shop; rm -rf /"], "keyspace=shop; rm -rf /"),
        ] {
            assert_eq!(read(tool, words), expected, "{tool} {words:?}");
        }
    }

    #[test]
    fn what_belongs_nowhere_is_refused() {
        assert_eq!(read("status", &["shop", "more"]), "status takes no \"more\"");
        assert_eq!(read("status", &["--force"]), "status takes no \"--force\"");
        assert_eq!(read("tablestats", &["-F"]), "-F needs a value");
        assert_eq!(read("status", &["-"]), "status takes no \"-\"");
    }
}
