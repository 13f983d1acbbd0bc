//! Changed events, as a damaged file may have them.

use crate::Event;
use crate::samples;

#[test]
fn events() {
    let texts: Vec<String> = samples::one_of_each()
        .iter()
        .map(|event| serde_json::to_string(event).unwrap())
        .collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    ringkeeper_fuzz::text("events of the journal", &texts, |text| {
        let event: Event = serde_json::from_str(text).map_err(|error| error.to_string())?;
        // What is read is what would be written.
        let again: Event = serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
        assert_eq!(again, event);
        Ok(())
    });
}
