//! One model: what it takes, what it gives, and the forward pass.

use ::ort::session::{Session, SessionInputValue};
use ::ort::value::{Outlet, Tensor, TensorElementType, ValueType};

use crate::crossencoder::Pair;
use crate::{Error, Result};

const IDS: &str = "input_ids";
const MASK: &str = "attention_mask";
const TYPES: &str = "token_type_ids";

/// A session whose inputs and output are those of a cross-encoder.
#[derive(Debug)]
pub(super) struct Model {
    session: Session,
    has_types: bool,
    output: String,
}

impl Model {
    pub(super) fn new(session: Session) -> Result<Self> {
        let inputs = session.inputs();
        let known = inputs.iter().all(|input| [IDS, MASK, TYPES].contains(&input.name()) && is_int64(input));
        let has = |name| inputs.iter().any(|input| input.name() == name);
        if !(known && has(IDS) && has(MASK)) {
            return Err(Error::ModelInputs { got: listed(inputs) });
        }
        let has_types = has(TYPES);
        let outputs = session.outputs();
        let output = match outputs {
            [only] => Some(only),
            several => several.iter().find(|output| output.name() == "logits"),
        };
        let Some(output) = output.filter(|output| is_logit(output)) else {
            return Err(Error::ModelOutput { got: listed(outputs) });
        };
        let output = output.name().to_owned();
        Ok(Self { session, has_types, output })
    }

    /// One logit for each pair, all padded to the longest.
    pub(super) fn logits(&mut self, pairs: &[&Pair], pad_id: u32) -> Result<Vec<f32>> {
        let length = pairs.iter().map(|pair| pair.ids.len()).max().unwrap_or(0);
        let shape = [pairs.len(), length];
        let mut ids = vec![i64::from(pad_id); pairs.len() * length];
        let mut mask = vec![0_i64; ids.len()];
        let mut types = vec![0_i64; if self.has_types { ids.len() } else { 0 }];
        for (row, pair) in pairs.iter().enumerate() {
            let columns = row * length..row * length + pair.ids.len();
            mask[columns.clone()].fill(1);
            copy(&mut ids[columns.clone()], &pair.ids);
            if self.has_types {
                copy(&mut types[columns], &pair.type_ids);
            }
        }
        let failed = |reason: ::ort::Error| Error::Inference { reason: reason.to_string().trim().to_owned() };
        let mut inputs: Vec<(&str, SessionInputValue<'_>)> = vec![
            (IDS, Tensor::from_array((shape, ids)).map_err(failed)?.into()),
            (MASK, Tensor::from_array((shape, mask)).map_err(failed)?.into()),
        ];
        if self.has_types {
            inputs.push((TYPES, Tensor::from_array((shape, types)).map_err(failed)?.into()));
        }
        let outputs = self.session.run(inputs).map_err(failed)?;
        let name = &self.output;
        let output = outputs.get(name).ok_or_else(|| Error::ModelOutput { got: "none".to_owned() })?;
        let (shape, logits) = output
            .try_extract_tensor::<f32>()
            .map_err(|_| Error::ModelOutput { got: format!("{name}: {}", output.dtype()) })?;
        let rows = pairs.len() as i64;
        if **shape != [rows] && **shape != [rows, 1] {
            return Err(Error::ModelOutput { got: format!("{name}: {} for {rows} pairs", output.dtype()) });
        }
        Ok(logits.to_vec())
    }
}

fn copy(row: &mut [i64], values: &[u32]) {
    for (place, &value) in row.iter_mut().zip(values) {
        *place = i64::from(value);
    }
}

fn is_int64(input: &Outlet) -> bool {
    matches!(input.dtype(), ValueType::Tensor { ty: TensorElementType::Int64, .. })
}

/// Whether an output can be one logit a pair; a dimension that only the run decides is -1.
fn is_logit(output: &Outlet) -> bool {
    match output.dtype() {
        ValueType::Tensor { ty: TensorElementType::Float32, shape, .. } => {
            matches!(shape[..], [_] | [_, 1 | -1])
        }
        _ => false,
    }
}

fn listed(outlets: &[Outlet]) -> String {
    let each: Vec<String> = outlets.iter().map(|outlet| format!("{}: {}", outlet.name(), outlet.dtype())).collect();
    each.join(", ")
}
