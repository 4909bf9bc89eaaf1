//! Functions, by their group in the standard.

use super::*;

#[test]
fn existence() {
    is("(1 | 2).exists($this > 1)", "true");
    is("(1 | 2).all($this > 1)", "false");
    is("{}.all($this > 1)", "true");
    is("(true | false).anyTrue()", "true");
    is("(true | false).anyFalse()", "true");
    is("{}.allTrue()", "true");
    is("1.allTrue()", "MZ-0125");
    is("1.combine(1).isDistinct()", "false");
    is("(1 | 2).subsetOf(1 | 2 | 3)", "true");
    is("(1 | 2).supersetOf({})", "true");
}

#[test]
fn filtering_and_subsetting() {
    is("(1 | 2 | 3).where($index > 0)", "2, 3");
    is("(1 | 2).select($this + 1)", "2, 3");
    is("(1 | 2 | 3).skip(-1).take(2)", "1, 2");
    is("(1 | 2 | 3).take(-1)", "");
    is("(1 | 2 | 3)[1]", "2");
    is("(1 | 2 | 3)[7]", "");
    is("(1 | 2).single()", "MZ-0126");
    is("1.combine(1 | 2).intersect(1)", "1");
    is("1.combine(1 | 2).exclude(2)", "1, 1");
    is("coalesce({}, 2, (1 | 2).single())", "2");
    is("1.repeat(iif($this < 4, $this + 1, {}))", "2, 3, 4");
    is("1.repeatAll(iif($this < 4, $this + 1, {}))", "2, 3, 4");
    is("(1 | 2 | 3).aggregate($this + $total, 0)", "6");
    is("(3 | 1 | 2).sort($this desc)", "3, 2, 1");
    is("(3 | 1 | 2).sort($this asc)", "1, 2, 3");
    is("(1 | 'a').sort()", "MZ-0125");
}

#[test]
fn conversion() {
    is("'Yes'.toBoolean()", "true");
    is("'+12'.toInteger()", "12");
    is("'12.5'.toInteger()", "");
    is("'3000000000'.convertsToInteger()", "false");
    is("'1.50'.toDecimal()", "1.50");
    is("'.5'.toDecimal()", "");
    is("'4 days'.toQuantity()", "4 days");
    is("'4 \\'mg\\''.toQuantity()", "4 'mg'");
    is("'4 mg'.convertsToQuantity()", "false");
    is("4 'g'.toQuantity('mg')", "4000 'mg'");
    is("1 'wk'.toQuantity('days')", "7 days");
    is("'2015-02'.toDate()", "2015-02");
    is("@2015-02-04T10:00.toDate()", "2015-02-04");
    is("'10:30'.toTime()", "10:30");
    is("'25'.toTime()", "");
    is("1.50.toString()", "1.50");
    is("{}.toString()", "");
    is("(1 | 2).toString()", "MZ-0126");
}

#[test]
fn text() {
    is("'naïve'.length()", "5");
    is("'naïve'.indexOf('v')", "3");
    is("'abcabc'.lastIndexOf('b')", "4");
    is("'abc'.lastIndexOf('x')", "-1");
    is("'naïve'.substring(2, 2)", "ïv");
    is("'abc'.substring(1, 0)", "");
    is("'a,b,,c'.split(',').count()", "4");
    is("('a' | 'b').join()", "ab");
    is("'a1b22'.replaceMatches('([0-9]+)', '<$1>')", "a<1>b<22>");
    is("'ab'.replaceMatches('(a)(b)', '$2x$1')", "bxa");
    is("'x'.matches('(')", "refused the pattern (");
    is("'abc'.matchesFull('b')", "false");
    is("'a\\nb'.matches('^a.b$')", "true");
    is("'é'.encode('hex')", "c3a9");
    is("'c3a'.decode('hex')", "");
    is("'/w=='.decode('base64')", "");
    is("'x'.encode('rot13')", "refused encode('rot13')");
    is("'&lt;&#233;&nope;&'.unescape('html')", "<é&nope;&");
    is("'a\\tb'.escape('json')", "a\\tb");
    is("'  x '.trim()", "x");
    is("1.length()", "MZ-0125");
}

#[test]
fn mathematics() {
    is("(-1.5).round()", "-2");
    is("2.5.round()", "3");
    is("1.255.round(2)", "1.26");
    is("1.5.round(-1)", "MZ-0125");
    is("1.1 'kg'.ceiling()", "2 'kg'");
    is("2.power(-1)", "0.5");
    is("0.power(-1)", "");
    is("2.power(0.5) * 2.power(0.5) ~ 2.0", "true");
    is("10.power(40)", "MZ-0127");
    is("1000.log(10)", "3");
    is("0.ln()", "MZ-0125");
    is("10.log(1)", "MZ-0125");
    is("2.25.sqrt()", "1.5");
    is("1.exp().round(6)", "2.718282");
    is("'a'.abs()", "MZ-0125");
}

#[test]
fn boundaries_and_precision() {
    is("1.582.highBoundary(2)", "refused a boundary with fewer decimal places than the number");
    is("1.587.highBoundary(2)", "1.59");
    is("@2020-02.highBoundary()", "2020-02-29");
    is("@2020-02-01T10:30Z.precision()", "12");
    is("1 'kg'.precision()", "MZ-0125");
    is("'a'.lowBoundary()", "MZ-0125");
}

#[test]
fn dates_and_times() {
    is("now()", "2026-06-15T10:30:00.123+05:30");
    is("today()", "2026-06-15");
    is("timeOfDay()", "10:30:00.123");
    is("@2015-02-04T10:30:05.250+05:30.timezoneOffsetOf()", "5.5");
    is("@2015-02-04T10:30:05.250.millisecondOf()", "250");
    is("@2015-02.dayOf()", "");
    is("@T10:30.hourOf()", "10");
    is("@T10:30.yearOf()", "");
    is("@2015-02-04T10:30.dateOf()", "2015-02-04");
    is("@2015-02-04T10:30.timeOf()", "10:30");
    is("'x'.yearOf()", "");
}

#[test]
fn variables_live_in_their_chain() {
    is("defineVariable('a', 1).select(%a + 1)", "2");
    is("defineVariable('a', 1).select(%a) | %a", "MZ-0124");
    is("defineVariable('a').defineVariable('a')", "MZ-0124");
    is("defineVariable('resource', 1)", "MZ-0124");
    is("%nothing", "MZ-0124");
}

#[test]
fn types_are_told() {
    is("1.type().namespace & '.' & 1.0.type().name", "System.Decimal");
    is("@T10.is(System.Time)", "true");
    is("1 'g' is Quantity", "true");
    is("(1 | 'a' | 2).ofType(Integer)", "1, 2");
    is("(1 | 2) as Integer", "MZ-0126");
}
