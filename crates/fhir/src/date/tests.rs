use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

fn days(text: &str) -> String {
    match text.parse::<PartialDate>() {
        Ok(date) => format!("{} {}", date.range().start, date.range().end),
        Err(error) => error.reason,
    }
}

#[test]
fn partial_dates_are_ranges() {
    for (text, expected) in [
        ("1990", "1990-01-01 1991-01-01"),
        ("1990-02", "1990-02-01 1990-03-01"),
        ("2024-02", "2024-02-01 2024-03-01"),
        ("1990-12", "1990-12-01 1991-01-01"),
        ("2024-02-29", "2024-02-29 2024-03-01"),
        ("0001", "0001-01-01 0002-01-01"),
        ("9999-12-31", "9999-12-31 9999-12-31"),
        ("1990-02-30", "is not a day: 1990-02 has days 01 to 28"),
        ("2023-02-29", "is not a day: 2023-02 has days 01 to 28"),
        ("1990-13", "is not a date: there is no month 13"),
        ("1990-00", "is not a date: there is no month 00"),
        ("1990-01-00", "is not a day: 1990-01 has days 01 to 31"),
        ("0000", "has no year 0"),
        ("90", "is not a date"),
        ("1990-1", "is not a date"),
        ("1990-01-1", "is not a date"),
        ("1990-01-011", "is not a date"),
        ("1990-", "is not a date"),
        ("01/02/1990", "is not a date"),
        ("+990", "is not a date"),
        (" 1990", "is not a date"),
        ("١٩٩٠", "is not a date"),
        ("", "is not a date"),
        ("1990-01-01T10:00:00Z", "is not a date"),
    ] {
        assert_eq!(days(text), expected, "{text}");
    }
}

#[test]
fn partial_dates_compare_in_three_ways() {
    use Relation::{After, Before, Overlapping};
    for (left, right, expected) in [
        ("1990", "1991", Before),
        ("1991-01-01", "1990", After),
        ("1990", "1990-06", Overlapping),
        ("1990-06-01", "1990-06-01", Overlapping),
        ("1990-05-31", "1990-06", Before),
        ("9999-12-30", "9999-12-31", Before),
    ] {
        let compare = |l: &str, r: &str| {
            l.parse::<PartialDate>().unwrap().compare(r.parse::<PartialDate>().unwrap())
        };
        assert_eq!(compare(left, right), expected, "{left} {right}");
    }
}

fn moment(text: &str) -> String {
    match text.parse::<DateTime>().map(|d| d.range()) {
        Ok(Span::Days(range)) => format!("{} {}", range.start, range.end),
        Ok(Span::Exact(range)) => format!("{} {}", range.start, range.end),
        Err(error) => error.reason,
    }
}

#[test]
fn moments_are_ranges() {
    let not = "is not a date and time";
    for (text, expected) in [
        ("2024-05", "2024-05-01 2024-06-01"),
        ("2024-05-01T10:00:00Z", "2024-05-01T10:00:00Z 2024-05-01T10:00:01Z"),
        ("2024-05-01T10:00:00+03:00", "2024-05-01T07:00:00Z 2024-05-01T07:00:01Z"),
        ("2024-05-01T00:30:00.5-03:30", "2024-05-01T04:00:00.5Z 2024-05-01T04:00:00.6Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z 2017-01-01T00:00:00Z"),
        ("2017-01-01T05:29:60+05:30", "2016-12-31T23:59:59Z 2017-01-01T00:00:00Z"),
        ("2016-12-31T12:59:60Z", "has a second 60 that is not the last second of a UTC day"),
        ("2024-05-01T10:00:00", "has a time without its offset from UTC"),
        ("2024-05-01T24:00:00Z", not),
        ("2024-05-01T10:00Z", not),
        ("2024-05-01T10:00:00+15:00", not),
        ("2024-05-01T10:00:00+0300", not),
        ("2024-05-01T10:00:00.Z", not),
        ("2024-05-01 10:00:00Z", not),
        ("2024-05T10:00:00Z", not),
        ("2024-05-01T10:00:00Zx", not),
        ("2024-02-30T10:00:00Z", "is not a day: 2024-02 has days 01 to 29"),
    ] {
        assert_eq!(moment(text), expected, "{text}");
    }
}

#[test]
fn a_day_without_offset_is_before_a_moment_only_if_so_everywhere() {
    use Relation::{After, Before, Overlapping};
    for (left, right, expected) in [
        ("2024-05-01", "2024-05-02T12:00:00Z", Before),
        ("2024-05-01", "2024-05-02T11:59:59Z", Overlapping),
        ("2024-05-02", "2024-05-01T09:59:59Z", After),
        ("2024-05-01T10:00:00Z", "2024-05-01T12:00:00+02:00", Overlapping),
        ("2024-05-01T10:00:00Z", "2024-05-01T12:00:01+02:00", Before),
    ] {
        let (l, r): (DateTime, DateTime) = (left.parse().unwrap(), right.parse().unwrap());
        assert_eq!(l.compare(&r), expected, "{left} {right}");
    }
}

#[test]
fn instants_and_times_are_strict() {
    assert!(DateTime::parse_instant("2024-05-01T10:00:00.123Z").is_ok());
    assert!(DateTime::parse_instant("2024-05-01").is_err());
    for (text, read) in [
        ("10:00:00", true),
        ("10:00:00.25", true),
        ("10:00", false),
        ("25:00:00", false),
        ("10:00:00Z", false),
        ("10:00:61", false),
    ] {
        assert_eq!(text.parse::<Time>().is_ok(), read, "{text}");
    }
}

#[test]
fn the_end_of_time_does_not_overflow() {
    for text in ["9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"] {
        let _ = text.parse::<DateTime>().map(|d| d.range().utc_seconds());
    }
    let last: DateTime = "9999".parse().unwrap();
    assert!(last.range().utc_seconds().end > 253_370_764_800);
}

#[test]
fn ages_of_partial_births_are_intervals() {
    for (born, on, expected) in [
        ("2020-02-29", date(2021, 2, 28), Some((11, 11))),
        ("2020-02-29", date(2021, 3, 1), Some((12, 12))),
        ("2020-02-29", date(2024, 2, 29), Some((48, 48))),
        ("2020-01-31", date(2020, 2, 29), Some((0, 0))),
        ("2020-01-31", date(2020, 3, 1), Some((1, 1))),
        ("1990-06", date(2000, 6, 15), Some((119, 120))),
        ("2000", date(2000, 6, 15), Some((0, 5))),
        ("2000-06-15", date(2000, 6, 15), Some((0, 0))),
        ("2000-06-16", date(2000, 6, 15), None),
        ("2001", date(2000, 6, 15), None),
    ] {
        assert_eq!(age_in_completed_months(&born.parse().unwrap(), on), expected, "{born} {on}");
    }
}

#[test]
fn an_estimated_birth_is_written_only_as_far_as_it_is_known() {
    let age = |completed, unit| StatedAge { completed, unit };
    for (age, on, expected) in [
        (age(30, AgeUnit::Years), date(2024, 5, 10), None),
        (age(30, AgeUnit::Years), date(2024, 12, 31), Some("1994")),
        (age(3, AgeUnit::Months), date(2024, 5, 10), Some("2024")),
        (age(0, AgeUnit::Months), date(2024, 5, 31), Some("2024-05")),
    ] {
        let written = BirthDate::Estimated { age, on }.written().map(|d| d.to_string());
        assert_eq!(written.as_deref(), expected, "{age:?} {on}");
    }
}

#[test]
fn dates_are_stored_as_they_were_written() {
    for (birth, json) in [
        (BirthDate::Document("1990-02".parse().unwrap()), r#"{"document":"1990-02"}"#),
        (BirthDate::Stated("1990".parse().unwrap()), r#"{"stated":"1990"}"#),
        (
            BirthDate::Estimated {
                age: StatedAge { completed: 30, unit: AgeUnit::Years },
                on: date(2024, 5, 10),
            },
            r#"{"estimated":{"age":{"completed":30,"unit":"years"},"on":"2024-05-10"}}"#,
        ),
    ] {
        assert_eq!(serde_json::to_string(&birth).unwrap(), json);
        assert_eq!(serde_json::from_str::<BirthDate>(json).unwrap(), birth);
    }
    let moment = r#""2024-05-01T10:00:00.000+02:00""#;
    let read: DateTime = serde_json::from_str(moment).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), moment);
    assert!(serde_json::from_str::<PartialDate>(r#""1990-02-30""#).is_err());
}

prop_compose! {
    fn any_day()(year in 1850_i16..2150, day in 1_i16..=365) -> Date {
        Date::new(year, 1, 1).unwrap().checked_add(jiff::Span::new().days(day - 1)).unwrap()
    }
}

proptest! {
    #[test]
    fn an_estimate_holds_exactly_the_births_of_that_age(
        on in any_day(), completed in 0_u16..80, back in 0_i32..30_000, months in any::<bool>(),
    ) {
        let unit = if months { AgeUnit::Months } else { AgeUnit::Years };
        let birth = on.checked_sub(jiff::Span::new().days(back)).unwrap();
        let lived = completed_months(birth, on).unwrap();
        let lived = if months { lived } else { lived / 12 };
        let estimate = BirthDate::Estimated { age: StatedAge { completed, unit }, on };
        prop_assert_eq!(estimate.range().contains(&birth), lived == i32::from(completed));
    }

    #[test]
    fn what_is_read_is_written_back(text in "(19|20)[0-9]{2}(-[01][0-9](-[0-3][0-9])?)?") {
        if let Ok(date) = text.parse::<PartialDate>() {
            prop_assert_eq!(date.to_string(), text);
        }
    }

    #[test]
    fn nothing_panics(text in "[0-9T:.Z+-]{0,40}|.{0,12}") {
        let _ = (text.parse::<PartialDate>(), text.parse::<DateTime>(), text.parse::<Time>());
    }
}
