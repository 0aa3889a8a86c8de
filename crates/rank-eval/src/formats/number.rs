//! Numbers out of text.

/// The number that a text is, as [`str::parse`] would give it; `None` for what is none, and for NaN.
pub(super) fn float(text: &[u8]) -> Option<f64> {
    short(text).or_else(|| {
        let number: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
        (!number.is_nan()).then_some(number)
    })
}

/// A number in plain decimals whose digits a float holds exactly: its quotient by a power of ten, which a float holds
/// exactly too, is then the float nearest to it.
fn short(text: &[u8]) -> Option<f64> {
    const POWERS: [f64; 16] = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    // Fifteen digits are less than 2⁵³.
    if digits.len() > 16 {
        return None;
    }
    let mut number = 0_u64;
    let mut point = None;
    for (position, &byte) in digits.iter().enumerate() {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            number = number * 10 + u64::from(digit);
        } else if byte == b'.' && point.is_none() {
            point = Some(position);
        } else {
            return None;
        }
    }
    let decimals = point.map_or(0, |point| digits.len() - point - 1);
    let count = digits.len() - usize::from(point.is_some());
    if count == 0 || count > 15 {
        return None;
    }
    let number = number as f64 / POWERS[decimals];
    Some(if negative { -number } else { number })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::float;

    proptest! {
        #[test]
        fn is_what_the_standard_library_reads(text in "[-+]?[0-9]{0,18}[.]?[0-9]{0,18}(e[-+]?[0-9]{1,3})?") {
            let expected: Option<f64> = text.parse().ok();
            prop_assert_eq!(float(text.as_bytes()).map(f64::to_bits), expected.map(f64::to_bits));
        }

        #[test]
        fn reads_what_is_written(number in any::<f64>().prop_filter("a number", |number| !number.is_nan())) {
            for text in [format!("{number}"), format!("{number:?}"), format!("{number:e}")] {
                prop_assert_eq!(float(text.as_bytes()), Some(number));
            }
            let short = format!("{:.6}", number % 1e6);
            prop_assert_eq!(float(short.as_bytes()), short.parse().ok());
        }

        #[test]
        fn takes_no_other_text(text in "[-+.e0-9nafity ]{0,6}") {
            let expected: Option<f64> = text.parse().ok().filter(|number: &f64| !number.is_nan());
            prop_assert_eq!(float(text.as_bytes()), expected);
        }
    }
}
