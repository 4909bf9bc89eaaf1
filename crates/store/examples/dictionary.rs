//! Learns the dictionary with which bodies are packed from FHIR resources, one JSON a line:
//!
//! ```text
//! manzil demo-data --format ndjson --people 200 -o people.ndjson
//! cargo run --release -p manzil-store --example dictionary -- people.ndjson OUT
//! ```
//!
//! What is packed with one dictionary cannot be read with another: never replace one that has
//! been released; give a new one a new number in `manzil_store::body`.

use std::path::Path;

use anyhow::{Context, bail};

/// Larger ones help little and cost memory in every thread.
const DICTIONARY_BYTES_MAX: usize = 64 * 1024;
/// Every so many lines one is learnt from, so that the sample holds many people.
const STRIDE: usize = 3;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        bail!("usage: dictionary RESOURCES.ndjson OUT");
    };
    let text = std::fs::read_to_string(input).with_context(|| input.clone())?;
    let samples: Vec<Vec<u8>> = text
        .lines()
        .step_by(STRIDE)
        .filter_map(|line| manzil_fhir::Resource::parse(line).ok())
        .filter_map(|resource| manzil_store::body::BodyText::new(&resource).ok())
        .map(|body| body.text().as_bytes().to_vec())
        .collect();
    let dictionary = zstd::dict::from_samples(&samples, DICTIONARY_BYTES_MAX)?;
    std::fs::write(Path::new(output), dictionary)?;
    Ok(())
}
