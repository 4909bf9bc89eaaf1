use super::boundary::End;
use super::*;

fn value(text: &str) -> Temporal {
    Temporal::literal(text).unwrap_or_else(|| panic!("{text}"))
}

#[test]
fn text_survives() {
    for text in [
        "2015",
        "2015-02",
        "2015-02-04",
        "2015-02-04T14",
        "2015-02-04T14:34",
        "2015-02-04T14:34:28",
        "2015-02-04T14:34:28.120",
        "2015-02-04T14:34:28Z",
        "2015-02-04T14:34:28+10:00",
        "2015-02-04T14:34:28.1-09:30",
    ] {
        assert_eq!(value(text).to_string(), text);
    }
    assert_eq!(value("T14:34").to_string(), "14:34");
    assert_eq!(value("2015T").kind(), TemporalKind::DateTime);
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "",
        "15",
        "2015-",
        "2015-13",
        "2015-02-30",
        "2015-2-4",
        "2015-02-04T",
        "2015-02T14",
        "2015-02-04T25",
        "2015-02-04T14:34+15:00",
        "T14:34Z",
        "2015-02-04T14:34:28.",
        "2015-02-04T14:34:28.1234567890",
        "0000-01-01x",
        "2015-02-04-01",
        "T",
        "T1",
    ] {
        // `2015-02-04T` is the literal of a date-time without a time of day.
        let expected = text == "2015-02-04T";
        assert_eq!(Temporal::literal(text).is_some(), expected, "{text}");
    }
}

#[test]
fn order_is_known_only_when_it_is_certain() {
    use Ordering::{Equal, Greater, Less};
    for (left, right, expected) in [
        ("2015", "2015", Some(Equal)),
        ("2015", "2016-01", Some(Less)),
        ("2015", "2015-06", None),
        ("2015-02-04", "2015-02-05T00:00:00", Some(Less)),
        ("2015-02-04", "2015-02-04T00:00:00", None),
        ("2015-02-04T14:34:28", "2015-02-04T14:34:28.0", Some(Equal)),
        ("2015-02-04T14:34:28", "2015-02-04T14:34:28.1", Some(Less)),
        ("2015-02-04T14:34Z", "2015-02-04T15:34+01:00", Some(Equal)),
        ("2015-02-04T14:34Z", "2015-02-04T14:34+01:00", Some(Greater)),
        ("2015-02-04T14:34Z", "2015-02-04T14:34", None),
        ("2015-02-04T14:34Z", "2015-02-06", Some(Less)),
        ("2015-02-04T14:34Z", "2015-02-05", None),
        ("2015-02-04T14+05:00", "2015-02-04T10+01:00", Some(Equal)),
        ("2015-02-04T14+05:30", "2015-02-04T14+05:00", None),
        ("T10:30", "T10:30:00", None),
        ("T10:30", "T10:31:00", Some(Less)),
    ] {
        let (left, right) = (value(left), value(right));
        assert_eq!(left.compare(&right), expected, "{left} {right}");
        assert_eq!(right.compare(&left), expected.map(Ordering::reverse), "{right} {left}");
    }
}

#[test]
fn boundaries_enclose_the_value() {
    for (text, low, high) in [
        ("2014", "2014-01-01", "2014-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2014T", "2014-01-01T00:00:00.000+14:00", "2014-12-31T23:59:59.999-12:00"),
        ("2014-01-01T08:05Z", "2014-01-01T08:05:00.000Z", "2014-01-01T08:05:59.999Z"),
        ("T10:30", "10:30:00.000", "10:30:59.999"),
    ] {
        let end = |end| value(text).boundary(end, None).unwrap().to_string();
        assert_eq!((end(End::Low).as_str(), end(End::High).as_str()), (low, high), "{text}");
    }
    assert_eq!(value("2014").boundary(End::Low, Some(5)), None);
    assert_eq!(value("2014").boundary(End::Low, Some(17)), None);
}
