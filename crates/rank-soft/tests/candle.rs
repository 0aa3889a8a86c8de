//! The operators on Candle tensors: values, gradients, refusals.
#![cfg(feature = "candle")]

use rank_soft::candle::candle_core::{DType, Device, Result, Tensor, Var};
use rank_soft::candle::{soft_rank_candle, soft_sort_candle, spearman_loss_candle};
use rank_soft::{Direction, Regularization, SoftOptions, soft_rank, soft_rank_vjp, soft_sort, spearman_loss};

// Away from kinks: no two differences are the strength or its inverse.
const VALUES: [f64; 6] = [0.3137, -1.2291, 0.9143, 2.0469, -0.4173, 0.7631];
const TARGETS: [f64; 6] = [1.0318, 0.1127, 0.6713, 0.4939, -0.2221, 1.2057];
const WEIGHTS: [f64; 6] = [0.7, -0.2, 1.5, -1.1, 0.4, 0.9];
const DEVICE: Device = Device::Cpu;

fn kinds() -> impl Iterator<Item = SoftOptions> {
    [Direction::Ascending, Direction::Descending].into_iter().flat_map(|direction| {
        [Regularization::L2, Regularization::Kl]
            .map(|regularization| SoftOptions::new(2.0).direction(direction).regularization(regularization))
    })
}

/// The gradient of a scalar function of a tensor by Candle's autograd, and by central differences.
fn gradients(at: &Tensor, objective: impl Fn(&Tensor) -> Result<Tensor>) -> Result<(Vec<f64>, Vec<f64>)> {
    let var = Var::from_tensor(at)?;
    let gradient = objective(&var)?.backward()?.remove(&var).unwrap();
    assert_eq!((gradient.dims(), gradient.dtype()), (at.dims(), at.dtype()));
    let (values, step) = (at.flatten_all()?.to_vec1::<f64>()?, 1e-6);
    let moved = |i: usize, by: f64| {
        let mut moved = values.clone();
        moved[i] += by;
        objective(&Tensor::from_vec(moved, at.shape(), &DEVICE)?)?.to_scalar::<f64>()
    };
    let differences =
        (0..values.len()).map(|i| Ok((moved(i, step)? - moved(i, -step)?) / (2.0 * step))).collect::<Result<_>>()?;
    Ok((gradient.flatten_all()?.to_vec1()?, differences))
}

fn assert_close(a: &[f64], b: &[f64]) {
    assert_eq!(a.len(), b.len());
    assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6), "{a:?} and {b:?}");
    assert!(a.iter().any(|a| a.abs() > 1e-3), "no gradient at all: {a:?}");
}

#[test]
fn values_are_those_of_the_slices() -> Result<()> {
    for options in kinds() {
        let wide = Tensor::new(&VALUES, &DEVICE)?;
        assert_eq!(soft_rank_candle(&wide, options, &DEVICE)?.to_vec1::<f64>()?, soft_rank(&VALUES, options).unwrap());
        assert_eq!(soft_sort_candle(&wide, options, &DEVICE)?.to_vec1::<f64>()?, soft_sort(&VALUES, options).unwrap());
        let targets = Tensor::new(&TARGETS, &DEVICE)?;
        let loss = spearman_loss_candle(&wide, &targets, options, &DEVICE)?;
        assert_eq!(loss.to_scalar::<f64>()?, spearman_loss(&VALUES, &TARGETS, options).unwrap());
        let narrow = VALUES.map(|value| value as f32);
        let ranks = soft_rank_candle(&Tensor::new(&narrow, &DEVICE)?, options, &DEVICE)?;
        assert_eq!(ranks.to_vec1::<f32>()?, soft_rank(&narrow, options).unwrap());
    }
    Ok(())
}

#[test]
fn rows_are_ranked_one_by_one_whatever_the_strides() -> Result<()> {
    // A transposed view of a part of a larger tensor.
    let part = Tensor::arange(0.0, 20.0, &DEVICE)?.sin()?.reshape((4, 5))?.narrow(1, 1, 3)?.t()?;
    let rows: Vec<Vec<f64>> = part.to_vec2()?;
    let ranks = soft_rank_candle(&part, 0.3, &DEVICE)?.to_vec2::<f64>()?;
    let losses = spearman_loss_candle(&part, &part.sqr()?, 0.3, &DEVICE)?;
    assert_eq!((ranks.len(), losses.dims()), (3, &[3][..]));
    for (i, row) in rows.iter().enumerate() {
        assert_eq!(ranks[i], soft_rank(row, 0.3).unwrap());
        let squares: Vec<f64> = row.iter().map(|value| value * value).collect();
        assert_eq!(losses.to_vec1::<f64>()?[i], spearman_loss(row, &squares, 0.3).unwrap());
    }
    Ok(())
}

#[test]
fn gradients_agree_with_differences() -> Result<()> {
    let weights = Tensor::new(&WEIGHTS, &DEVICE)?;
    let other = Tensor::new(&TARGETS, &DEVICE)?;
    for options in kinds() {
        for shape in [vec![6], vec![2, 3]] {
            let at = Tensor::new(&VALUES, &DEVICE)?.reshape(shape.clone())?;
            let (weights, other) = (weights.reshape(shape.clone())?, other.reshape(shape)?);
            // What comes before and after is differentiated too; the transposed cotangent is not contiguous.
            let (gradient, differences) =
                gradients(&at, |x| (soft_rank_candle(&x.sqr()?, options, &DEVICE)? * &weights)?.sum_all())?;
            assert_close(&gradient, &differences);
            let (gradient, differences) =
                gradients(&at, |x| (soft_sort_candle(x, options, &DEVICE)? * &weights)?.sqr()?.sum_all())?;
            assert_close(&gradient, &differences);
            let (gradient, differences) =
                gradients(&at, |x| spearman_loss_candle(&x.exp()?, &other, options, &DEVICE)?.sqr()?.sum_all())?;
            assert_close(&gradient, &differences);
            let (gradient, differences) =
                gradients(&at, |x| spearman_loss_candle(&other, x, options, &DEVICE)?.sum_all())?;
            assert_close(&gradient, &differences);
        }
    }
    Ok(())
}

#[test]
fn a_cotangent_with_strides_is_read_right() -> Result<()> {
    let at = Var::from_tensor(&Tensor::new(&VALUES, &DEVICE)?.reshape((2, 3))?)?;
    let weights = Tensor::new(&WEIGHTS, &DEVICE)?.reshape((3, 2))?;
    let objective = (soft_rank_candle(&at, 0.8, &DEVICE)?.t()? * &weights)?.sum_all()?;
    let gradient = objective.backward()?.remove(&at).unwrap().to_vec2::<f64>()?;
    for (row, cotangent) in weights.t()?.to_vec2::<f64>()?.iter().enumerate() {
        assert_eq!(gradient[row], soft_rank_vjp(&VALUES[row * 3..][..3], cotangent, 0.8).unwrap());
    }
    Ok(())
}

#[test]
fn single_precision_gradients_flow() -> Result<()> {
    let at = Var::new(&VALUES.map(|value| value as f32), &DEVICE)?;
    let targets = Tensor::new(&TARGETS.map(|value| value as f32), &DEVICE)?;
    let loss = spearman_loss_candle(&at, &targets, 0.8, &DEVICE)?;
    assert_eq!((loss.dims(), loss.dtype()), (&[][..], DType::F32));
    let gradient = loss.backward()?.remove(&at).unwrap();
    assert_eq!(gradient.dtype(), DType::F32);
    let (exact, _) = rank_soft::spearman_loss_grad(&VALUES, &TARGETS, 0.8).unwrap();
    for (got, exact) in gradient.to_vec1::<f32>()?.iter().zip(exact) {
        assert!((f64::from(*got) - exact).abs() < 1e-6, "{got} and {exact}");
    }
    Ok(())
}

#[test]
fn empty_tensors_are_ranked() -> Result<()> {
    for shape in [vec![0], vec![0, 3], vec![2, 0]] {
        let none = Tensor::zeros(shape.clone(), DType::F32, &DEVICE)?;
        assert_eq!(soft_rank_candle(&none, 1.0, &DEVICE)?.dims(), shape);
    }
    let none = Tensor::zeros((2, 0), DType::F32, &DEVICE)?;
    assert_eq!(spearman_loss_candle(&none, &none, 1.0, &DEVICE)?.to_vec1::<f32>()?, [1.0, 1.0]);
    Ok(())
}

#[test]
fn a_second_derivative_is_refused() -> Result<()> {
    let at = Var::new(&VALUES, &DEVICE)?;
    let gradient = soft_rank_candle(&at, 0.8, &DEVICE)?.sqr()?.sum_all()?.backward()?.remove(&at).unwrap();
    let error = gradient.sum_all()?.backward().unwrap_err();
    assert!(error.to_string().contains("soft-projection-gradient"), "{error}");
    let targets = Tensor::new(&TARGETS, &DEVICE)?;
    let gradient = spearman_loss_candle(&at, &targets, 0.8, &DEVICE)?.backward()?.remove(&at).unwrap();
    let error = gradient.sum_all()?.backward().unwrap_err();
    assert!(error.to_string().contains("spearman-loss-gradient"), "{error}");
    Ok(())
}

#[test]
fn bad_tensors_are_refused() -> Result<()> {
    let good = Tensor::new(&VALUES, &DEVICE)?;
    let refused = |tensor: &Tensor| soft_rank_candle(tensor, 1.0, &DEVICE).unwrap_err().to_string();
    assert_eq!(refused(&good.to_dtype(DType::F16)?), "values: expected f32 or f64, got f16; convert it");
    assert_eq!(
        refused(&good.reshape((1, 2, 3))?),
        "values: expected shape (n,) or (rows, n), got shape [1, 2, 3]; reshape it"
    );
    let rows = Tensor::new(&[[0.0, 1.0], [2.0, f64::NAN]], &DEVICE)?;
    assert!(refused(&rows).starts_with("values[1][1]: expected a number"), "{}", refused(&rows));
    assert!(refused(&rows.get(1)?).starts_with("values[1]: expected a number"));
    let loss = |targets: &Tensor| spearman_loss_candle(&good, targets, 1.0, &DEVICE).unwrap_err().to_string();
    assert_eq!(
        loss(&good.narrow(0, 0, 5)?),
        "targets: expected shape [6], which predictions has, got shape [5]; reshape it"
    );
    assert_eq!(loss(&good.to_dtype(DType::F32)?), "targets: expected f64, got f32; convert it");
    assert!(soft_sort_candle(&good, -1.0, &DEVICE).unwrap_err().to_string().starts_with("strength: "));
    Ok(())
}
