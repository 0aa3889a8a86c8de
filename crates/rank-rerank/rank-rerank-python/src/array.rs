//! Arrays of several dtypes, read where they lie.

use std::fmt::Display;
use std::rc::Rc;

use numpy::{
    Element, PyArrayDescr, PyArrayDescrMethods, PyArrayDyn, PyArrayMethods, PyReadonlyArrayDyn, PyUntypedArray,
    PyUntypedArrayMethods, dtype,
};
use pyo3::intern;
use pyo3::prelude::*;
use rank_pyo3::describe;
use rank_rerank::simd::Components;
use rank_rerank::simd::half::slice::HalfBitsSliceExt;
use rank_rerank::simd::half::{bf16, f16};

use crate::errors::PACKAGE;
use crate::input::{ArrowTokens, arrow_matrix, in_numpy, is_arrow};

/// A C-contiguous array, borrowed.
pub(crate) enum Borrowed<'py, T: Element> {
    All(PyReadonlyArrayDyn<'py, T>),
    /// One of several views of an array that is borrowed once for all of them; `start` is the number of its first value.
    View {
        base: Rc<PyReadonlyArrayDyn<'py, T>>,
        start: usize,
        shape: [usize; 2],
    },
}

impl<T: Element> Borrowed<'_, T> {
    fn shape(&self) -> &[usize] {
        match self {
            Self::All(array) => array.shape(),
            Self::View { shape, .. } => shape,
        }
    }

    pub(crate) fn as_slice(&self) -> PyResult<&[T]> {
        Ok(match self {
            Self::All(array) => array.as_slice()?,
            Self::View { base, start, shape } => &base.as_slice()?[*start..][..shape[0] * shape[1]],
        })
    }
}

/// An array of one of the dtypes, borrowed.
pub(crate) enum Array<'py> {
    F32(Borrowed<'py, f32>),
    F16(Borrowed<'py, f16>),
    /// The bits of `bf16`.
    U16(Borrowed<'py, u16>),
    /// Sign bits, eight a byte.
    U8(Borrowed<'py, u8>),
    I8(Borrowed<'py, i8>),
    Arrow(ArrowTokens),
}

impl<'py> Array<'py> {
    pub(crate) fn new(
        value: &Bound<'py, PyAny>,
        argument: impl Display + Copy,
        dimensions: usize,
        shape: &str,
    ) -> PyResult<Self> {
        fn is<T: Element>(array: &Bound<'_, PyUntypedArray>) -> bool {
            array.dtype().is_equiv_to(&dtype::<T>(array.py()))
        }
        if dimensions == 2 && is_arrow(value)? {
            return arrow_matrix(value, &argument.to_string()).map(Self::Arrow);
        }
        let value = &in_numpy(value, argument)?;
        let Ok(array) = value.cast::<PyUntypedArray>() else {
            return Err(PACKAGE.dtype(format_args!(
                "{argument}: expected a numpy array of float32, float16, uint16 (bfloat16 bits), int8 or uint8 (sign \
                 bits), got {}; pass numpy.asarray({argument}, dtype=numpy.float32)",
                describe(value)
            )));
        };
        if is::<f32>(array) {
            Ok(Self::F32(Borrowed::All(rank_pyo3::array(PACKAGE, value, argument, dimensions, shape)?)))
        } else if is::<f16>(array) {
            Ok(Self::F16(Borrowed::All(rank_pyo3::array(PACKAGE, value, argument, dimensions, shape)?)))
        } else if is::<u16>(array) {
            Ok(Self::U16(Borrowed::All(rank_pyo3::array(PACKAGE, value, argument, dimensions, shape)?)))
        } else if is::<u8>(array) {
            Ok(Self::U8(Borrowed::All(rank_pyo3::array(PACKAGE, value, argument, dimensions, shape)?)))
        } else if is::<i8>(array) {
            Ok(Self::I8(Borrowed::All(rank_pyo3::array(PACKAGE, value, argument, dimensions, shape)?)))
        } else {
            Err(PACKAGE.dtype(format_args!(
                "{argument}: expected float32, float16, uint16 (bfloat16 bits), int8 or uint8 (sign bits), got {}; pass \
                 {argument}.astype(numpy.float32)",
                array.dtype()
            )))
        }
    }

    pub(crate) fn shape(&self) -> &[usize] {
        match self {
            Self::F32(array) => array.shape(),
            Self::F16(array) => array.shape(),
            Self::U16(array) => array.shape(),
            Self::U8(array) => array.shape(),
            Self::I8(array) => array.shape(),
            Self::Arrow(tokens) => &tokens.shape,
        }
    }

    /// The components of a token.
    pub(crate) fn dim(&self) -> usize {
        let last = self.shape().last().copied().unwrap_or_default();
        match self {
            Self::U8(_) => 8 * last,
            Self::Arrow(tokens) => tokens.dim(),
            _ => last,
        }
    }

    fn is_int8(&self) -> bool {
        match self {
            Self::I8(_) => true,
            Self::Arrow(tokens) => tokens.is_int8(),
            _ => false,
        }
    }

    /// Codes come with scales, and nothing else does.
    pub(crate) fn check_scales(&self, scales: bool) -> PyResult<()> {
        match (self.is_int8(), scales) {
            (true, false) => Err(PACKAGE.invalid(
                "scales: expected a scale for each token of int8 values, got none; pass those that quantize_int8 returned",
            )),
            (false, true) => {
                Err(PACKAGE.invalid("scales: expected none beside values that are not int8, got some; leave them out"))
            }
            _ => Ok(()),
        }
    }

    pub(crate) fn components<'a>(&'a self, scales: Option<&'a [f32]>) -> PyResult<Components<'a>> {
        Ok(match self {
            Self::F32(array) => Components::F32(array.as_slice()?),
            Self::F16(array) => Components::F16(array.as_slice()?),
            Self::U16(array) => Components::Bf16(array.as_slice()?.reinterpret_cast::<bf16>()),
            Self::U8(array) => Components::Binary(array.as_slice()?),
            Self::I8(array) => Components::Int8 { codes: array.as_slice()?, scales: scales.unwrap_or_default() },
            Self::Arrow(tokens) => tokens.components(scales),
        })
    }
}

/// The arrays of a list, of which many may be views of one: this is borrowed in their stead, since each loan of a part is
/// compared with all others.
pub(crate) struct Reader<'py> {
    f32: Source<'py, f32>,
    f16: Source<'py, f16>,
    u16: Source<'py, u16>,
    u8: Source<'py, u8>,
    i8: Source<'py, i8>,
}

impl<'py> Reader<'py> {
    pub(crate) fn new(py: Python<'py>) -> Self {
        Self {
            f32: Source::new(py),
            f16: Source::new(py),
            u16: Source::new(py),
            u8: Source::new(py),
            i8: Source::new(py),
        }
    }

    /// As [`Array::new`] of two dimensions.
    pub(crate) fn array(
        &mut self,
        value: &Bound<'py, PyAny>,
        argument: impl Display + Copy,
        shape: &str,
    ) -> PyResult<Array<'py>> {
        match self.plain(value) {
            Some(array) => Ok(array),
            None => Array::new(value, argument, 2, shape),
        }
    }

    /// A NumPy array as it should be; about all others something is to be said or done.
    fn plain(&mut self, value: &Bound<'py, PyAny>) -> Option<Array<'py>> {
        let array = value.cast::<PyUntypedArray>().ok()?;
        if array.ndim() != 2 || !array.is_c_contiguous() || !array.is_aligned() {
            return None;
        }
        let dtype = array.dtype();
        if dtype.is(&self.f32.dtype) {
            self.f32.borrow(value).map(Array::F32)
        } else if dtype.is(&self.f16.dtype) {
            self.f16.borrow(value).map(Array::F16)
        } else if dtype.is(&self.u16.dtype) {
            self.u16.borrow(value).map(Array::U16)
        } else if dtype.is(&self.u8.dtype) {
            self.u8.borrow(value).map(Array::U8)
        } else if dtype.is(&self.i8.dtype) {
            self.i8.borrow(value).map(Array::I8)
        } else {
            None
        }
    }

    /// As [`rank_pyo3::array`] of one dimension.
    pub(crate) fn vector(
        &mut self,
        value: &Bound<'py, PyAny>,
        argument: impl Display + Copy,
        shape: &str,
    ) -> PyResult<Borrowed<'py, f32>> {
        let plain = value.cast::<PyUntypedArray>().is_ok_and(|array| {
            array.ndim() == 1 && array.is_c_contiguous() && array.is_aligned() && array.dtype().is(&self.f32.dtype)
        });
        match plain.then(|| self.f32.borrow(value)).flatten() {
            Some(array) => Ok(array),
            None => rank_pyo3::array(PACKAGE, &in_numpy(value, argument)?, argument, 1, shape).map(Borrowed::All),
        }
    }
}

/// The arrays of one dtype.
struct Source<'py, T: Element> {
    dtype: Bound<'py, PyArrayDescr>,
    /// What the last views were of.
    base: Option<Rc<PyReadonlyArrayDyn<'py, T>>>,
    /// Whether the arrays so far are views: those that are not are not asked.
    views: bool,
}

impl<'py, T: Element> Source<'py, T> {
    fn new(py: Python<'py>) -> Self {
        Self { dtype: dtype::<T>(py), base: None, views: true }
    }

    /// A C-contiguous array of one or two dimensions; none if it cannot be borrowed.
    fn borrow(&mut self, value: &Bound<'py, PyAny>) -> Option<Borrowed<'py, T>> {
        let array = value.cast::<PyArrayDyn<T>>().ok()?;
        let found = self.base.as_ref().and_then(|base| within(base, array));
        if found.is_some() || !self.views {
            return found.or_else(|| Some(Borrowed::All(array.try_readonly().ok()?)));
        }
        let base = array.getattr(intern!(value.py(), "base")).ok();
        let base = base.and_then(|base| base.cast_into::<PyArrayDyn<T>>().ok()?.try_readonly().ok()).map(Rc::new);
        if let Some((view, base)) = base.and_then(|base| Some((within(&base, array)?, base))) {
            self.base = Some(base);
            return Some(view);
        }
        self.views = false;
        Some(Borrowed::All(array.try_readonly().ok()?))
    }
}

/// A C-contiguous array as a part of what is borrowed, if its values are some of it.
fn within<'py, T: Element>(
    base: &Rc<PyReadonlyArrayDyn<'py, T>>,
    array: &Bound<'py, PyArrayDyn<T>>,
) -> Option<Borrowed<'py, T>> {
    let shape = match *array.shape() {
        [length] => [length, 1],
        [rows, columns] => [rows, columns],
        _ => return None,
    };
    let values = base.as_slice().ok()?;
    let bytes = array.data().addr().checked_sub(values.as_ptr().addr())?;
    let start = bytes / size_of::<T>();
    let whole = bytes.is_multiple_of(size_of::<T>()) && start.checked_add(array.len())? <= values.len();
    whole.then(|| Borrowed::View { base: Rc::clone(base), start, shape })
}
