//! Rebuilds the crate when an embedded file comes or goes; `include_dir` alone does not notice.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=migrations");
}
