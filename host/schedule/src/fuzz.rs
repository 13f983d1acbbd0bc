//! Changed cron expressions and zones.

use ringkeeper_seams::Timestamp;

use crate::{Schedule, Timetable};

#[test]
fn cron_expressions() {
    let samples = [
        "0 3 * * 1",
        "*/15 * * * *",
        "0 0 29 2 *",
        "30 2 L * *",
        "0 0 1 1 MON#2",
        "@weekly",
        "0 12 ? * MON-FRI",
    ];
    ringkeeper_fuzz::text("cron expressions", &samples, |cron| {
        let timetable = Timetable::parse(&Schedule::at(cron)).map_err(|error| error.to_string())?;
        let _ = timetable.next(3, Timestamp::default());
        Ok(())
    });
}

#[test]
fn zones() {
    ringkeeper_fuzz::text(
        "time zones",
        &["Europe/Berlin", "UTC", "America/Argentina/Buenos_Aires"],
        |zone| {
            let mut schedule = Schedule::at("30 2 * * *");
            zone.clone_into(&mut schedule.zone);
            Timetable::parse(&schedule)
                .map(drop)
                .map_err(|error| error.to_string())
        },
    );
}
