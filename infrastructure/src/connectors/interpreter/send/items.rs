//! What the answer to a batch shows of each item.

use application::ports::connector::PreparedCall;
use domain::sync_config::field_path::FieldPath;
use serde_json::value::RawValue;

use super::super::answer::{Refusal, refusal, text_at, told};
use super::super::answer::{holds, present};
use super::super::connection::ManifestConnection;
use super::super::pluck::{items, one};
use super::super::records::record;
use super::super::send::Seen;
use crate::connectors::manifest::{Batch, Entity, Place};

impl ManifestConnection {
    /// Every item's part of the answer: by its mark, or by its position.
    pub(in super::super) fn per_item(
        &self,
        prepared: &PreparedCall,
        (entity, batch): (&Entity, &Batch),
        text: &str,
    ) -> Vec<Seen> {
        let nothing = |why: &str| prepared.items.iter().map(|_| Seen::Unknown(why.to_owned())).collect();
        let answers = match items(text, &batch.answers) {
            Ok(answers) => answers,
            Err(error) => return nothing(&Refusal::unreadable(error).error.message),
        };
        let apart = match &batch.errors {
            None => Vec::new(),
            Some(apart) => items(text, &apart.items).unwrap_or_default(),
        };
        let count = prepared.items.len();
        // A position means something only when there is an answer for every item.
        let by_position = batch.item_id.is_none() && answers.len() == count;
        let seen = |number: usize| {
            let mark = prepared
                .facts
                .get(number)
                .map_or_else(|| (number + 1).to_string(), |facts| facts.mark.clone());
            if let Some(raw) = apart.iter().find(|raw| is_marked(raw, batch, &mark)) {
                return Seen::Refused(self.failed(batch, raw.get()));
            }
            let found = if by_position {
                answers.get(number)
            } else {
                let place = batch.item_id.as_deref().and_then(place);
                place.and_then(|place| answers.iter().find(|raw| names(raw, &place, &mark)))
            };
            match found {
                Some(raw) => self.item_seen(prepared, (entity, batch), (number, raw)),
                None => Seen::Unknown("the answer says nothing about this item".to_owned()),
            }
        };
        (0..count).map(seen).collect()
    }

    fn item_seen(
        &self,
        prepared: &PreparedCall,
        (entity, batch): (&Entity, &Batch),
        (number, raw): (usize, &RawValue),
    ) -> Seen {
        let text = raw.get();
        let told = || {
            let places = &self.manifest().answers.error.0;
            places.iter().any(|place| present(one(text, place).ok().flatten()))
        };
        let failed = batch.failed.as_ref().map_or_else(told, |is| holds(is, text));
        if failed {
            return Seen::Refused(self.failed(batch, text));
        }
        if let Some(id) = &batch.id {
            let known = prepared.facts.get(number).and_then(|facts| facts.id.clone());
            return Seen::Done(text_at(text, id).or(known));
        }
        let member = match (&batch.record, batch.verbs.is_empty()) {
            (Some(place), _) => Some(place.clone()),
            (None, true) => None,
            (None, false) => place(&prepared.entity),
        };
        let raw = match &member {
            None => Some(raw),
            Some(place) => one(text, place).ok().flatten(),
        };
        let Some(raw) = raw else { return Seen::Unknown("the answer has no record".to_owned()) };
        match record(self.manifest(), entity, raw) {
            Ok(record) => Seen::Record(Box::new(record)),
            // It was done: only what it looks like now is not shown.
            Err(_) => Seen::Done(prepared.facts.get(number).and_then(|facts| facts.id.clone())),
        }
    }

    /// The refusal of one item.
    fn failed(&self, batch: &Batch, text: &str) -> Refusal {
        if batch.code.is_none() && batch.message.is_none() {
            return refusal(self.manifest(), None, text, &[]);
        }
        let code = batch.code.as_ref().and_then(|place| text_at(text, place));
        let words = batch.message.as_ref().and_then(|place| text_at(text, place));
        told(self.manifest(), (None, code, words), text, &[])
    }
}

fn is_marked(raw: &RawValue, batch: &Batch, mark: &str) -> bool {
    batch.errors.as_ref().is_some_and(|apart| names(raw, &apart.item_id, mark))
}

fn names(raw: &RawValue, place: &Place, mark: &str) -> bool {
    text_at(raw.get(), place).is_some_and(|found| found == mark)
}

fn place(member: &str) -> Option<Place> {
    FieldPath::parse(member).ok().map(Place)
}
