//! Picks values out of JSON text in one pass, without building a document: what is not asked for is skipped.

use std::borrow::Cow;
use std::fmt;

use domain::sync_config::field_path::{FieldPath, Segment};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::connectors::manifest::Place;

/// What is still to be found of one path, and where it goes.
#[derive(Clone, Copy)]
struct Wanted<'p> {
    slot: usize,
    rest: &'p [Segment],
}

/// The values at `places`, as they stand in `text`; `None` for a place that is absent from it or from the document.
pub(super) fn pluck<'a, const N: usize>(
    text: &'a str,
    places: [Option<&Place>; N],
) -> Result<[Option<&'a RawValue>; N], serde_json::Error> {
    let wanted: Vec<Wanted<'_>> = (0..)
        .zip(places)
        .filter_map(|(slot, place)| place.map(|Place(path)| Wanted { slot, rest: path.segments() }))
        .collect();
    let mut found = [None; N];
    descend(text, &wanted, &mut found)?;
    Ok(found)
}

/// The value at `place`.
pub(super) fn one<'a>(text: &'a str, place: &Place) -> Result<Option<&'a RawValue>, serde_json::Error> {
    pluck(text, [Some(place)]).map(|[found]| found)
}

/// The elements of the array at `place`; none when it is absent or null.
pub(super) fn items<'a>(text: &'a str, place: &Place) -> Result<Vec<&'a RawValue>, serde_json::Error> {
    let Place(path) = place;
    if let [Segment::Name(name)] = path.segments() {
        // A page is long, and this is where most providers put its records: once through it is enough.
        let mut reader = serde_json::Deserializer::from_str(text);
        let found = if text.trim_start().starts_with('{') {
            reader.deserialize_map(Member { name })?
        } else {
            reader.deserialize_any(IgnoredAny).map(|_| Vec::new())?
        };
        return reader.end().map(|()| found);
    }
    match one(text, place)? {
        Some(raw) if raw.get() != "null" => serde_json::from_str(raw.get()),
        _ => Ok(Vec::new()),
    }
}

/// The elements of one member of an object.
struct Member<'n> {
    name: &'n str,
}

impl<'a> Visitor<'a> for Member<'_> {
    type Value = Vec<&'a RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let wanted = [Segment::Name(self.name.to_owned())];
        let wanted = [Wanted { slot: 0, rest: &wanted }];
        let mut found = Vec::new();
        while let Some(at) = map.next_key_seed(Key { wanted: &wanted })? {
            match at {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(_) => found = map.next_value::<Option<Vec<&'a RawValue>>>()?.unwrap_or_default(),
            }
        }
        Ok(found)
    }
}

/// The text of a scalar: of a string its content, of a number its digits; `None` for null, objects and arrays.
pub(super) fn scalar(raw: &RawValue) -> Option<Cow<'_, str>> {
    let text = raw.get();
    match text.as_bytes().first()? {
        b'"' if !text.contains('\\') => Some(Cow::Borrowed(&text[1..text.len() - 1])),
        b'"' => serde_json::from_str(text).ok().map(Cow::Owned),
        b'{' | b'[' | b'n' => None,
        _ => Some(Cow::Borrowed(text)),
    }
}

/// The value at a path of a document held in memory.
pub(super) fn value_at<'v>(value: &'v serde_json::Value, path: &FieldPath) -> Option<&'v serde_json::Value> {
    path.get(value.as_object()?)
}

fn descend<'a>(
    text: &'a str,
    wanted: &[Wanted<'_>],
    found: &mut [Option<&'a RawValue>],
) -> Result<(), serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_str(text);
    match text.trim_start().as_bytes().first() {
        Some(b'{') => reader.deserialize_map(Level { wanted, found })?,
        Some(b'[') => reader.deserialize_seq(Level { wanted, found })?,
        _ => reader.deserialize_any(IgnoredAny).map(drop)?,
    }
    reader.end()
}

/// One level of the document.
struct Level<'p, 'f, 'a> {
    wanted: &'p [Wanted<'p>],
    found: &'f mut [Option<&'a RawValue>],
}

impl<'a> Level<'_, '_, 'a> {
    fn keep<E: Error>(&mut self, raw: &'a RawValue, is_here: impl Fn(&Segment) -> bool) -> Result<(), E> {
        let mut deeper = Vec::new();
        for wanted in self.wanted {
            match wanted.rest {
                [last] if is_here(last) => self.found[wanted.slot] = Some(raw),
                [first, rest @ ..] if !rest.is_empty() && is_here(first) => {
                    deeper.push(Wanted { slot: wanted.slot, rest });
                }
                _ => {}
            }
        }
        if deeper.is_empty() { Ok(()) } else { descend(raw.get(), &deeper, self.found).map_err(E::custom) }
    }
}

impl<'a> Visitor<'a> for Level<'_, '_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or an array")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(at) = map.next_key_seed(Key { wanted: self.wanted })? {
            match at {
                None => drop(map.next_value::<IgnoredAny>()?),
                Some(at) => {
                    let raw = map.next_value::<&'a RawValue>()?;
                    let name = &self.wanted[at].rest[0];
                    self.keep(raw, |segment| segment == name)?;
                }
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut index = 0_i64;
        while let Some(raw) = seq.next_element::<&'a RawValue>()? {
            self.keep(raw, |segment| *segment == Segment::Index(index))?;
            index += 1;
        }
        Ok(())
    }
}

/// Tells which wanted path a member's name belongs to, without keeping the name.
struct Key<'p> {
    wanted: &'p [Wanted<'p>],
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<usize>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a member's name")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Option<usize>, E> {
        let is_here = |wanted: &Wanted<'_>| matches!(&wanted.rest[0], Segment::Name(first) if first == name);
        Ok(self.wanted.iter().position(is_here))
    }
}
