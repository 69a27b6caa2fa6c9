//! A merchant's own edits in the admin.

use serde_json::{Value, json};

use super::app::App;
use super::change::{Refusal, by_hand_delete, mutate};
use super::graph::coerce::coerce;
use super::store::{gid, split};
use crate::kit::decimals::Object;
use crate::kit::hands::Hands;

/// Entities a merchant can create, with the mutation and its argument.
const CREATES: [(&str, &str, &str, &str); 6] = [
    ("Customer", "customerCreate", "input", "customer"),
    ("Product", "productSet", "input", "product"),
    ("Order", "orderCreate", "order", "order"),
    ("DraftOrder", "draftOrderCreate", "input", "draftOrder"),
    ("Refund", "refundCreate", "input", "refund"),
    ("Company", "companyCreate", "input", "company"),
];

impl App {
    /// An object as it is stored, by its number or global id.
    pub(crate) fn object(&self, entity: &str, id: &str) -> Option<Value> {
        self.shop().body(&name_of(entity, id)).map(|body| Value::Object(body.as_ref().clone()))
    }
}

/// The global id an administrator means: given whole, or as the number.
fn name_of(entity: &str, id: &str) -> String {
    match split(id) {
        Some(_) => id.to_owned(),
        None => gid(entity, id.parse().unwrap_or(0)),
    }
}

fn fault(message: impl Into<String>) -> Value {
    json!({"userErrors": [{"field": null, "message": message.into(), "code": null}]})
}

impl Hands for App {
    fn create(&self, entity: &str, body: Value) -> Result<Value, Value> {
        let found = CREATES.iter().find(|(own, ..)| *own == entity);
        let (_, mutation, argument, result) =
            *found.ok_or_else(|| fault(format!("not modelled: {entity}")))?;
        let caller = self.caller(&self.latest(), String::new(), true);
        let field = caller.schema.field("Mutation", mutation);
        let ty = field.and_then(|field| field.args.get(argument)).map(|arg| arg.ty.clone());
        let ty = ty.ok_or_else(|| fault("the mutation has no such argument"))?;
        let body = if entity == "Company" { json!({"company": body}) } else { body };
        let value = coerce(&caller.schema, &ty, &body, &[]).map_err(|misfit| fault(misfit.explanation))?;
        let args = Object::from_iter([(argument.to_owned(), value)]);
        let mut shop = self.shop();
        let done = mutate(&mut shop, &caller, (mutation, &args), None);
        self.publish(&mut shop);
        let payload = done.map_err(|problem| problem.body())?;
        match payload.get(result).and_then(Value::as_str) {
            Some(gid) => {
                Ok(shop.body(gid).map(|body| Value::Object(body.as_ref().clone())).unwrap_or_default())
            }
            None => Err(Value::Object(payload)),
        }
    }

    fn edit(&self, entity: &str, id: &str, patch: Value) -> Result<Value, Value> {
        let name = name_of(entity, id);
        let topic = match entity {
            "Order" => "ORDERS_UPDATED",
            "Customer" => "CUSTOMERS_UPDATE",
            "Product" | "ProductVariant" => "PRODUCTS_UPDATE",
            "DraftOrder" => "DRAFT_ORDERS_UPDATE",
            "Company" => "COMPANIES_UPDATE",
            "InventoryItem" => "INVENTORY_ITEMS_UPDATE",
            "InventoryLevel" => "INVENTORY_LEVELS_UPDATE",
            _ => return Err(fault(format!("not modelled: {entity}"))),
        };
        let Value::Object(patch) = patch else { return Err(fault("an object is expected")) };
        let mut shop = self.shop();
        let body = shop.body(&name).ok_or_else(|| fault("it does not exist"))?;
        shop.merge(&name, patch);
        let told =
            if entity == "ProductVariant" { body["product"].as_str().unwrap_or_default() } else { &name };
        shop.tell(topic, told);
        self.publish(&mut shop);
        Ok(shop.body(&name).map(|body| Value::Object(body.as_ref().clone())).unwrap_or_default())
    }

    fn delete(&self, entity: &str, id: &str) -> Result<Value, Value> {
        let mut shop = self.shop();
        let done = by_hand_delete(&mut shop, &name_of(entity, id));
        self.publish(&mut shop);
        done.map(Value::Object).map_err(|refusal| match refusal {
            Refusal::Users(errors) => json!({"userErrors": errors}),
            Refusal::Top(problem) => problem.body(),
        })
    }

    fn expire_access_tokens(&self) {
        self.grants().expire_access();
    }

    fn revoke(&self) {
        self.uninstall();
    }

    fn advance_clock(&self, seconds: u32) {
        self.clock.advance(i64::from(seconds));
        let mut shop = self.shop();
        super::bulk::advance(self, &mut shop);
    }
}
