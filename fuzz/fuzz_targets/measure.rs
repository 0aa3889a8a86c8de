//! Names of measures: what is understood can be printed and understood again, in every dialect, and computed.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rank_eval::{Dialect, Measure};

fuzz_target!(|text: &str| {
    let _ = Measure::parse_many(text);
    let Ok(measure) = text.parse::<Measure>() else { return };
    for dialect in [Dialect::IrMeasures, Dialect::TrecEval, Dialect::Ranx] {
        if let Some(name) = measure.name_in(dialect) {
            assert_eq!(name.parse::<Measure>().ok().as_ref(), Some(&measure), "{text:?} is printed as {name:?}");
        }
    }
    assert!(!measure.describe().is_empty());
    if measure.needs_subtopics() {
        return;
    }
    let ranked = [("a", 5.0), ("b", 4.0), ("c", 3.0), ("d", 2.0), ("e", 1.0)];
    let judged = [("b", 1), ("c", 0), ("e", 3), ("f", 2), ("g", -1)];
    if let Ok(value) = measure.value_of(&ranked, &judged) {
        assert!(!value.is_nan(), "{measure} is NaN");
    }
});
