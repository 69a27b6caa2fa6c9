//! The profile `invoice-lines`: a shop's list of sold lines, `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,
//! UnitPrice,CustomerID,Country`, becomes customers, products, invoices and credit notes.
//!
//! | in the file | becomes |
//! |---|---|
//! | `CustomerID` (`12923.0` is `12923`) | customer of that id, named `Customer 12923`, with the first country met |
//! | no `CustomerID` | the customer `cash-sale`, or the invoice is refused (`--missing-customer refuse`) |
//! | `StockCode` (trimmed, upper case) | product, named by code and the first description met; `POST`, `D`, `M` too |
//! | `InvoiceNo` | invoice; `C` and digits: credit note, its negative quantities turned positive |
//! | a line | a line with a running `line_id`, its own description, quantity × price rounded to cents |
//! | quantity or price 0 | kept: a line of 0.00 |
//! | an invoice below zero, a line that cannot be read | the whole invoice is refused, by line and reason |
//!
//! No amount passes through a float. Customers and products that are there already stay as they are.

mod book;
mod line;

pub(super) use book::{Book, MissingCustomer, Options};
