// SPDX-License-Identifier: GPL-3.0-or-later
//! Recordings on disk: SigMF 1.0 with the truth beside it.

use std::ffi::OsString;
use std::fs::File;
use std::io::{BufWriter, Result, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use super::config::Config;
use super::truth::{Kind, Truth};
use crate::Complex32;

/// Time of the first sample. It is always the same, so that the same seed gives the same files.
const DATETIME: &str = "2026-01-01T00:00:00.000000Z";

/// How samples are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SampleFormat {
    /// Two signed octets a sample, 128 being full scale.
    Ci8,
    /// Two little-endian 32-bit floats a sample, 1 being full scale.
    Cf32,
}

impl SampleFormat {
    fn datatype(self) -> &'static str {
        match self {
            SampleFormat::Ci8 => "ci8",
            SampleFormat::Cf32 => "cf32_le",
        }
    }

    fn append(self, sample: Complex32, octets: &mut Vec<u8>) {
        for part in [sample.re, sample.im] {
            match self {
                // Saturates by itself, for samples that were not rounded to 8 bits before.
                SampleFormat::Ci8 => octets.push((part * 128.0).round() as i8 as u8),
                SampleFormat::Cf32 => octets.extend(part.to_le_bytes()),
            }
        }
    }
}

/// Writes `NAME.sigmf-data`, `NAME.truth.jsonl` and, at the end, `NAME.sigmf-meta`.
pub struct SigmfWriter {
    name: PathBuf,
    config: Config,
    format: SampleFormat,
    data: BufWriter<File>,
    truth: BufWriter<File>,
    annotations: Vec<Annotation>,
    octets: Vec<u8>,
}

/// What remains of a [`Truth`] for the metadata.
struct Annotation {
    start: u64,
    length: u64,
    frequency_hz: f64,
    kind: Kind,
}

impl SigmfWriter {
    /// Opens the files. `name` may end in `.sigmf`, `.sigmf-data` or `.sigmf-meta`.
    ///
    /// # Errors
    /// A file cannot be made.
    pub fn create(name: &Path, config: &Config, format: SampleFormat) -> Result<Self> {
        let name = match name.extension().and_then(|extension| extension.to_str()) {
            Some("sigmf" | "sigmf-data" | "sigmf-meta") => name.with_extension(""),
            _ => name.to_path_buf(),
        };
        Ok(SigmfWriter {
            config: config.clone(),
            format,
            data: BufWriter::new(File::create(with_ending(&name, ".sigmf-data"))?),
            truth: BufWriter::new(File::create(with_ending(&name, ".truth.jsonl"))?),
            annotations: Vec::new(),
            octets: Vec::new(),
            name,
        })
    }

    /// The files, as far as there are any: data, truth, metadata.
    pub fn paths(&self) -> [PathBuf; 3] {
        [".sigmf-data", ".truth.jsonl", ".sigmf-meta"].map(|ending| with_ending(&self.name, ending))
    }

    /// Appends samples.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&mut self, samples: &[Complex32]) -> Result<()> {
        self.octets.clear();
        for &sample in samples {
            self.format.append(sample, &mut self.octets);
        }
        self.data.write_all(&self.octets)
    }

    /// Appends a transmission to the truth and to the annotations.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write_truth(&mut self, truth: &Truth) -> Result<()> {
        let Truth { start, length, frequency_hz, kind, .. } = *truth;
        self.annotations.push(Annotation { start, length, frequency_hz, kind });
        writeln!(self.truth, "{}", truth.to_json())
    }

    /// Writes the metadata and closes all files.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn finish(mut self) -> Result<()> {
        self.data.flush()?;
        self.truth.flush()?;
        let mut meta = BufWriter::new(File::create(with_ending(&self.name, ".sigmf-meta"))?);
        writeln!(meta, "{{\n\"global\": {:#},", self.global())?;
        writeln!(meta, "\"captures\": {:#},", self.captures())?;
        write!(meta, "\"annotations\": [")?;
        for (number, annotation) in self.annotations.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(meta, "{comma}\n  {}", self.annotation(annotation))?;
        }
        writeln!(meta, "\n]\n}}")?;
        meta.flush()
    }

    fn global(&self) -> serde_json::Value {
        let mesh = &self.config.mesh;
        json!({
            "core:datatype": self.format.datatype(),
            "core:sample_rate": self.config.sample_rate_hz,
            "core:version": "1.0.0",
            "core:hw": "none: synthetic",
            "core:recorder": concat!("kaifa-dsp ", env!("CARGO_PKG_VERSION"), " simulator"),
            "core:description": format!(
                "Synthetic, not received: a simulated mesh of {} meters and {} collectors, seed {}",
                mesh.nodes, mesh.collectors, self.config.seed,
            ),
        })
    }

    fn captures(&self) -> serde_json::Value {
        json!([{
            "core:sample_start": 0,
            "core:frequency": self.config.center_frequency_hz,
            "core:datetime": DATETIME,
        }])
    }

    fn annotation(&self, annotation: &Annotation) -> serde_json::Value {
        let half_hz = self.config.radio.occupied_bandwidth_hz() / 2.0;
        json!({
            "core:sample_start": annotation.start,
            "core:sample_count": annotation.length,
            "core:freq_lower_edge": annotation.frequency_hz - half_hz,
            "core:freq_upper_edge": annotation.frequency_hz + half_hz,
            "core:label": annotation.kind.to_string(),
        })
    }
}

fn with_ending(name: &Path, ending: &str) -> PathBuf {
    let mut path = OsString::from(name);
    path.push(ending);
    path.into()
}
