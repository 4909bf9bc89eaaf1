//! Syntax, operators and three-valued logic.

use super::*;

#[test]
fn operators_bind_as_the_grammar_says() {
    is("1 + 2 * 3 - 4", "3");
    is("(1 + 2) * 3", "9");
    is("-2.abs()", "-2");
    is("1 | 2 + 3", "1, 5");
    is("1 + 1 is Integer", "true");
    is("2 > 1 = true", "true");
    is("true or false and false", "true");
    is("false implies false implies false", "false");
    is("1 in 1 | 2 and true", "true");
    is("'a' & 'b' + 'c'", "abc");
    is("7 div 2 * 2 mod 4", "2");
}

#[test]
fn keywords_may_be_names() {
    let set = json!({"resourceType": "ValueSet", "expansion": {"contains": [{"code": "a"}]}});
    check(&set, "expansion.contains.code", "a");
    check(&set, "ValueSet.expansion.contains contains 1", "false");
    check(&set, "`expansion`.`contains`.code", "a");
}

#[test]
fn what_is_not_fhirpath_is_refused_where_it_goes_wrong() {
    for (expression, code, column) in [
        ("", "MZ-0120", 1),
        ("name.", "MZ-0120", 6),
        ("1 +", "MZ-0120", 4),
        ("name name", "MZ-0120", 6),
        ("(1", "MZ-0120", 3),
        ("a[1", "MZ-0120", 4),
        ("'open", "MZ-0120", 1),
        (r"'\x'", "MZ-0120", 2),
        (r"'\ud83d'", "MZ-0120", 2),
        ("/* open", "MZ-0120", 1),
        ("a # b", "MZ-0120", 3),
        ("@2015-13", "MZ-0120", 1),
        ("@", "MZ-0120", 1),
        ("%", "MZ-0120", 1),
        ("$that", "MZ-0120", 1),
        ("a.$this", "MZ-0120", 3),
        ("{1}", "MZ-0120", 2),
        ("a and", "MZ-0120", 6),
        ("a.foo()", "MZ-0122", 3),
        ("a.first(1)", "MZ-0122", 3),
        ("a.where()", "MZ-0122", 3),
        ("a.ofType(Pateint)", "MZ-0123", 3),
        ("a is FHIR.Boolean", "MZ-0123", 3),
        ("2147483648", "MZ-0127", 1),
        ("1.12345678901234567890123456789", "MZ-0127", 1),
        ("a.elementDefinition()", "MZ-0121", 3),
        ("1L", "MZ-0121", 1),
        ("%terminologies", "MZ-0121", 1),
        ("Coding { code: 'x' }", "MZ-0121", 1),
        ("a.matches('(?=x)')", "MZ-0121", 3),
    ] {
        let error = Expression::compile(expression).unwrap_err();
        assert_eq!((error.code(), error.column()), (code, column), "{expression}: {error}");
        assert!(!error.cure().is_empty() && !error.reason().is_empty());
    }
}

#[test]
fn escapes_are_resolved() {
    is(r"'\'\u0041\ud83d\ude00\\'", r"'A😀\");
    is("%`vs-x`", "http://hl7.org/fhir/ValueSet/x");
    is("%'ext-y'", "http://hl7.org/fhir/StructureDefinition/y");
}

#[test]
fn unknown_stays_unknown() {
    is("{} and true", "");
    is("{} and false", "false");
    is("{} or true", "true");
    is("{} xor true", "");
    is("{} implies true", "true");
    is("{} implies false", "");
    is("{}.not()", "");
    is("{} = {}", "");
    is("{} ~ {}", "true");
    is("1 + {}", "");
    is("1 < {}", "");
    is("{} & 'a'", "a");
}

#[test]
fn the_settled_side_alone_is_evaluated() {
    is("false and (1 | 2)", "false");
    is("true or (1 | 2)", "true");
    is("(1 | 2) and false", "MZ-0126");
    is("iif(true, 1, (1 | 2).single())", "1");
}

#[test]
fn numbers_are_exact() {
    is("0.1 + 0.2 = 0.3", "true");
    is("1.50 + 1.5", "3.00");
    is("1.10 = 1.1", "true");
    is("10 / 4", "2.5");
    is("7.5 div 2", "3");
    is("-7 mod 3", "-1");
    is("1 / 0", "");
    is("1 mod 0", "");
    is("2147483647 + 1", "");
    is("79228162514264337593543950335.0", "MZ-0127");
    is("7922816251426433759354395033.0 * 100.0", "MZ-0127");
    is("'1' + 1", "MZ-0125");
    is("true + 1", "MZ-0125");
}

#[test]
fn dates_of_different_precision_compare_when_they_can() {
    is("@2015 < @2016-01-01", "true");
    is("@2015 < @2015-06", "");
    is("@2015 = @2015-06", "");
    is("@2015 ~ @2015-06", "false");
    is("@2015-06-01 = @2015-06-01T00:00:00", "");
    is("@2015-06-01T10:00:00Z = @2015-06-01T12:00:00+02:00", "true");
    is("@T10:00 < @2015", "MZ-0125");
    is("@T10:00 = @2015", "false");
    is("'2015' < @2016", "MZ-0125");
}

#[test]
fn durations_are_added_by_the_calendar() {
    is("@2024-01-31 + 1 month", "2024-02-29");
    is("@2024-02-29 + 1 year", "2025-02-28");
    is("@2014 + 24 months", "2016");
    is("@2014 + 23 months", "2015");
    is("@2014-01 + 45 days", "2014-02");
    is("@2014 + 3 weeks", "2014");
    is("@2014-01-31 - 31 days", "2013-12-31");
    is("@2014-01-01 + 24 hours", "2014-01-02");
    is("@T23:30 + 1 hour", "00:30");
    is("@T00:30:00 - 1 hour", "23:30:00");
    is("@T10:00 + 1 day", "MZ-0125");
    is("@9999-12-31 + 1 day", "");
    is("@2014-01-01 + 1 'mo'", "MZ-0125");
    is("@2014-01-01T00:00:00 + 0.5 seconds", "refused adding a part of a second");
    is("@2014-01-01T00:00:00 + 2000 milliseconds", "2014-01-01T00:00:02");
}

#[test]
fn quantities_convert() {
    is("1 'kg' = 1000 'g'", "true");
    is("1 'kg' > 999.9 'g'", "true");
    is("1 'kg' = 1 'm'", "");
    is("3 'm' + 3 'cm'", "303 'cm'");
    is("3 'm' - 3 'cm' = 2.97 'm'", "true");
    is("1 'm' + 1 'kg'", "");
    is("37 'Cel' = 98.6 '[degF]'", "true");
    is("3 'kg' / 2 'm' / 2 'm'", "0.75 'kg/m/m'");
    is("6 'kg' / 2 'kg'", "3 '1'");
    is("2 * 3 'mg'", "6 'mg'");
    is("1 'mg' / 0 'mg'", "");
    is("1 year = 12 months", "true");
    is("1 year = 365 days", "");
    is("1 day = 24 'h'", "true");
    is("1 'blorp' = 1 'blorp'", "true");
    is("1 'blorp' = 1 'kg'", "refused 'blorp'");
    is("1 'g' ~ 1.4 'g'", "true");
    is("5 days.toString()", "5 days");
    is("1 'mo' = 30 days", "");
    is("1 'a' > 1 day", "");
    is("2 * 3 years", "6 years");
    is("1 year / 2", "0.5 years");
    is("37 'Cel' + 1 'Cel'", "38 'Cel'");
    is("37 'Cel' + 1 'K'", "");
    is("36.6 'Cel' ~ 98 '[degF]'", "true");
    is("1 year ~ 1 'a'", "true");
    is("1 'mo' ~ 1 month", "true");
    is("1 year ~ 1 'm'", "false");
    is("(5 days).value & ''", "MZ-0125");
    is("(5 days).unit & (2 'mg').unit", "daymg");
}
