//! What every new org has: itself, a user, and two price books.

use serde_json::{Value, json};

use super::org::Org;
use crate::salesforce::config::SalesforceConfig;
use crate::salesforce::kind::Kind;

impl Org {
    pub(super) fn seed(&mut self, config: &SalesforceConfig) {
        let organization = json!({
            "Name": "Acme", "OrganizationType": "Developer Edition", "IsSandbox": false, "InstanceName": "SBX1"
        });
        self.set(Kind::Organization, config.organization_id.clone(), organization);
        let user = self.next_id(Kind::User);
        self.user_id.clone_from(&user);
        let name = config.username.clone();
        self.set(
            Kind::User,
            user,
            json!({"Name": "Integration User", "Username": name, "Email": name, "IsActive": true}),
        );
        for (name, standard) in [("Standard Price Book", true), ("Partners", false)] {
            let id = self.next_id(Kind::Pricebook2);
            self.set(Kind::Pricebook2, id, json!({"Name": name, "IsActive": true, "IsStandard": standard}));
        }
    }

    fn set(&mut self, kind: Kind, id: String, body: Value) {
        if let Value::Object(body) = body {
            self.put(kind, id, body);
        }
    }
}
