//! Rankers in safetensors files: `layers.0.weight`, `layers.0.bias`, ..., in the shapes of PyTorch's linear layers, and
//! `mean` and `deviation` of the features.

use std::collections::HashMap;
use std::path::Path;

use candle_core::{DType, Device, Tensor, Var};

use super::{Ranker, RankerError};

impl Ranker {
    /// Writes a safetensors file, beside itself first.
    ///
    /// It holds `layers.0.weight`, `layers.0.bias` and so on, `mean` and `deviation`, all `f32`.
    ///
    /// # Errors
    ///
    /// [`RankerError::File`].
    ///
    /// # Example
    ///
    /// ```
    /// use rank_soft::ranker::Ranker;
    ///
    /// let path = std::env::temp_dir().join("rank-soft-example.safetensors");
    /// let ranker = Ranker::mlp(2, &[4], 7)?;
    /// ranker.save(&path)?;
    /// let loaded = Ranker::load(&path)?;
    /// assert_eq!(loaded.score(&[1.0, 2.0])?, ranker.score(&[1.0, 2.0])?);
    /// # std::fs::remove_file(path).unwrap();
    /// # Ok::<(), rank_soft::ranker::RankerError>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), RankerError> {
        let path = path.as_ref();
        let mut tensors = HashMap::new();
        for (number, (weight, bias)) in self.layers.iter().enumerate() {
            tensors.insert(format!("layers.{number}.weight"), weight.as_tensor().clone());
            tensors.insert(format!("layers.{number}.bias"), bias.as_tensor().clone());
        }
        for (name, numbers) in [("mean", &self.mean), ("deviation", &self.deviation)] {
            tensors.insert(name.to_owned(), Tensor::from_slice(numbers, numbers.len(), &Device::Cpu)?);
        }
        let failed = |source| RankerError::File { path: path.to_owned(), source };
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let beside = path.with_file_name(name);
        // Candle does not say which error of the system it was.
        std::fs::write(&beside, []).map_err(failed)?;
        let written = candle_core::safetensors::save(&tensors, &beside)
            .map_err(|error| failed(std::io::Error::other(error.to_string())))
            .and_then(|()| std::fs::rename(&beside, path).map_err(failed));
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written
    }

    /// Reads a file of [`save`](Self::save).
    ///
    /// # Errors
    ///
    /// [`RankerError::File`], and [`RankerError::Model`] for a file that holds something else.
    ///
    /// # Example
    ///
    /// See [`save`](Self::save).
    pub fn load(path: impl AsRef<Path>) -> Result<Self, RankerError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|source| RankerError::File { path: path.to_owned(), source })?;
        let wrong = |got: String| RankerError::Model { path: path.to_owned(), got };
        let mut tensors =
            candle_core::safetensors::load_buffer(&bytes, &Device::Cpu).map_err(|error| wrong(error.to_string()))?;
        let layer = |number| format!("layers.{number}.weight");
        let count = (0..tensors.len()).take_while(|&number| tensors.contains_key(&layer(number))).count();
        let mut take = |name: &str, rank: usize| -> Result<Tensor, RankerError> {
            let tensor = tensors.remove(name).ok_or_else(|| wrong(format!("no tensor {name}")))?;
            if tensor.dtype() != DType::F32 || tensor.rank() != rank {
                let (dtype, dims) = (tensor.dtype().as_str(), tensor.dims());
                return Err(wrong(format!("{name} of {dtype} in shape {dims:?}")));
            }
            if tensor.flatten_all()?.to_vec1::<f32>()?.iter().any(|number| !number.is_finite()) {
                return Err(wrong(format!("{name} with a number that is not finite")));
            }
            Ok(tensor)
        };
        let mean = take("mean", 1)?.to_vec1::<f32>()?;
        let deviation = take("deviation", 1)?.to_vec1::<f32>()?;
        if deviation.len() != mean.len() || mean.is_empty() || deviation.iter().any(|&number| number <= 0.0) {
            return Err(wrong("mean and deviation that do not fit together".to_owned()));
        }
        let (mut layers, mut width) = (Vec::with_capacity(count), mean.len());
        for number in 0..count.max(1) {
            let weight = take(&layer(number), 2)?;
            let bias = take(&format!("layers.{number}.bias"), 1)?;
            let (to, from) = weight.dims2()?;
            if from != width || bias.dims() != [to] || to == 0 {
                return Err(wrong(format!("layer {number} in shape {:?} after {width} numbers", weight.dims())));
            }
            width = to;
            layers.push((Var::from_tensor(&weight)?, Var::from_tensor(&bias)?));
        }
        if width != 1 {
            return Err(wrong(format!("a last layer of {width} numbers")));
        }
        // One that was saved before it was trained learns its scale when it is.
        let standardized = mean.iter().any(|&mean| mean != 0.0) || deviation.iter().any(|&deviation| deviation != 1.0);
        Ok(Self { layers, mean, deviation, standardized })
    }
}
