//! Which operator, made smooth how, how strongly, and what its gradient is.

use std::str::FromStr;

use crate::error::LIMIT;
use crate::network::Swap;
use crate::smooth::steps;
use crate::{Direction, Error, Regularization, Result, Rows, SoftOptions};

/// What is computed of each row.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Kind {
    /// A rank for each value, from 1.
    Rank,
    /// The sorted values.
    Sort,
    /// For each value how far it belongs to the `k` largest: from 0 to 1, with sum `k`.
    TopKMask {
        /// How many are chosen.
        k: usize,
    },
    /// The `k` largest values, the largest first; 0 beyond the end of the row.
    TopK {
        /// How many are chosen.
        k: usize,
    },
    /// The value below which the share `level` of the row lies, between sorted values by linear interpolation: 0 is the
    /// minimum, ½ the median, 1 the maximum. NaN for an empty row.
    Quantile {
        /// From 0 to 1.
        level: f64,
    },
}

impl Kind {
    /// How many numbers come of a row of `count`.
    pub fn outputs(self, count: usize) -> usize {
        match self {
            Self::TopK { k } => k,
            Self::Quantile { .. } => 1,
            _ => count,
        }
    }
}

/// What makes the operator smooth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Method {
    /// Projection onto the permutahedron with half the squared norm (Blondel et al. 2020): exact, O(n log n).
    #[default]
    L2,
    /// The same with entropy.
    Kl,
    /// Sums of Laplace distribution functions (Struski et al. 2025): O(n log n).
    LapSum,
    /// A softmax of distances to each sorted value (Prillo, Eisenschlos 2020): O(n²).
    SoftSort,
    /// A softmax that needs no sorting (Grover et al. 2019): O(n²).
    NeuralSort,
    /// Optimal transport with entropy (Cuturi et al. 2019): O(n²) in each of 50 rounds.
    Sinkhorn,
    /// Odd-even transposition (Petersen et al. 2021): O(n²).
    OddEven(Swap),
    /// A bitonic sorting network (Petersen et al. 2021): O(n log² n).
    Bitonic(Swap),
    /// Sums of sigmoids, from 0 to 1, whose strength is the slope: larger is harder. Ranks only. O(n²).
    Sigmoid,
    /// Softmaxes in turn (Xie, Ermon 2019). Masks only. O(k n).
    Subset,
}

impl Method {
    /// All of them, with their names.
    pub const NAMES: [(&'static str, Self); 16] = [
        ("l2", Self::L2),
        ("kl", Self::Kl),
        ("lapsum", Self::LapSum),
        ("softsort", Self::SoftSort),
        ("neuralsort", Self::NeuralSort),
        ("sinkhorn", Self::Sinkhorn),
        ("odd_even", Self::OddEven(Swap::Cauchy)),
        ("odd_even_logistic", Self::OddEven(Swap::Logistic)),
        ("odd_even_reciprocal", Self::OddEven(Swap::Reciprocal)),
        ("odd_even_optimal", Self::OddEven(Swap::Optimal)),
        ("bitonic", Self::Bitonic(Swap::Cauchy)),
        ("bitonic_logistic", Self::Bitonic(Swap::Logistic)),
        ("bitonic_reciprocal", Self::Bitonic(Swap::Reciprocal)),
        ("bitonic_optimal", Self::Bitonic(Swap::Optimal)),
        ("sigmoid", Self::Sigmoid),
        ("subset", Self::Subset),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, method)| *method == self).map_or("", |(name, _)| name)
    }

    /// Of the projections.
    pub(crate) fn regularization(self) -> Option<Regularization> {
        match self {
            Self::L2 => Some(Regularization::L2),
            Self::Kl => Some(Regularization::Kl),
            _ => None,
        }
    }

    fn computes(self, kind: Kind) -> bool {
        match self {
            Self::Sigmoid => kind == Kind::Rank,
            Self::Subset => matches!(kind, Kind::TopKMask { .. }),
            _ => true,
        }
    }
}

impl From<Regularization> for Method {
    fn from(regularization: Regularization) -> Self {
        match regularization {
            Regularization::L2 => Self::L2,
            Regularization::Kl => Self::Kl,
        }
    }
}

impl FromStr for Method {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, method)| *method).ok_or_else(|| {
            Error::UnknownOption {
                argument: "method",
                expected: "\"l2\", \"kl\", \"lapsum\", \"softsort\", \"neuralsort\", \"sinkhorn\", \"odd_even\", \"bitonic\" (these \
                           also with \"_logistic\", \"_reciprocal\", \"_optimal\"), \"sigmoid\" or \"subset\"",
                got: name.to_owned(),
            }
        })
    }
}

/// In what the strength is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// In the units of the values (in their inverse for a sort by l2).
    #[default]
    Absolute,
    /// In the mean gap between neighbors, `(largest - smallest) / n` of each row, so that it depends neither on the
    /// number of values nor on their scale. No gradient flows through it.
    Auto,
}

impl FromStr for Scale {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "absolute" => Ok(Self::Absolute),
            "auto" => Ok(Self::Auto),
            _ => Err(Error::UnknownOption {
                argument: "scale",
                expected: "\"absolute\" or \"auto\"",
                got: name.to_owned(),
            }),
        }
    }
}

/// What counts as the gradient.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub enum GradientRule {
    /// The derivative of the value.
    #[default]
    Exact,
    /// The value is the hard one, the gradient that of the soft one (Bengio, Léonard, Courville 2013).
    StraightThrough,
    /// The value is the hard one, the gradient a difference of two hard ones, `(r(x) - r(x - λu)) / λ`, which is the
    /// derivative of a piecewise linear interpolation of the loss (Pogančić et al. 2020, Rolínek et al. 2020). For
    /// [`Kind::Rank`] and [`Kind::TopKMask`].
    BlackBox {
        /// λ: how far the interpolation reaches; positive.
        reach: f64,
    },
}

/// An operator on rows of numbers.
///
/// # Example
///
/// ```
/// use rank_soft::{Input, Kind, Operator};
///
/// // Two rows; one block each: (value - mean) / strength around the mean rank.
/// let operator = Operator::new(Kind::Rank).strength(2.0);
/// let (ranks, state) = operator.forward(&Input::new(&[3.0, 0.0, 1.5, 1.0, 0.0, 0.5]).columns(3))?;
/// assert_eq!(ranks, [2.75, 1.25, 2.0, 2.25, 1.75, 2.0]);
/// let gradient = state.vjp(&[3.0, 0.0, 0.0, 0.0, 0.0, 3.0])?;
/// assert_eq!(gradient, [1.0, -0.5, -0.5, -0.5, -0.5, 1.0]);
/// # Ok::<(), rank_soft::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Operator {
    pub(crate) kind: Kind,
    pub(crate) method: Method,
    pub(crate) direction: Direction,
    pub(crate) strength: f64,
    pub(crate) scale: Scale,
    pub(crate) gradient: GradientRule,
    pub(crate) center: bool,
}

impl Operator {
    /// An operator of strength 1, ascending, l2, with its exact gradient.
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            method: Method::default(),
            direction: Direction::default(),
            strength: 1.0,
            scale: Scale::default(),
            gradient: GradientRule::default(),
            center: false,
        }
    }

    /// Made smooth in another way.
    #[must_use]
    pub fn method(self, method: Method) -> Self {
        Self { method, ..self }
    }

    /// In another direction; for ranks and sorting.
    #[must_use]
    pub fn direction(self, direction: Direction) -> Self {
        Self { direction, ..self }
    }

    /// Of another strength: larger is softer, 0 is hard.
    #[must_use]
    pub fn strength(self, strength: f64) -> Self {
        Self { strength, ..self }
    }

    /// With the strength measured in other units.
    #[must_use]
    pub fn scale(self, scale: Scale) -> Self {
        Self { scale, ..self }
    }

    /// With another gradient.
    #[must_use]
    pub fn gradient(self, gradient: GradientRule) -> Self {
        Self { gradient, ..self }
    }

    /// How many steps these rows take, for whoever watches them: values alone, or gradients, `back` through them.
    pub fn steps(&self, rows: &Rows, back: bool) -> usize {
        (0..rows.count()).map(|row| steps(self.method, self.kind, rows.range(row).len(), back)).sum()
    }

    /// What is computed.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Of [`SoftOptions`].
    pub(crate) fn of(kind: Kind, options: SoftOptions) -> Self {
        Self::new(kind).method(options.regularization.into()).direction(options.direction).strength(options.strength)
    }

    /// With ranks less their mean.
    pub(crate) fn centered(self) -> Self {
        Self { center: true, ..self }
    }

    /// Whether the options go together.
    ///
    /// # Errors
    ///
    /// As [`forward`](Self::forward), which checks them too.
    pub fn check(&self) -> Result<()> {
        check_strength(self.strength)?;
        if let Kind::Quantile { level } = self.kind
            && !(0.0..=1.0).contains(&level)
        {
            return Err(Error::OutOfRange { argument: "level", expected: "a number from 0 to 1", got: level });
        }
        if let GradientRule::BlackBox { reach } = self.gradient {
            if !(reach > 0.0 && reach <= LIMIT) {
                return Err(Error::OutOfRange { argument: "reach", expected: "a positive number", got: reach });
            }
            if !matches!(self.kind, Kind::Rank | Kind::TopKMask { .. }) {
                return Err(Error::UnknownOption {
                    argument: "gradient",
                    expected: "\"exact\" or \"straight_through\", as only ranks and top-k masks have others",
                    got: "black_box".to_owned(),
                });
            }
        }
        if !self.method.computes(self.kind) {
            return Err(Error::UnknownOption {
                argument: "method",
                expected: "\"sigmoid\" for ranks and \"subset\" for top-k masks alone",
                got: self.method.name().to_owned(),
            });
        }
        if self.scale == Scale::Auto && self.sorts() && self.method == Method::Kl {
            return Err(Error::UnknownOption {
                argument: "scale",
                expected: "\"absolute\" for a KL sort, which has no scale of its own",
                got: "auto".to_owned(),
            });
        }
        Ok(())
    }

    /// Whether it is a sort, or entries of one.
    pub(crate) fn sorts(&self) -> bool {
        matches!(self.kind, Kind::Sort | Kind::TopK { .. } | Kind::Quantile { .. })
    }
}

pub(crate) fn check_strength(strength: f64) -> Result<()> {
    if (0.0..=LIMIT).contains(&strength) { Ok(()) } else { Err(Error::InvalidStrength { strength }) }
}
