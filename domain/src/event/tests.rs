use crate::event::{AggregateEvent, Event};
use crate::local_record::{Deleted, LocalRecordEvent, Source};
use crate::project::{ProjectArchived, ProjectEvent};
use crate::stream::Kind;

fn events() -> [Event; 2] {
    let deleted: LocalRecordEvent = Deleted { source: Source::Client }.into();
    let archived: ProjectEvent = ProjectArchived {}.into();
    [deleted.into(), archived.into()]
}

#[test]
fn an_event_knows_its_aggregate_and_is_found_again_by_it_only() {
    let [deleted, archived] = events();
    assert_eq!((deleted.kind(), archived.kind()), (Kind::LocalRecord, Kind::Project));
    assert_eq!(LocalRecordEvent::of(&deleted), Some(&Deleted { source: Source::Client }.into()));
    assert_eq!(ProjectEvent::of(&deleted), None);
}

#[test]
fn pages_of_events_stay_small_in_memory() {
    let size = size_of::<Event>();
    assert!(size <= 320, "an event has {size} bytes: box its large variants");
}
