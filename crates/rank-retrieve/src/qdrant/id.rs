//! Documents' ids as Qdrant keeps them.

use std::fmt;
use std::hash::Hash;

use qdrant_client::qdrant::point_id::PointIdOptions;
use qdrant_client::qdrant::value::Kind;
use qdrant_client::qdrant::{PointId, Value};
use uuid::Uuid;

/// The payload key that holds a document's `String` id.
pub const ID_KEY: &str = "rank_id";

/// An id that a point of Qdrant can carry: `String` or `u64`.
pub trait DocumentId: Clone + Ord + Hash + fmt::Debug + private::Sealed {
    /// The id of the document's point.
    fn point_id(&self) -> PointId;
    /// What the payload keeps under [`ID_KEY`], if the point's id does not say it all.
    fn kept(&self) -> Option<Value>;
    /// The document's id from what the payload has.
    fn from_payload(value: &Value) -> Option<Self>;
    /// The document's id from the id of its point.
    fn from_point(id: &PointId) -> Option<Self>;
    /// The type's name in error messages.
    const NAME: &'static str;
}

mod private {
    pub trait Sealed {}
    impl Sealed for String {}
    impl Sealed for u64 {}
}

impl DocumentId for String {
    const NAME: &'static str = "String";

    fn point_id(&self) -> PointId {
        Uuid::new_v5(&Uuid::NAMESPACE_URL, self.as_bytes()).to_string().into()
    }

    fn kept(&self) -> Option<Value> {
        Some(self.clone().into())
    }

    fn from_payload(value: &Value) -> Option<Self> {
        match value.kind.as_ref()? {
            Kind::StringValue(text) => Some(text.clone()),
            Kind::IntegerValue(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn from_point(id: &PointId) -> Option<Self> {
        match id.point_id_options.as_ref()? {
            PointIdOptions::Num(number) => Some(number.to_string()),
            PointIdOptions::Uuid(uuid) => Some(uuid.clone()),
        }
    }
}

impl DocumentId for u64 {
    const NAME: &'static str = "u64";

    fn point_id(&self) -> PointId {
        (*self).into()
    }

    fn kept(&self) -> Option<Value> {
        None
    }

    fn from_payload(value: &Value) -> Option<Self> {
        match value.kind.as_ref()? {
            Kind::IntegerValue(number) => u64::try_from(*number).ok(),
            _ => None,
        }
    }

    fn from_point(id: &PointId) -> Option<Self> {
        match id.point_id_options.as_ref()? {
            PointIdOptions::Num(number) => Some(*number),
            PointIdOptions::Uuid(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_has_the_uuid_that_python_gives_it() {
        // uuid.uuid5(uuid.NAMESPACE_URL, "d1")
        let expected: PointId = "6f553efe-4351-5180-b556-2e61cc88f2d2".into();
        assert_eq!("d1".to_owned().point_id(), expected);
    }

    #[test]
    fn both_types_come_back() {
        let text = "d1".to_owned();
        assert_eq!(String::from_payload(&text.kept().unwrap()), Some(text));
        for number in [0, u64::MAX] {
            assert_eq!(u64::from_point(&number.point_id()), Some(number));
            assert_eq!(number.kept(), None);
        }
    }

    #[test]
    fn what_is_no_id_is_none() {
        assert_eq!(u64::from_payload(&"7".into()), None);
        assert_eq!(u64::from_payload(&(-7_i64).into()), None);
        assert_eq!(u64::from_point(&"d1".to_owned().point_id()), None);
        assert_eq!(String::from_payload(&true.into()), None);
        assert_eq!(String::from_payload(&7_i64.into()), Some("7".to_owned()));
        assert_eq!(String::from_point(&7_u64.into()), Some("7".to_owned()));
    }
}
