//! Stored fields in a file.

use serde_json::{Value, json};

use super::column::{Cells, Column};
use super::{Columns, FieldType};
use crate::Result;
use crate::engine::Dictionary;
use crate::file::{Reader, Writer};

impl Columns {
    /// Writes the columns; those that an index of the same documents would have.
    pub(crate) fn save(&self, writer: &mut Writer) -> Result<Value> {
        let mut says = Vec::new();
        let mut known: Vec<&Column> = self.all.iter().filter(|column| column.is_known()).collect();
        known.sort_by(|a, b| a.name.cmp(&b.name));
        for (at, column) in known.into_iter().enumerate() {
            let row = |part: &str| format!("field {at} {part}");
            match &column.cells {
                Cells::Ints { values, present, .. } => {
                    writer.row(&row("values"), values)?;
                    writer.row(&row("present"), present)?;
                }
                Cells::Floats { values, present } => {
                    writer.row(&row("values"), values)?;
                    writer.row(&row("present"), present)?;
                }
                Cells::Keywords { dictionary, cells, lists } => {
                    let (text, ends, slots) = dictionary.columns();
                    writer.row(&row("text"), text)?;
                    writer.row(&row("text ends"), ends)?;
                    writer.row(&row("text slots"), slots)?;
                    writer.row(&row("cells"), cells)?;
                    writer.row(&row("lists"), lists)?;
                }
            }
            says.push(json!([column.name, column.kind().name(), column.declared, column.held]));
        }
        Ok(Value::Array(says))
    }

    /// Reads columns of at most so many documents in place. A file from before there were any has none.
    pub(crate) fn open(reader: &Reader, says: &Value, documents: usize) -> Result<Self> {
        let mut columns = Self::default();
        if says.is_null() {
            return Ok(columns);
        }
        for (at, says) in says.as_array().ok_or_else(|| reader.broken())?.iter().enumerate() {
            let row = |part: &str| format!("field {at} {part}");
            let broken = || reader.broken();
            let name = says[0].as_str().ok_or_else(broken)?.to_owned();
            let kind: FieldType = says[1].as_str().and_then(|name| name.parse().ok()).ok_or_else(broken)?;
            let cells = match kind {
                FieldType::Int | FieldType::Date => Cells::Ints {
                    date: kind == FieldType::Date,
                    values: reader.row(&row("values"))?,
                    present: reader.row(&row("present"))?,
                },
                FieldType::Float => {
                    Cells::Floats { values: reader.row(&row("values"))?, present: reader.row(&row("present"))? }
                }
                FieldType::Keyword => {
                    let [text, ends, slots] = ["text", "text ends", "text slots"].map(row);
                    reader.check(&[&text, &ends, &slots])?;
                    let (text, ends, slots) = (reader.row(&text)?, reader.row(&ends)?, reader.row(&slots)?);
                    let dictionary = Dictionary::from_columns(text, ends, slots).ok_or_else(broken)?;
                    Cells::Keywords { dictionary, cells: reader.row(&row("cells"))?, lists: reader.row(&row("lists"))? }
                }
            };
            let length = match &cells {
                Cells::Ints { values, .. } => values.len(),
                Cells::Floats { values, .. } => values.len(),
                Cells::Keywords { cells, .. } => cells.len(),
            };
            let held = says[3].as_u64().ok_or_else(broken)? as usize;
            if length > documents || held > documents || columns.numbers.contains_key(&name) {
                return Err(broken());
            }
            let declared = says[2].as_bool().ok_or_else(broken)?;
            columns.numbers.insert(name.clone(), columns.all.len());
            columns.all.push(Column { name, declared, held, cells });
        }
        Ok(columns)
    }

    /// Whether the rows of opened columns agree with each other.
    pub(crate) fn is_sound(&self) -> bool {
        self.all.iter().all(|column| {
            let holding = match &column.cells {
                Cells::Ints { present, .. } | Cells::Floats { present, .. } => {
                    present.iter().map(|word| word.count_ones() as usize).sum()
                }
                Cells::Keywords { cells, .. } => cells.iter().filter(|&&cell| cell != 0).count(),
            };
            column.cells.is_sound() && holding == column.held
        })
    }
}
