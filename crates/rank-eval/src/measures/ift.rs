//! Information foraging: a user who goes on as long as the gain is below a goal and comes at a rate that is worth the cost.
//!
//! ```text
//! C1(i) = 1 - 1 / (1 + b1 x exp((T - y) x R1)),   y the gain of the first i documents
//! C2(i) = 1 / (1 + b2 x exp((A - y / c) x R2)),   c their cost
//! C(i)  = C1(i) x C2(i); with model='goal' C1(i) alone, with model='rate' C2(i) alone
//! IFT   = sum over i = 1 .. k of W(i) x g(i),     W(i) in proportion to C(1) x ... x C(i - 1), and of sum 1
//! ```
//!
//! with T the gain that is wanted, A the rate of gain per cost that is expected, R1 and R2 how sharply the user minds them.
//! A document costs 1 here; [`browse`](crate::browse) takes other costs. Gains, and k = 1000 unless given, are as in
//! [`inst`](super::inst). Unless given, T = 2, A = 0.2, b1 = b2 = 0.9 and R1 = R2 = 10.
//!
//! Source: Azzopardi, Thomas, Craswell: Measuring the utility of search engine result pages, an information foraging based
//! measure (SIGIR 2018).
//!
//! ```
//! use rank_eval::Measure;
//!
//! let list = [("a", 2.0), ("b", 1.0)];
//! // Who minds neither goal nor rate goes on with a probability of 1/2 for each of them.
//! let measure: Measure = "IFT(b1=1,R1=0,b2=1,R2=0)@2".parse()?;
//! assert!((measure.value_of(&list, &[("a", 1)])? - 0.8).abs() < 1e-12); // 1 of 1 + 1/4
//! let measure: Measure = "IFT(b1=1,R1=0,model='goal')@2".parse()?;
//! assert!((measure.value_of(&list, &[("a", 1)])? - 2.0 / 3.0).abs() < 1e-12);
//! # Ok::<(), rank_eval::Error>(())
//! ```

use crate::browsing::{self, MAX_REL, MIN_REL, sums};
use crate::measure::{Family, Kind, Parameter};

pub(super) const FAMILY: Family = Family {
    name: "IFT",
    parameters: &[
        Parameter { name: "T", default: Some(2.0), kind: ANY },
        Parameter { name: "b1", default: Some(0.9), kind: ANY },
        Parameter { name: "R1", default: Some(10.0), kind: ANY },
        Parameter { name: "A", default: Some(0.2), kind: ANY },
        Parameter { name: "b2", default: Some(0.9), kind: ANY },
        Parameter { name: "R2", default: Some(10.0), kind: ANY },
        Parameter { name: "model", default: Some(0.0), kind: Kind::Word(&["both", "goal", "rate"]) },
        MIN_REL,
        MAX_REL,
    ],
    about: "expected gain of a document that is looked at, by a user who goes on below the gain T and above the rate A",
    browsing: Some(|path, measure| {
        let number = |place| measure.get(place);
        let (minds_goal, minds_rate) = (number(6) != 2.0, number(6) != 1.0);
        let goes_on = |(gained, spent): (f64, f64)| {
            // 1 - 1 / (1 + x), which keeps its digits where x is small.
            let odds = number(1) * ((number(0) - gained) * number(2)).exp();
            let goal = if odds.is_finite() { odds / (1.0 + odds) } else { 1.0 };
            let rate = 1.0 / (1.0 + number(4) * ((number(3) - gained / spent) * number(5)).exp());
            if minds_goal && minds_rate {
                goal * rate
            } else if minds_goal {
                goal
            } else {
                rate
            }
        };
        sums(&path.gains).zip(sums(&path.costs)).map(goes_on).collect()
    }),
    ..browsing::FAMILY
};

const ANY: Kind = Kind::Within(0.0, 1e6);
