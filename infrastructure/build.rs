//! Rebuilds the crate when an embedded file comes or goes; `include_dir` alone does not notice.
#![expect(clippy::print_stdout, reason = "cargo reads a build script's standard output")]

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=migrations");
}
