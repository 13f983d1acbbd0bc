use super::*;
use crate::{Day, Freeze, Window};

fn set(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

/// Open from 22:00 to 04:00 on Saturdays.
fn saturdays(data_centres: &[&str], impacts: &[&str]) -> OpenHours {
    OpenHours::parse(&Window {
        name: "saturdays".to_owned(),
        cluster: None,
        data_centres: set(data_centres),
        impacts: set(impacts),
        days: BTreeSet::from([Day::Sat]),
        from: "22:00".to_owned(),
        to: "04:00".to_owned(),
        zone: "UTC".to_owned(),
    })
    .unwrap()
}

fn freeze(name: &str, from: &str, to: &str) -> Freeze {
    Freeze {
        name: name.to_owned(),
        cluster: None,
        data_centres: BTreeSet::new(),
        impacts: BTreeSet::new(),
        from: from.to_owned(),
        to: to.to_owned(),
        zone: "UTC".to_owned(),
        reason: "trade".to_owned(),
    }
}

fn said(windows: &[OpenHours], freezes: &[Freeze]) -> Vec<String> {
    let freezes: Vec<_> = freezes
        .iter()
        .map(|freeze| FrozenSpan::parse(freeze).unwrap())
        .collect();
    let now = "2026-05-01T00:00:00Z".parse::<jiff::Timestamp>().unwrap();
    contradictions(windows, &freezes, Timestamp::from_millis(now.as_millisecond()))
        .iter()
        .map(Contradiction::to_string)
        .collect()
}

#[test]
fn freezes_that_leave_an_opening_contradict_nothing() {
    let window = [saturdays(&[], &["disrupt"])];
    assert_eq!(said(&window, &[]), Vec::<String>::new());
    for freezes in [
        // All but the last quarter of an hour of one opening.
        vec![
            freeze("spring", "2026-05-01T00:00", "2026-06-14T03:45"),
            freeze("summer", "2026-06-14T04:00", "2027-01-01T00:00"),
        ],
        // It ends before 60 days are over.
        vec![freeze("spring", "2026-05-01T00:00", "2026-06-20T22:30")],
        // It does not hold at any opening.
        vec![freeze("week", "2026-05-03T04:00", "2026-05-09T22:00")],
    ] {
        assert_eq!(said(&window, &freezes), Vec::<String>::new(), "{freezes:?}");
    }
}

#[test]
fn names_every_freeze_that_holds_at_its_openings_and_when_it_opens_again() {
    let freezes = [
        freeze("spring", "2026-05-01T00:00", "2026-05-31T12:00"),
        freeze("summer", "2026-05-31T12:00", "2026-08-01T23:00"),
        freeze("week", "2026-09-01T00:00", "2026-09-09T22:00"),
    ];
    assert_eq!(
        said(&[saturdays(&[], &["change", "disrupt"])], &freezes),
        [
            "window `saturdays` does not open for change, disrupt before 2026-08-01T23:00:00.000Z: a freeze goes \
             before a window, and at every opening holds `spring` or `summer`"
        ]
    );
}

#[test]
fn an_opening_under_way_counts() {
    let window = OpenHours::parse(&Window {
        name: "always".to_owned(),
        from: "00:00".to_owned(),
        to: "24:00".to_owned(),
        days: BTreeSet::new(),
        ..saturdays(&[], &["disrupt"]).window().clone()
    })
    .unwrap();
    let from_noon = freeze("long", "2026-05-01T12:00", "2027-01-01T00:00");
    assert_eq!(
        said(std::slice::from_ref(&window), &[from_noon]),
        Vec::<String>::new()
    );
    let at_once = freeze("long", "2026-05-01T00:00", "2027-01-01T00:00");
    assert_eq!(said(&[window], &[at_once]).len(), 1);
}

#[test]
fn is_told_apart_by_data_centre_impact_and_cluster() {
    let long = freeze("long", "2026-05-01T00:00", "2027-01-01T00:00");
    let again =
        "before 2027-01-02T22:00:00.000Z: a freeze goes before a window, and at every opening holds `long`";
    for (freeze, place) in [
        (
            Freeze {
                data_centres: set(&["dc2"]),
                ..long.clone()
            },
            "change, disrupt in dc2",
        ),
        (
            Freeze {
                impacts: set(&["disrupt"]),
                ..long.clone()
            },
            "disrupt",
        ),
        (
            Freeze {
                cluster: Some("shop".to_owned()),
                data_centres: set(&["dc2"]),
                ..long.clone()
            },
            "change, disrupt in dc2 of cluster shop",
        ),
    ] {
        assert_eq!(
            said(&[saturdays(&[], &["change", "disrupt"])], &[freeze]),
            [format!("window `saturdays` does not open for {place} {again}")]
        );
    }
    let elsewhere = Freeze {
        data_centres: set(&["dc2"]),
        ..long
    };
    assert_eq!(
        said(&[saturdays(&["dc1"], &["change"])], &[elsewhere]),
        Vec::<String>::new()
    );
}

#[test]
fn a_window_that_never_opens_again_says_no_moment() {
    let forever = freeze("forever", "2026-05-01T00:00", "9999-12-30T00:00");
    assert_eq!(
        said(&[saturdays(&[], &["disrupt"])], &[forever]),
        [
            "window `saturdays` does not open for disrupt: a freeze goes before a window, and at every opening holds \
             `forever`"
        ]
    );
}
