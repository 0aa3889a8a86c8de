//! From the points of an answer to a ranked list.

use qdrant_client::qdrant::ScoredPoint;

use super::{DocumentId, Error, ID_KEY, Result, check};

/// The documents of `points`, by score descending, then by id ascending.
///
/// With `key`, the id is what the payload has there; without, what it has under [`ID_KEY`], or the point's own id.
pub(super) fn ranked<I: DocumentId>(points: &[ScoredPoint], key: Option<&str>) -> Result<Vec<(I, f32)>> {
    let mut list = Vec::with_capacity(points.len());
    let mut previous = f32::INFINITY;
    for (position, point) in points.iter().enumerate() {
        let score = point.score;
        if score.is_nan() {
            return Err(Error::NanScore { position });
        }
        if score > previous {
            return Err(Error::NotSorted { position, score, previous });
        }
        previous = score;
        list.push((id(position, point, key)?, score));
    }
    if let Some((position, first)) = check::unique(list.iter().map(|(id, _)| id)) {
        return Err(Error::DuplicateDocument { position, first });
    }
    list.sort_unstable_by(|a: &(I, f32), b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    Ok(list)
}

fn id<I: DocumentId>(position: usize, point: &ScoredPoint, key: Option<&str>) -> Result<I> {
    let wrong = |got: String, remedy| Error::IdType { position, wanted: I::NAME, got, remedy };
    let kept = point.payload.get(key.unwrap_or(ID_KEY));
    match (kept, key) {
        (Some(value), _) => {
            I::from_payload(value).ok_or_else(|| wrong(value.to_string(), "choose the id type that was written"))
        }
        (None, Some(key)) => {
            Err(wrong(format!("no payload under {key:?}"), "choose a payload key that every point has"))
        }
        (None, None) => point.id.as_ref().and_then(I::from_point).ok_or_else(|| {
            wrong(format!("the point {:?}", point.id.as_ref().and_then(String::from_point)), "use String ids")
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(id: &str, score: f32) -> ScoredPoint {
        let id = id.to_owned();
        let payload = [(ID_KEY.to_owned(), id.kept().unwrap())].into();
        ScoredPoint { id: Some(id.point_id()), payload, score, ..Default::default() }
    }

    #[test]
    fn equal_scores_are_ordered_by_id() {
        let list = ranked::<String>(&[point("b", 2.0), point("c", 1.0), point("a", 1.0)], None).unwrap();
        assert_eq!(list, [("b".into(), 2.0), ("a".into(), 1.0), ("c".into(), 1.0)]);
    }

    #[test]
    fn bad_answers_are_refused_by_place() {
        let refused = |points: &[ScoredPoint]| ranked::<String>(points, None).unwrap_err();
        assert_eq!(refused(&[point("a", 1.0), point("b", f32::NAN)]), Error::NanScore { position: 1 });
        assert_eq!(
            refused(&[point("a", 1.0), point("b", 2.0)]),
            Error::NotSorted { position: 1, score: 2.0, previous: 1.0 }
        );
        assert_eq!(refused(&[point("a", 1.0), point("a", 1.0)]), Error::DuplicateDocument { position: 1, first: 0 });
        assert_eq!(
            ranked::<u64>(&[point("a", 1.0)], None).unwrap_err().to_string(),
            "points[0]: expected an id of type u64, got \"a\"; choose the id type that was written"
        );
        assert_eq!(
            ranked::<String>(&[point("a", 1.0)], Some("doc")).unwrap_err().to_string(),
            "points[0]: expected an id of type String, got no payload under \"doc\"; choose a payload key that every \
             point has"
        );
        let foreign = ScoredPoint { id: Some("a".to_owned().point_id()), score: 1.0, ..Default::default() };
        let error = ranked::<u64>(&[foreign], None).unwrap_err().to_string();
        assert!(error.starts_with("points[0]: expected an id of type u64, got the point "), "{error}");
    }
}
