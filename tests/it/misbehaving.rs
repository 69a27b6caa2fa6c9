//! Manifests that would read for ever and providers whose answers nobody can take: each costs one run with a named
//! reason, and everything else goes on.

mod answers;
mod manifests;
