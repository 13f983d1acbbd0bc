use super::*;
use crate::samples;

#[test]
fn every_event_is_read_back_as_it_was_written() {
    for event in samples::one_of_each() {
        let text = serde_json::to_string(&event).unwrap();
        let read: Result<Event, _> = serde_json::from_str(&text);
        assert_eq!(read.ok(), Some(event), "{text}");
    }
}
