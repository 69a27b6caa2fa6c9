//! Who may sign in, and how the installation is set up.

use std::net::SocketAddr;

use crate::faults::FaultPlan;

/// The company and its server. `Default` is a small installation as it is commonly found.
#[derive(Clone, Debug)]
pub struct SapB1Config {
    /// Where to listen; a free local port when absent.
    pub addr: Option<SocketAddr>,
    /// The company's database.
    pub company_db: String,
    /// The user that signs in.
    pub user_name: String,
    /// Its password.
    pub password: String,
    /// Minutes without a request after which a session ends.
    pub session_minutes: u32,
    /// Sessions at once; 0 for any number. One more is refused until one ends.
    pub max_sessions: usize,
    /// Worker nodes behind the load balancer; a session lives on one of them, which `ROUTEID` names.
    pub nodes: u32,
    /// Requests served at the same moment; 0 for any number. One more is answered 503 by the load balancer.
    pub in_flight: u32,
    /// Hours by which the server's clock, which stamps records, is ahead of UTC.
    pub utc_offset_hours: i32,
    /// Whether a new document has `UpdateDate`; in some versions it is null until the first change.
    pub stamped_on_create: bool,
    /// User-defined fields, on every entity and every document line.
    pub user_fields: Vec<String>,
    /// Faults to inject.
    pub faults: FaultPlan,
}

impl Default for SapB1Config {
    fn default() -> Self {
        Self {
            addr: None,
            company_db: "SBODEMOGB".into(),
            user_name: "headwater".into(),
            password: "b1-password".into(),
            session_minutes: 30,
            max_sessions: 3,
            nodes: 2,
            in_flight: 4,
            utc_offset_hours: 1,
            stamped_on_create: true,
            user_fields: vec!["U_HeadwaterId".into()],
            faults: FaultPlan::default(),
        }
    }
}

impl SapB1Config {
    /// The default installation without its limits on sessions and requests.
    pub fn unlimited() -> Self {
        Self { max_sessions: 0, in_flight: 0, ..Self::default() }
    }
}
