//! Every operator and every loss on Burn tensors has the values of the slices, and their gradients to rounding.
#![cfg(feature = "burn-flex")]

use rank_soft::burn::burn_tensor::{Bool, DType, Device, Tensor, TensorData};
use rank_soft::burn::{
    operator_burn, ordinal_loss_burn, ranking_loss_burn, soft_rank_burn, soft_sort_burn, spearman_loss_burn,
};
use rank_soft::{
    Direction, GradientRule, Input, Kind, Loss, Method, Operator, Reduction, Regularization, SoftOptions, ordinal_loss,
    spearman_loss, spearman_loss_grad,
};

const VALUES: [f64; 8] = [0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631, 1.0318, 0.1127];
const TARGETS: [f64; 8] = [0.6713, 0.4939, -0.2221, 1.2057, 0.7137, 0.2291, -0.9143, 1.0469];
const MASK: [bool; 8] = [true, true, true, false, true, true, true, true];
const KINDS: [Kind; 5] =
    [Kind::Rank, Kind::Sort, Kind::TopKMask { k: 2 }, Kind::TopK { k: 3 }, Kind::Quantile { level: 0.3 }];

fn device() -> Device {
    Device::flex().autodiff()
}

fn tensor<const D: usize>(numbers: &[f64], shape: [usize; D]) -> Tensor<D> {
    Tensor::from_data(TensorData::new(numbers.to_vec(), shape), (&device(), DType::F64))
}

fn numbers<const D: usize>(tensor: Tensor<D>) -> Vec<f64> {
    tensor.try_to_vec_as().unwrap()
}

fn cotangent(count: usize) -> Vec<f64> {
    (0..count).map(|i| (i as f64 + 0.5).cos()).collect()
}

fn assert_close(got: &[f64], want: &[f64], what: &str) {
    assert_eq!(got.len(), want.len(), "{what}");
    assert!(got.iter().zip(want).all(|(a, b)| (a - b).abs() <= 1e-12 * b.abs().max(1.0)), "{what}: {got:?}, {want:?}");
}

/// Value and gradient of an operator on two rows, weighted by a cotangent.
fn pass(operator: &Operator, values: &[f64], mask: Option<&[bool]>) -> (Vec<f64>, Vec<f64>) {
    let at = tensor(values, [2, 4]).require_grad();
    let mask = mask.map(|mask| Tensor::<2, Bool>::from_data(TensorData::new(mask.to_vec(), [2, 4]), &device()));
    let result = operator_burn(&at, operator, mask.as_ref()).unwrap();
    let weights = tensor(&cotangent(result.dims().iter().product()), result.dims());
    let gradients = (result.clone() * weights).sum().backward();
    (numbers(result), numbers(at.grad(&gradients).unwrap()))
}

#[test]
fn operators_are_those_of_the_slices() {
    let mut operators = vec![
        Operator::new(Kind::Rank).direction(Direction::Descending),
        Operator::new(Kind::Rank).direction(Direction::Descending).method(Method::Kl),
        Operator::new(Kind::Sort).direction(Direction::Descending),
        Operator::new(Kind::Rank).gradient(GradientRule::StraightThrough),
        Operator::new(Kind::Rank).strength(0.0),
        Operator::new(Kind::Rank).strength(0.0).method(Method::LapSum),
        Operator::new(Kind::Rank).scale(rank_soft::Scale::Auto),
        Operator::new(Kind::Rank).strength(1e-6).method(Method::Kl),
        Operator::new(Kind::Rank).strength(1e6).method(Method::Kl),
    ];
    for (_, method) in Method::NAMES {
        operators.extend(KINDS.map(|kind| Operator::new(kind).method(method).strength(0.7)));
    }
    operators.retain(|operator| operator.check().is_ok());
    assert!(operators.len() > 60);
    for operator in operators {
        for mask in [None, Some(&MASK[..])] {
            let input = Input::new(&VALUES).columns(4);
            let input = mask.map_or(input.clone(), |mask| input.mask(mask));
            let (want, state) = operator.forward(&input).unwrap();
            let (got, gradient) = pass(&operator, &VALUES, mask);
            assert_eq!(got, want, "{operator:?}");
            let wanted = state.vjp(&cotangent(want.len())).unwrap();
            assert_close(&gradient, &wanted, &format!("{operator:?}"));
        }
    }
}

#[test]
fn infinite_values_are_hard() {
    let mut values = VALUES;
    (values[1], values[2], values[6]) = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY);
    for method in [Method::L2, Method::Kl] {
        for kind in [Kind::Rank, Kind::TopKMask { k: 2 }] {
            let operator = Operator::new(kind).method(method);
            let (want, state) = operator.forward(&Input::new(&values).columns(4)).unwrap();
            let (got, gradient) = pass(&operator, &values, None);
            assert_eq!(got, want);
            assert_close(&gradient, &state.vjp(&cotangent(8)).unwrap(), &format!("{operator:?}"));
        }
    }
}

#[test]
fn plain_functions() {
    for options in [SoftOptions::new(0.7), SoftOptions::new(0.7).regularization(Regularization::Kl)] {
        let at = tensor(&VALUES, [8]).require_grad();
        assert_eq!(numbers(soft_rank_burn(&at, options)), rank_soft::soft_rank(&VALUES, options).unwrap());
        assert_eq!(numbers(soft_sort_burn(&at, options)), rank_soft::soft_sort(&VALUES, options).unwrap());
        let other = tensor(&TARGETS, [8]).require_grad();
        let loss = spearman_loss_burn(&at, &other, options);
        let gradients = (loss.clone() * 2.0).sum().backward();
        assert_eq!(numbers(loss), [spearman_loss(&VALUES, &TARGETS, options).unwrap()]);
        let (left, right) = spearman_loss_grad(&VALUES, &TARGETS, options).unwrap();
        for (side, want) in [(at, left), (other, right)] {
            let want: Vec<f64> = want.into_iter().map(|slope| 2.0 * slope).collect();
            assert_close(&numbers(side.grad(&gradients).unwrap()), &want, "spearman");
        }
    }
}

#[test]
fn losses_are_those_of_the_slices() {
    let labels = [1.0, 0.0, 2.0, 0.0, 3.0, 1.0, 0.0, 2.0];
    let shares = labels.map(|label| 0.5 + label);
    let mask = Tensor::<2, Bool>::from_data(TensorData::new(MASK.to_vec(), [2, 4]), &device());
    for name in Loss::NAMES {
        let loss: Loss = name.parse().unwrap();
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::None] {
            let at = tensor(&VALUES, [2, 4]).require_grad();
            let (relevance, weights) = (tensor(&labels, [2, 4]), tensor(&shares, [2, 4]));
            let value = ranking_loss_burn(&at, &relevance, &loss, Some(&mask), Some(&weights), reduction).unwrap();
            let input = Input::new(&VALUES).columns(4).mask(&MASK).weights(&shares);
            let want = loss.evaluate(&input, &labels, reduction).unwrap();
            let gradients = value.clone().sum().backward();
            assert_eq!(numbers(value), want.values, "{name}");
            assert_close(&numbers(at.grad(&gradients).unwrap()), &want.gradient, name);
        }
    }
}

#[test]
fn the_ordinal_loss_is_that_of_the_slices() {
    let (grades, marks) = ([1.0, 2.0, 0.0, 1.0], [true, false, true, true]);
    let mask = Tensor::<1, Bool>::from_data(TensorData::new(marks.to_vec(), [4]), &device());
    for reduction in [Reduction::Mean, Reduction::Sum, Reduction::None] {
        for masked in [false, true] {
            let at = tensor(&VALUES, [4, 2]).require_grad();
            let labels = tensor(&grades, [4]);
            let value = ordinal_loss_burn(&at, &labels, masked.then_some(&mask), reduction).unwrap();
            let want = ordinal_loss(&VALUES, &grades, 2, masked.then_some(&marks[..]), reduction).unwrap();
            let gradients = value.clone().sum().backward();
            assert_eq!(numbers(value), want.values);
            assert_close(&numbers(at.grad(&gradients).unwrap()), &want.gradient, "ordinal");
        }
    }
    let at = tensor(&VALUES, [4, 2]);
    let refused = |labels: &Tensor<1>| ordinal_loss_burn(&at, labels, None, Reduction::Mean).unwrap_err().to_string();
    assert_eq!(
        refused(&tensor(&[1.0], [1])),
        "labels: expected shape [4], which logits without its last dimension has, got shape [1]; reshape it"
    );
    assert_eq!(refused(&tensor(&grades, [4]).cast(DType::F32)), "labels: expected f64, got f32; convert it");
}

#[test]
fn any_shape_dtype_and_device() {
    let plain = Tensor::<3>::from_data(TensorData::new(VALUES.to_vec(), [2, 1, 4]), (&Device::flex(), DType::F64));
    let ranks = soft_rank_burn(&plain, 0.7);
    assert_eq!((ranks.dims(), ranks.is_autodiff()), ([2, 1, 4], false));
    for dtype in [DType::F32, DType::F16, DType::BF16] {
        let narrow = Tensor::<1>::from_data(TensorData::new(VALUES.to_vec(), [8]), (&device(), dtype)).require_grad();
        let ranks = soft_rank_burn(&narrow, 0.7);
        assert_eq!(ranks.dtype(), dtype);
        let gradient = narrow.grad(&(ranks.clone() * ranks).sum().backward()).unwrap();
        assert_eq!(gradient.dtype(), dtype);
        assert!(numbers(gradient).iter().any(|slope| slope.abs() > 0.1));
    }
    let values = VALUES.map(|value| value as f32);
    let narrow = Tensor::<1>::from_floats(values, &device());
    assert_eq!(
        soft_rank_burn(&narrow, 0.7).try_to_vec_as::<f32>().unwrap(),
        rank_soft::soft_rank(&values, 0.7).unwrap()
    );
}

#[test]
fn rows_with_a_nan_are_nan() {
    let mut values = VALUES;
    values[5] = f64::NAN;
    let at = tensor(&values, [2, 4]);
    let ranks = numbers(soft_rank_burn(&at, 0.7));
    assert_eq!(ranks[..4], rank_soft::soft_rank(&VALUES[..4], 0.7).unwrap());
    assert!(ranks[4..].iter().all(|rank| rank.is_nan()));
    let losses = numbers(spearman_loss_burn(&at, &tensor(&TARGETS, [2, 4]), 0.7));
    assert!(losses[0].is_finite() && losses[1].is_nan());
}

#[test]
fn bad_arguments_are_refused() {
    let at = tensor(&VALUES, [8]);
    let refused =
        |values: &Tensor<1>, operator: Operator| operator_burn(values, &operator, None).unwrap_err().to_string();
    let rank = Operator::new(Kind::Rank);
    assert!(
        refused(&at, rank.gradient(GradientRule::BlackBox { reach: 1.0 })).starts_with("gradient: expected an exact")
    );
    assert!(refused(&at, rank.strength(-1.0)).starts_with("strength: "));
    assert!(refused(&tensor(&[1.0, f64::NAN], [2]), rank).starts_with("values[1]: expected a number"));
    let short = Tensor::<1, Bool>::from_data(TensorData::new(vec![true], [1]), &device());
    assert_eq!(
        operator_burn(&at, &rank, Some(&short)).unwrap_err().to_string(),
        "mask: expected shape [8], which values has, got shape [1]; reshape it"
    );
    let loss: Loss = "list_net".parse().unwrap();
    let narrow = at.clone().cast(DType::F32);
    let error = ranking_loss_burn(&at, &narrow, &loss, None, None, Reduction::Mean).unwrap_err().to_string();
    assert_eq!(error, "labels: expected f64, got f32; convert it");
}

#[test]
#[should_panic(expected = "targets: expected shape [8], which predictions has, got shape [1]")]
fn two_shapes_panic_as_in_burn() {
    let _ = spearman_loss_burn(&tensor(&VALUES, [8]), &tensor(&[1.0], [1]), 1.0);
}
