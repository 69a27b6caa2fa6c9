//! The view of deliveries and its filter.

use application::ports::read_store::{ColumnType, Condition};
use chrono::{DateTime, Utc};
use domain::ids::OrganizationId;
use domain::value::DeliveryStatus;

use super::row::WebhookEventRow;
use crate::list::{Conditions, Filter};
use crate::view::View;

/// `v_webhook_events`.
pub fn view() -> View {
    let doc = "Verified deliveries of providers. Those of deleted integrations stay; rejected ones never come here.";
    View::new("v_webhook_events", doc, "{webhook_events} r").own::<WebhookEventRow>(
        "r",
        &[
            "id",
            "organization_id",
            "project_id",
            "integration_id",
            "provider",
            "external_realm_id",
            "event_type",
            "dedupe_id",
            "remote_entity",
            "remote_id",
            "headers",
            "body_digest",
            "body_length",
            "status",
            "error_message",
            "retry_count",
            "received_at",
            "processed_at",
            "updated_at",
        ],
    )
}

/// Which deliveries.
#[derive(Clone, Debug, PartialEq)]
pub struct WebhookEventFilter {
    /// Of this organization.
    pub organization: OrganizationId,
    /// For this integration.
    pub integration: Option<String>,
    /// Of this provider.
    pub provider: Option<String>,
    /// Saying this.
    pub event_type: Option<String>,
    /// In one of these states; empty for all.
    pub status: Vec<DeliveryStatus>,
    /// Received after this time.
    pub received_after: Option<DateTime<Utc>>,
}

impl Filter for WebhookEventFilter {
    const VIEW: &'static str = "v_webhook_events";
    const ORDER: &'static str = "received_at";
    const ORDER_KIND: ColumnType = ColumnType::Time;
    const DESCENDING: bool = true;

    fn conditions(&self) -> Vec<Condition> {
        Conditions::of(self.organization)
            .is("integration_id", self.integration.clone())
            .is("provider", self.provider.clone())
            .is("event_type", self.event_type.clone())
            .any("status", self.status.clone())
            .between("received_at", self.received_after, None)
            .done()
    }
}
