//! The sum of all events, and how generic code gets back to one aggregate's.

use serde::{Deserialize, Serialize};

use crate::integration::IntegrationEvent;
use crate::local_record::LocalRecordEvent;
use crate::project::ProjectEvent;
use crate::stream::Kind;
use crate::submission::SubmissionEvent;
use crate::sync_config::SyncConfigEvent;
use crate::sync_record::SyncRecordEvent;
use crate::sync_run::SyncRunEvent;
use crate::webhook_delivery::WebhookDeliveryEvent;
use crate::webhook_endpoint::WebhookEndpointEvent;

#[cfg(test)]
mod tests;

/// Turns each event struct into its aggregate's enum; large ones are boxed there.
macro_rules! variants {
    ($events:ident { $($event:ident),* $(,)? } $(boxed { $($large:ident),+ $(,)? })?) => {
        $(
            impl From<$event> for $events {
                fn from(event: $event) -> Self {
                    Self::$event(event)
                }
            }
        )*
        $($(
            impl From<$large> for $events {
                fn from(event: $large) -> Self {
                    Self::$large(Box::new(event))
                }
            }
        )+)?
    };
}
pub(crate) use variants;

/// An aggregate's events, as a part of [`Event`].
pub trait AggregateEvent: Into<Event> + Clone {
    /// The event, when it is this aggregate's.
    fn of(event: &Event) -> Option<&Self>;
    /// The same, taken out of it.
    fn from_event(event: Event) -> Option<Self>;
}

macro_rules! sum {
    ($($(#[$doc:meta])* $kind:ident($events:ident)),+ $(,)?) => {
        /// Any event of the log.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Event { $($(#[$doc])* $kind($events)),+ }

        impl Event {
            /// The kind of the aggregate it happened to.
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$kind(_) => Kind::$kind),+ }
            }
        }

        $(
            impl From<$events> for Event {
                fn from(event: $events) -> Self {
                    Self::$kind(event)
                }
            }

            impl AggregateEvent for $events {
                fn of(event: &Event) -> Option<&Self> {
                    match event {
                        Event::$kind(event) => Some(event),
                        _ => None,
                    }
                }

                fn from_event(event: Event) -> Option<Self> {
                    match event {
                        Event::$kind(event) => Some(event),
                        _ => None,
                    }
                }
            }
        )+
    };
}

sum! {
    /// Of [`crate::project`].
    Project(ProjectEvent),
    /// Of [`crate::integration`].
    Integration(IntegrationEvent),
    /// Of [`crate::sync_config`].
    SyncConfig(SyncConfigEvent),
    /// Of [`crate::sync_run`].
    SyncRun(SyncRunEvent),
    /// Of [`crate::sync_record`].
    SyncRecord(SyncRecordEvent),
    /// Of [`crate::local_record`].
    LocalRecord(LocalRecordEvent),
    /// Of [`crate::webhook_delivery`].
    WebhookDelivery(WebhookDeliveryEvent),
    /// Of [`crate::webhook_endpoint`].
    WebhookEndpoint(WebhookEndpointEvent),
    /// Of [`crate::submission`].
    Submission(SubmissionEvent),
}
