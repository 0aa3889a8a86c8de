//! Every operator and every loss on Candle tensors has the values and gradients of the slices, to the bit.
#![cfg(feature = "candle")]

use rank_soft::candle::candle_core::{DType, Device, Result, Tensor, Var};
use rank_soft::candle::{operator_candle, ordinal_loss_candle, ranking_loss_candle};
use rank_soft::{Direction, GradientRule, Input, Kind, Loss, Method, Operator, Reduction, ordinal_loss};

const VALUES: [f64; 6] = [0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631];
const LABELS: [f64; 6] = [1.0, 0.0, 2.0, 0.0, 3.0, 1.0];
const MASK: [bool; 6] = [true, true, true, false, true, true];
const DEVICE: Device = Device::Cpu;
const KINDS: [Kind; 5] =
    [Kind::Rank, Kind::Sort, Kind::TopKMask { k: 2 }, Kind::TopK { k: 2 }, Kind::Quantile { level: 0.3 }];

fn operators() -> Vec<Operator> {
    let mut all: Vec<Operator> = Vec::new();
    for (_, method) in Method::NAMES {
        for kind in KINDS {
            all.push(Operator::new(kind).method(method).strength(0.7));
        }
    }
    all.push(Operator::new(Kind::Rank).direction(Direction::Descending));
    all.push(Operator::new(Kind::Rank).gradient(GradientRule::StraightThrough));
    all.push(Operator::new(Kind::TopKMask { k: 2 }).gradient(GradientRule::BlackBox { reach: 2.0 }));
    all.retain(|operator| operator.check().is_ok());
    all
}

fn losses() -> impl Iterator<Item = Loss> {
    Loss::NAMES.into_iter().map(|name| name.parse().unwrap())
}

/// A cotangent of no particular form.
fn cotangent(count: usize) -> Vec<f64> {
    (0..count).map(|i| (i as f64 + 0.5).cos()).collect()
}

#[test]
fn operators_are_those_of_the_slices() -> Result<()> {
    let marks: Vec<u8> = MASK.iter().map(|&mark| mark.into()).collect();
    let mask = Tensor::from_vec(marks, (2, 3), &DEVICE)?;
    let operators = operators();
    assert!(operators.len() > 60, "{}", operators.len());
    for operator in operators {
        for masked in [false, true] {
            let input = Input::new(&VALUES).columns(3);
            let input = if masked { input.mask(&MASK) } else { input };
            let (want, state) = operator.forward(&input).unwrap();
            let at = Var::from_tensor(&Tensor::new(&VALUES, &DEVICE)?.reshape((2, 3))?)?;
            let got = operator_candle(&at, &operator, masked.then_some(&mask), &DEVICE)?;
            assert_eq!(got.flatten_all()?.to_vec1::<f64>()?, want, "{operator:?}");
            let cotangent = cotangent(want.len());
            let weights = Tensor::new(cotangent.as_slice(), &DEVICE)?.reshape(got.shape())?;
            let gradient = (got * weights)?.sum_all()?.backward()?.remove(&at).unwrap();
            let want = state.vjp(&cotangent).unwrap();
            assert_eq!(gradient.flatten_all()?.to_vec1::<f64>()?, want, "{operator:?}");
        }
    }
    Ok(())
}

#[test]
fn losses_are_those_of_the_slices() -> Result<()> {
    let marks: Vec<u8> = MASK.iter().map(|&mark| mark.into()).collect();
    let mask = Tensor::from_vec(marks, (2, 3), &DEVICE)?;
    let shares = LABELS.map(|label| 0.5 + label);
    let labels = Tensor::new(&LABELS, &DEVICE)?.reshape((2, 3))?;
    let weights = Tensor::new(&shares, &DEVICE)?.reshape((2, 3))?;
    for loss in losses() {
        for reduction in [Reduction::Mean, Reduction::Sum, Reduction::None] {
            let at = Var::from_tensor(&Tensor::new(&VALUES, &DEVICE)?.reshape((2, 3))?)?;
            let got = ranking_loss_candle(&at, &labels, &loss, Some(&mask), Some(&weights), reduction, &DEVICE)?;
            let input = Input::new(&VALUES).columns(3).mask(&MASK).weights(&shares);
            let want = loss.evaluate(&input, &LABELS, reduction).unwrap();
            assert_eq!(got.dims(), if reduction == Reduction::None { &[2][..] } else { &[] });
            assert_eq!(got.flatten_all()?.to_vec1::<f64>()?, want.values, "{loss:?}");
            let gradient = (got * 3.0)?.sum_all()?.backward()?.remove(&at).unwrap();
            let want: Vec<f64> = want.gradient.iter().map(|slope| 3.0 * slope).collect();
            assert_eq!(gradient.flatten_all()?.to_vec1::<f64>()?, want, "{loss:?}");
        }
    }
    Ok(())
}

#[test]
fn the_ordinal_loss_is_that_of_the_slices() -> Result<()> {
    let (grades, marks) = ([1.0, 2.0, 0.0], [true, false, true]);
    let mask = Tensor::new(&[1u8, 0, 1], &DEVICE)?;
    let labels = Tensor::new(&grades, &DEVICE)?;
    for reduction in [Reduction::Mean, Reduction::Sum, Reduction::None] {
        for masked in [false, true] {
            let at = Var::from_tensor(&Tensor::new(&VALUES, &DEVICE)?.reshape((3, 2))?)?;
            let got = ordinal_loss_candle(&at, &labels, masked.then_some(&mask), reduction, &DEVICE)?;
            let want = ordinal_loss(&VALUES, &grades, 2, masked.then_some(&marks[..]), reduction).unwrap();
            assert_eq!(got.dims(), if reduction == Reduction::None { &[3][..] } else { &[] });
            assert_eq!(got.flatten_all()?.to_vec1::<f64>()?, want.values);
            let gradient = (got * 3.0)?.sum_all()?.backward()?.remove(&at).unwrap();
            let want: Vec<f64> = want.gradient.iter().map(|slope| 3.0 * slope).collect();
            assert_eq!(gradient.flatten_all()?.to_vec1::<f64>()?, want);
        }
    }
    let logits = Tensor::new(&VALUES, &DEVICE)?.reshape((3, 2))?;
    let half = logits.to_dtype(DType::BF16)?;
    let value = ordinal_loss_candle(&half, &labels.to_dtype(DType::BF16)?, None, Reduction::Mean, &DEVICE)?;
    assert_eq!(value.dtype(), DType::BF16);
    let refused = |labels: &Tensor, mask: Option<&Tensor>| {
        ordinal_loss_candle(&logits, labels, mask, Reduction::Mean, &DEVICE).unwrap_err().to_string()
    };
    assert_eq!(
        refused(&logits, None),
        "labels: expected shape [3], which logits without its last dimension has, got shape [3, 2]; reshape it"
    );
    assert_eq!(refused(&labels.to_dtype(DType::F32)?, None), "labels: expected f64, got f32; convert it");
    assert_eq!(refused(&labels, Some(&labels)), "mask: expected u8, got f64; convert it");
    Ok(())
}

#[test]
fn any_shape_and_halves() -> Result<()> {
    let cube = Tensor::arange(0.0, 24.0, &DEVICE)?.sin()?.reshape((2, 3, 4))?;
    let quantile = Operator::new(Kind::Quantile { level: 0.5 });
    assert_eq!(operator_candle(&cube, &quantile, None, &DEVICE)?.dims(), [2, 3]);
    assert_eq!(operator_candle(&cube.get(0)?.get(0)?, &quantile, None, &DEVICE)?.dims(), [0; 0]);
    assert_eq!(operator_candle(&cube, &Operator::new(Kind::TopK { k: 7 }), None, &DEVICE)?.dims(), [2, 3, 7]);
    let rank = Operator::new(Kind::Rank).strength(0.3);
    let turned = operator_candle(&cube.t()?, &rank, None, &DEVICE)?;
    assert_eq!(turned.dims(), [2, 4, 3]);
    for dtype in [DType::F16, DType::BF16] {
        let half = Var::from_tensor(&cube.to_dtype(dtype)?)?;
        let ranks = operator_candle(&half, &rank, None, &DEVICE)?;
        let wide = operator_candle(&half.to_dtype(DType::F32)?, &rank, None, &DEVICE)?;
        assert_eq!(ranks.dtype(), dtype);
        let (ranks_wide, wide) = (ranks.to_dtype(DType::F32)?, wide.to_dtype(dtype)?.to_dtype(DType::F32)?);
        assert_eq!(ranks_wide.to_vec3::<f32>()?, wide.to_vec3::<f32>()?);
        assert_eq!(ranks.sqr()?.sum_all()?.backward()?.remove(&half).unwrap().dtype(), dtype);
    }
    let none = Tensor::zeros((2, 0), DType::F32, &DEVICE)?;
    assert_eq!(operator_candle(&none, &rank, None, &DEVICE)?.dims(), [2, 0]);
    let loss: Loss = "list_net".parse().unwrap();
    let value = ranking_loss_candle(&none, &none, &loss, None, None, Reduction::None, &DEVICE)?;
    assert_eq!(value.to_vec1::<f32>()?, [0.0, 0.0]);
    Ok(())
}

#[test]
fn a_second_derivative_is_refused() -> Result<()> {
    let (at, labels) = (Var::new(&VALUES, &DEVICE)?, Tensor::new(&LABELS, &DEVICE)?);
    let loss: Loss = "lambda_rank".parse().unwrap();
    let value = ranking_loss_candle(&at, &labels, &loss, None, None, Reduction::Mean, &DEVICE)?;
    let error = value.backward()?.remove(&at).unwrap().sum_all()?.backward().unwrap_err();
    assert!(error.to_string().contains("ranking-loss-gradient"), "{error}");
    Ok(())
}

#[test]
fn bad_tensors_are_refused() -> Result<()> {
    let good = Tensor::new(&VALUES, &DEVICE)?;
    let rank = Operator::new(Kind::Rank);
    let refused =
        |values: &Tensor, mask: Option<&Tensor>| operator_candle(values, &rank, mask, &DEVICE).unwrap_err().to_string();
    assert_eq!(
        refused(&good.to_dtype(DType::U32)?, None),
        "values: expected f32, f64, f16 or bf16, got u32; convert it"
    );
    assert_eq!(refused(&good.get(0)?, None), "values: expected shape (…, n), got shape []; reshape it");
    assert_eq!(refused(&good, Some(&good)), "mask: expected u8, got f64; convert it");
    let short = Tensor::zeros(5, DType::U8, &DEVICE)?;
    assert_eq!(refused(&good, Some(&short)), "mask: expected shape [6], which values has, got shape [5]; reshape it");
    assert!(refused(&(good.log()? * 1.0)?, None).starts_with("values[1]: expected a number"));
    let loss: Loss = "list_net".parse().unwrap();
    let refused = |labels: &Tensor, weights: Option<&Tensor>| {
        ranking_loss_candle(&good, labels, &loss, None, weights, Reduction::Mean, &DEVICE).unwrap_err().to_string()
    };
    assert_eq!(refused(&good.to_dtype(DType::F32)?, None), "labels: expected f64, got f32; convert it");
    assert_eq!(
        refused(&good.narrow(0, 0, 5)?, None),
        "labels: expected shape [6], which scores has, got shape [5]; reshape it"
    );
    assert!(refused(&good, Some(&good)).starts_with("weights: expected positive numbers"));
    Ok(())
}
