//! Events on their way out: which there are, who is told, how it is signed.

pub(crate) mod destinations;
pub(crate) mod names;
pub(crate) mod notices;
pub(crate) mod webhooks;
