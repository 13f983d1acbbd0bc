//! When a fault happens: `at`, `on` and `nth`, or `per_day`.

use std::time::Duration;

use crate::key::{Absent, Key};
use crate::kind::{Choice, Count, Number, TimeSpan, Word};
use crate::reading::{Reading, Table};
use crate::{Fault, FaultEvent, When};

use super::ScenarioFault;
use super::file::{MOST_HORIZON, Whole, moment_within};

pub(super) static AT: Key<TimeSpan> = Key {
    name: "at",
    kind: OFFSET,
    absent: Absent::Otherwise("`on` or `per_day` says when"),
    meaning: "How long after the beginning it happens; before the horizon.",
};

pub(super) static ON: Key<Choice<FaultEvent>> = Key {
    name: "on",
    kind: Choice::OF_ALL,
    absent: Absent::Otherwise("`at` or `per_day` says when"),
    meaning: "The event on which it happens.",
};

pub(super) static NTH: Key<Count> = Key {
    name: "nth",
    kind: Count {
        least: 1,
        most: 1_000_000,
    },
    absent: Absent::Default("1"),
    meaning: "Which of these events it is, counted from 1; only with `on`.",
};

pub(super) static PER_DAY: Key<Number> = Key {
    name: "per_day",
    kind: Number {
        least: 0.001,
        most: 1_000.0,
    },
    absent: Absent::Otherwise("`at` or `on` says when"),
    meaning: "How often a day it happens, at times that the seed draws. Each seed draws a factor for it as well, between \
              nothing and twice.",
};

/// A time after the beginning.
pub(super) const OFFSET: TimeSpan = TimeSpan {
    least: Duration::ZERO,
    most: MOST_HORIZON,
};

impl Word for FaultEvent {
    const EVERY: &'static [Self] = &Self::EVERY;

    fn word(self) -> &'static str {
        self.name()
    }
}

impl When {
    pub(super) fn read(table: &Table<'_>, reading: &mut Reading<'_>, whole: Whole<'_>) -> Option<Self> {
        let at = table.optional(reading, &AT);
        let on = table.optional(reading, &ON);
        let nth = table.value(reading, &NTH);
        let per_day = table.optional(reading, &PER_DAY);
        moment_within(table, reading, &AT, at.flatten(), whole);
        if table.has(NTH.name) && !table.has(ON.name) {
            let fault = Fault::Incomplete {
                key: NTH.name,
                needs: ON.name,
            };
            table.wrong(reading, NTH.name, fault);
        }
        one_way(table, reading)?;
        match (at?, on?, per_day?) {
            (Some(at), ..) => Some(Self::At(at)),
            (_, Some(event), _) => Some(Self::On { event, nth: nth? }),
            (.., Some(per_day)) => Some(Self::PerDay(per_day)),
            (None, None, None) => None,
        }
    }
}

/// None after noting that no key, or more than one, says when it happens.
fn one_way(table: &Table<'_>, reading: &mut Reading<'_>) -> Option<()> {
    let mut given = [AT.name, ON.name, PER_DAY.name]
        .into_iter()
        .filter(|key| table.has(key));
    let Some(first) = given.next() else {
        table.wrong_whole(reading, ScenarioFault::NoTime.into());
        return None;
    };
    let mut alone = Some(());
    for second in given {
        let fault = ScenarioFault::TwoTimes { first, second };
        table.wrong(reading, second, fault.into());
        alone = None;
    }
    alone
}
