//! Lines of JSON: an object with the members `query_id`, `doc_id` and `score`.

use serde_json::Value;

use super::lines::{check_utf8, content};
use super::source::Chunk;
use super::{Parsed, Problem};
use crate::table::Part;

const ADVICE: &str = "a line is {\"query_id\": \"q1\", \"doc_id\": \"d1\", \"score\": 1}";

fn id(object: &Value, name: &str) -> Option<String> {
    match object.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => None,
    }
}

fn rows<V: Copy>(
    chunk: &Chunk<'_>,
    expected: &'static str,
    value: impl Fn(&Value) -> Option<V>,
) -> Result<Parsed<V>, Problem> {
    let mut part = Part::default();
    let (lines, skipped) = content(check_utf8(chunk)?, |line, text| {
        let wrong = |expected, got: String| Problem { line, expected, got, advice: ADVICE };
        let object: Value = serde_json::from_str(text).map_err(|error| wrong("JSON", format!("{error}")))?;
        let query = id(&object, "query_id")
            .ok_or_else(|| wrong("a text or an integer as query_id", describe(&object, "query_id")))?;
        let document = id(&object, "doc_id")
            .ok_or_else(|| wrong("a text or an integer as doc_id", describe(&object, "doc_id")))?;
        let value = object.get("score").and_then(&value).ok_or_else(|| wrong(expected, describe(&object, "score")))?;
        part.query(&query);
        part.push(&document, value);
        Ok(true)
    })?;
    Ok(Parsed { part, lines, skipped, last: None })
}

fn describe(object: &Value, name: &str) -> String {
    object.get(name).map_or_else(|| "none".to_owned(), Value::to_string)
}

pub(super) fn run(chunk: &Chunk<'_>) -> Result<Parsed<f64>, Problem> {
    rows(chunk, "a number as score", Value::as_f64)
}

pub(super) fn qrels(chunk: &Chunk<'_>) -> Result<Parsed<i64>, Problem> {
    rows(chunk, "a whole number as score", Value::as_i64)
}
