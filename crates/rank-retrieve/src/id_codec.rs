//! Ids in a file.

/// An id as a saved index holds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredId<'a> {
    /// An integer of any type up to 64 bits.
    Int(i128),
    /// A text.
    Str(&'a str),
}

/// An id that can be saved and loaded. An index of one integer type loads as one of another, if the values fit.
pub trait IdCodec: Sized {
    /// The name of the type, for messages.
    const NAME: &'static str;
    /// The id as it is stored.
    fn encode(&self) -> StoredId<'_>;
    /// The id that was stored, unless it does not fit.
    fn decode(stored: StoredId<'_>) -> Option<Self>;
}

impl IdCodec for String {
    const NAME: &'static str = "String";

    fn encode(&self) -> StoredId<'_> {
        StoredId::Str(self)
    }

    fn decode(stored: StoredId<'_>) -> Option<Self> {
        match stored {
            StoredId::Str(text) => Some(text.to_owned()),
            StoredId::Int(_) => None,
        }
    }
}

macro_rules! integer_ids {
    ($($integer:ident)*) => {$(
        impl IdCodec for $integer {
            const NAME: &'static str = stringify!($integer);

            fn encode(&self) -> StoredId<'_> {
                StoredId::Int((*self).into())
            }

            fn decode(stored: StoredId<'_>) -> Option<Self> {
                match stored {
                    StoredId::Int(number) => number.try_into().ok(),
                    StoredId::Str(_) => None,
                }
            }
        }
    )*};
}

integer_ids!(i64 u64 i32 u32);
