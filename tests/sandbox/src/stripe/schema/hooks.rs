//! Webhook endpoints.

use crate::stripe::params::{METADATA, Param, Shape, flag, short, text};

pub(crate) const ENDPOINT_CREATE: &[Param] = &[
    short("api_version", 40),
    flag("connect"),
    text("description").unset(),
    Param::new("enabled_events", Shape::Texts(100)).req(),
    METADATA,
    text("url").req(),
];

pub(crate) const ENDPOINT_UPDATE: &[Param] = &[
    text("description").unset(),
    flag("disabled"),
    Param::new("enabled_events", Shape::Texts(100)),
    METADATA,
    text("url"),
];
