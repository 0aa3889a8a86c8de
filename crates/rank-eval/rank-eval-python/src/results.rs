//! What the tests say, as Python sees it.

use pyo3::prelude::*;

/// A class of plain values with a repr, out of the core's struct of the same fields.
macro_rules! results {
    ($($class:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
        #[doc = rank_pyo3::stub!(stringify!($class))]
        #[pyclass(frozen, get_all, module = "rank_eval")]
        #[derive(Clone)]
        pub(crate) struct $class {$(
            #[doc = rank_pyo3::stub!(concat!(stringify!($class), ".", stringify!($field)))]
            $field: $type,
        )*}

        impl From<rank_eval::$class> for $class {
            fn from(result: rank_eval::$class) -> Self {
                Self { $($field: result.$field.into()),* }
            }
        }

        #[pymethods]
        impl $class {
            fn __repr__(&self) -> String {
                let fields: Vec<String> = vec![$(format!("{}={}", stringify!($field), self.$field.text())),*];
                format!("{}({})", stringify!($class), fields.join(", "))
            }
        }

        impl Text for $class {
            fn text(&self) -> String {
                self.__repr__()
            }
        }
    )*};
}

/// A value as Python writes it.
pub(crate) trait Text {
    fn text(&self) -> String;
}

impl Text for f64 {
    fn text(&self) -> String {
        format!("{self:?}").replace("NaN", "nan")
    }
}

impl Text for usize {
    fn text(&self) -> String {
        self.to_string()
    }
}

impl Text for bool {
    fn text(&self) -> String {
        if *self { "True".to_owned() } else { "False".to_owned() }
    }
}

results! {
    Estimate { value: f64, low: f64, high: f64 }
    PairedTTest { statistic: f64, p_value: f64, degrees_of_freedom: usize, mean_difference: f64 }
    RandomizationTest { p_value: f64, permutations: usize, exact: bool, mean_difference: f64 }
    SignTest { p_value: f64, wins: usize, ties: usize, losses: usize }
    WilcoxonTest { statistic: f64, p_value: f64, positive: f64, negative: f64, pairs: usize, exact: bool }
    EffectSizes { mean_difference: Estimate, cohen_d_z: Estimate, hedges_g: Estimate, cliffs_delta: Estimate }
    TwoWayAnova {
        runs_sum_of_squares: f64,
        queries_sum_of_squares: f64,
        residual_sum_of_squares: f64,
        runs_degrees_of_freedom: usize,
        queries_degrees_of_freedom: usize,
        residual_degrees_of_freedom: usize,
        runs_f: f64,
        runs_p_value: f64,
        queries_f: f64,
        queries_p_value: f64,
    }
}

/// A run as its caller named it: by the key of a dict or by its position.
type Name = Py<PyAny>;

#[doc = rank_pyo3::stub!("TukeyPair")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct TukeyPair {
    #[doc = rank_pyo3::stub!("TukeyPair.first")]
    first: Name,
    #[doc = rank_pyo3::stub!("TukeyPair.second")]
    second: Name,
    #[doc = rank_pyo3::stub!("TukeyPair.mean_difference")]
    mean_difference: f64,
    #[doc = rank_pyo3::stub!("TukeyPair.low")]
    low: f64,
    #[doc = rank_pyo3::stub!("TukeyPair.high")]
    high: f64,
    #[doc = rank_pyo3::stub!("TukeyPair.statistic")]
    statistic: f64,
    #[doc = rank_pyo3::stub!("TukeyPair.p_value")]
    p_value: f64,
}

#[doc = rank_pyo3::stub!("TukeyHsd")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct TukeyHsd {
    #[doc = rank_pyo3::stub!("TukeyHsd.pairs")]
    pairs: Vec<Py<TukeyPair>>,
    #[doc = rank_pyo3::stub!("TukeyHsd.degrees_of_freedom")]
    degrees_of_freedom: usize,
    #[doc = rank_pyo3::stub!("TukeyHsd.residual_mean_square")]
    residual_mean_square: f64,
}

impl TukeyHsd {
    pub(crate) fn new(py: Python<'_>, names: &[Name], test: &rank_eval::TukeyHsd) -> PyResult<Self> {
        let pair = |pair: &rank_eval::TukeyPair| {
            let (first, second) = (names[pair.first].clone_ref(py), names[pair.second].clone_ref(py));
            let &rank_eval::TukeyPair { mean_difference, low, high, statistic, p_value, .. } = pair;
            Py::new(py, TukeyPair { first, second, mean_difference, low, high, statistic, p_value })
        };
        Ok(Self {
            pairs: test.pairs.iter().map(pair).collect::<PyResult<_>>()?,
            degrees_of_freedom: test.degrees_of_freedom,
            residual_mean_square: test.residual_mean_square,
        })
    }
}

#[pymethods]
impl TukeyPair {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "TukeyPair(first={}, second={}, mean_difference={}, low={}, high={}, statistic={}, p_value={})",
            self.first.bind(py).repr()?,
            self.second.bind(py).repr()?,
            self.mean_difference.text(),
            self.low.text(),
            self.high.text(),
            self.statistic.text(),
            self.p_value.text()
        ))
    }
}

#[pymethods]
impl TukeyHsd {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let pairs = self.pairs.iter().map(|pair| pair.get().__repr__(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(format!(
            "TukeyHsd(pairs=[{}], degrees_of_freedom={}, residual_mean_square={})",
            pairs.join(", "),
            self.degrees_of_freedom,
            self.residual_mean_square.text()
        ))
    }
}

#[doc = rank_pyo3::stub!("RandomizedTukeyPair")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct RandomizedTukeyPair {
    #[doc = rank_pyo3::stub!("RandomizedTukeyPair.first")]
    first: Name,
    #[doc = rank_pyo3::stub!("RandomizedTukeyPair.second")]
    second: Name,
    #[doc = rank_pyo3::stub!("RandomizedTukeyPair.mean_difference")]
    mean_difference: f64,
    #[doc = rank_pyo3::stub!("RandomizedTukeyPair.p_value")]
    p_value: f64,
}

#[doc = rank_pyo3::stub!("RandomizedTukeyHsd")]
#[pyclass(frozen, get_all, module = "rank_eval")]
pub(crate) struct RandomizedTukeyHsd {
    #[doc = rank_pyo3::stub!("RandomizedTukeyHsd.pairs")]
    pairs: Vec<Py<RandomizedTukeyPair>>,
    #[doc = rank_pyo3::stub!("RandomizedTukeyHsd.permutations")]
    permutations: usize,
}

impl RandomizedTukeyHsd {
    pub(crate) fn new(py: Python<'_>, names: &[Name], test: &rank_eval::RandomizedTukeyHsd) -> PyResult<Self> {
        let pair = |pair: &rank_eval::RandomizedTukeyPair| {
            let (first, second) = (names[pair.first].clone_ref(py), names[pair.second].clone_ref(py));
            let &rank_eval::RandomizedTukeyPair { mean_difference, p_value, .. } = pair;
            Py::new(py, RandomizedTukeyPair { first, second, mean_difference, p_value })
        };
        Ok(Self { pairs: test.pairs.iter().map(pair).collect::<PyResult<_>>()?, permutations: test.permutations })
    }
}

#[pymethods]
impl RandomizedTukeyPair {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!(
            "RandomizedTukeyPair(first={}, second={}, mean_difference={}, p_value={})",
            self.first.bind(py).repr()?,
            self.second.bind(py).repr()?,
            self.mean_difference.text(),
            self.p_value.text()
        ))
    }
}

#[pymethods]
impl RandomizedTukeyHsd {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let pairs = self.pairs.iter().map(|pair| pair.get().__repr__(py)).collect::<PyResult<Vec<_>>>()?;
        Ok(format!("RandomizedTukeyHsd(pairs=[{}], permutations={})", pairs.join(", "), self.permutations))
    }
}
