//! The entity sets, with those of their properties that are modelled (names and types: the service's `$metadata`).

use super::property::Holds::{Choice, Date, Double, Int, Lines as LinesOf, Text, Time};
use super::property::{Lines, Property, YES_NO, kept, open};

/// An entity set.
#[derive(Debug)]
pub(super) struct Kind {
    /// The set's name in the path; case matters.
    pub(super) set: &'static str,
    /// The type's name, as refusals word it.
    pub(super) of: &'static str,
    /// The property that identifies an entity.
    pub(super) key: &'static str,
    /// Whether the key is a number that the server gives out.
    pub(super) numbered: bool,
    pub(super) properties: &'static [Property],
}

/// Every set.
pub(super) static KINDS: [Kind; 4] = [
    Kind {
        set: "BusinessPartners",
        of: "BusinessPartner",
        key: "CardCode",
        numbered: false,
        properties: PARTNER,
    },
    Kind { set: "Items", of: "Item", key: "ItemCode", numbered: false, properties: ITEM },
    Kind { set: "Orders", of: "Document", key: "DocEntry", numbered: true, properties: DOCUMENT },
    Kind { set: "Invoices", of: "Document", key: "DocEntry", numbered: true, properties: DOCUMENT },
];

/// The set of this name.
pub(super) fn kind(set: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.set == set)
}

impl Kind {
    pub(super) fn property(&self, name: &str) -> Option<&'static Property> {
        self.properties.iter().find(|property| property.name == name)
    }
}

const PARTNER: &[Property] = &[
    open("CardCode", Text(15)),
    open("CardName", Text(100)),
    open("CardForeignName", Text(100)),
    open("CardType", Choice(&[("cCustomer", "C"), ("cSupplier", "S"), ("cLid", "L")])),
    open("GroupCode", Int),
    open("Series", Int),
    open("Address", Text(100)),
    open("ZipCode", Text(20)),
    open("City", Text(100)),
    open("Country", Text(3)),
    open("Phone1", Text(20)),
    open("Phone2", Text(20)),
    open("Cellular", Text(50)),
    open("Fax", Text(20)),
    open("EmailAddress", Text(100)),
    open("Website", Text(100)),
    open("FederalTaxID", Text(32)),
    open("AdditionalID", Text(64)),
    open("AliasName", Text(250)),
    open("Currency", Text(3)),
    open("Notes", Text(100)),
    open("FreeText", Text(64_000)),
    open("Valid", YES_NO),
    open("Frozen", YES_NO),
    kept("CurrentAccountBalance", Double),
    kept("CreateDate", Date),
    kept("CreateTime", Time),
    kept("UpdateDate", Date),
    kept("UpdateTime", Time),
    open("BPAddresses", LinesOf(&ADDRESS)),
    open("ContactEmployees", LinesOf(&CONTACT)),
];

static ADDRESS: Lines = Lines {
    of: "BPAddress",
    key: &["AddressName", "AddressType"],
    properties: &[
        open("AddressName", Text(50)),
        open("AddressType", Choice(&[("bo_ShipTo", "S"), ("bo_BillTo", "B")])),
        open("Street", Text(100)),
        open("Block", Text(100)),
        open("ZipCode", Text(20)),
        open("City", Text(100)),
        open("County", Text(100)),
        open("State", Text(3)),
        open("Country", Text(3)),
        kept("RowNum", Int),
        kept("BPCode", Text(15)),
    ],
};

static CONTACT: Lines = Lines {
    of: "ContactEmployee",
    key: &["InternalCode"],
    properties: &[
        open("InternalCode", Int),
        open("Name", Text(50)),
        open("FirstName", Text(50)),
        open("LastName", Text(50)),
        open("E_Mail", Text(100)),
        open("Phone1", Text(20)),
        open("Active", YES_NO),
        kept("CardCode", Text(15)),
    ],
};

const ITEM: &[Property] = &[
    open("ItemCode", Text(50)),
    open("ItemName", Text(100)),
    open("ForeignName", Text(100)),
    open("ItemsGroupCode", Int),
    open("Series", Int),
    open(
        "ItemType",
        Choice(&[("itItems", "I"), ("itLabor", "L"), ("itTravel", "T"), ("itFixedAssets", "F")]),
    ),
    open("BarCode", Text(254)),
    open("SalesVATGroup", Text(8)),
    open("SalesItem", YES_NO),
    open("PurchaseItem", YES_NO),
    open("InventoryItem", YES_NO),
    open("User_Text", Text(64_000)),
    open("Valid", YES_NO),
    open("Frozen", YES_NO),
    kept("QuantityOnStock", Double),
    kept("CreateDate", Date),
    kept("CreateTime", Time),
    kept("UpdateDate", Date),
    kept("UpdateTime", Time),
    open("ItemPrices", LinesOf(&PRICE)),
];

static PRICE: Lines = Lines {
    of: "ItemPrice",
    key: &["PriceList"],
    properties: &[
        open("PriceList", Int),
        open("Price", Double),
        open("Currency", Text(3)),
        open("Factor", Double),
    ],
};

const DOCUMENT: &[Property] = &[
    kept("DocEntry", Int),
    kept("DocNum", Int),
    open("DocType", Choice(&[("dDocument_Items", "I"), ("dDocument_Service", "S")])),
    open("CardCode", Text(15)),
    open("CardName", Text(100)),
    open("DocDate", Date),
    open("DocDueDate", Date),
    open("TaxDate", Date),
    open("DocCurrency", Text(3)),
    open("NumAtCard", Text(100)),
    open("Comments", Text(254)),
    open("JournalMemo", Text(50)),
    open("Reference1", Text(11)),
    kept("DocTotal", Double),
    kept("VatSum", Double),
    kept("DocumentStatus", Choice(&[("bost_Open", "O"), ("bost_Close", "C")])),
    kept("Cancelled", YES_NO),
    kept("CancelStatus", Choice(&[("csYes", "Y"), ("csNo", "N"), ("csCancellation", "C")])),
    kept("DocTime", Time),
    kept("CreationDate", Date),
    kept("UpdateDate", Date),
    kept("UpdateTime", Time),
    open("DocumentLines", LinesOf(&LINE)),
];

static LINE: Lines = Lines {
    of: "DocumentLine",
    key: &["LineNum"],
    properties: &[
        open("LineNum", Int),
        open("ItemCode", Text(50)),
        open("ItemDescription", Text(200)),
        open("Quantity", Double),
        open("UnitPrice", Double),
        open("AccountCode", Text(15)),
        open("VatGroup", Text(8)),
        open("WarehouseCode", Text(8)),
        open("FreeText", Text(100)),
        open("LineTotal", Double),
        kept("Price", Double),
        kept("Currency", Text(3)),
        kept("LineStatus", Choice(&[("bost_Open", "O"), ("bost_Close", "C")])),
        kept("DocEntry", Int),
    ],
};
