//! Times as microseconds since 1970, in UTC.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};

use crate::{Error, Result};

/// The years 1 to 9999.
pub(crate) const RANGE: RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Reads an ISO 8601 date or time. Without an offset it is UTC.
pub(crate) fn parse(text: &str) -> Result<i64> {
    let refused = || Error::InvalidDate { got: text.to_owned() };
    let naive = || {
        ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
            .iter()
            .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
            .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0))
            .map(|time| time.and_utc())
    };
    // The forms above take signs, blanks and single digits too.
    let pattern = |a: u8, b: u8| if b == b'0' { a.is_ascii_digit() } else { b == b'?' || a == b };
    let form: &[u8] = if text.len() > 10 { b"0000-00-00?00:00" } else { b"0000-00-00" };
    let begins = text.len() >= form.len() && text.bytes().zip(form).all(|(a, &b)| pattern(a, b));
    if !begins || text.ends_with(char::is_whitespace) {
        return Err(refused());
    }
    let time = match DateTime::parse_from_rfc3339(text) {
        Ok(time) => time.with_timezone(&Utc),
        Err(_) => naive().ok_or_else(refused)?,
    };
    let micros = time.timestamp_micros();
    // No more digits than are kept, and no leap second, which would be the next one.
    let exact = time.timestamp_subsec_nanos() % 1000 == 0 && time.timestamp_subsec_nanos() < 1_000_000_000;
    if exact && RANGE.contains(&micros) { Ok(micros) } else { Err(refused()) }
}

/// The ISO 8601 form, in UTC.
pub(crate) fn format(micros: i64) -> Option<String> {
    let time = DateTime::from_timestamp_micros(micros)?;
    Some(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// The beginning of the month of a time, or of the year.
pub(crate) fn start(micros: i64, months: bool) -> Option<i64> {
    let time = DateTime::from_timestamp_micros(micros)?;
    let month = if months { time.month() } else { 1 };
    Some(NaiveDate::from_ymd_opt(time.year(), month, 1)?.and_hms_opt(0, 0, 0)?.and_utc().timestamp_micros())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_utc() {
        let day = 24 * 3600 * 1_000_000;
        for (text, expected) in [
            ("1970-01-01", 0),
            ("1970-01-02T00:00", day),
            ("1970-01-02 00:00:01", day + 1_000_000),
            ("1970-01-02T00:00:00.25", day + 250_000),
            ("1970-01-02T00:00:00.000001Z", day + 1),
            ("1970-01-02T02:00:00+02:00", day),
            ("1969-12-31T22:00:00-02:00", 0),
            ("0001-01-01", *RANGE.start()),
            ("9999-12-31T23:59:59.999999", *RANGE.end()),
        ] {
            assert_eq!(parse(text).unwrap(), expected, "{text}");
            assert_eq!(parse(&format(expected).unwrap()).unwrap(), expected);
        }
        for text in [
            "",
            "1970",
            "1970-1-1",
            "1970-13-01",
            "1970-02-30",
            "+1970-01-01",
            " 1970-01-01",
            "1970-01-01 ",
            "1970-01-01T",
            "1970-01-01T25:00",
            "1970-01-01T00:00:00.0000001",
            "0000-01-01",
            "10000-01-01",
            "fox",
            "1970-01-01T00:00:60",
        ] {
            assert!(matches!(parse(text), Err(Error::InvalidDate { .. })), "{text}");
        }
        assert_eq!(format(0).unwrap(), "1970-01-01T00:00:00Z");
    }

    #[test]
    fn months_and_years_begin() {
        let at = |text| parse(text).unwrap();
        assert_eq!(start(at("2024-02-29T12:00"), true), Some(at("2024-02-01")));
        assert_eq!(start(at("2024-02-29T12:00"), false), Some(at("2024-01-01")));
        assert_eq!(start(at("1969-12-31"), true), Some(at("1969-12-01")));
    }
}
