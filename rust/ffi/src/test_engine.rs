// SPDX-License-Identifier: GPL-3.0-or-later
//! An engine whose only skill is to fail, for the tests of the bridge. No release has it.

use crate::complex::{samples, Sample};
use crate::engine::{Engine, Result};

#[allow(missing_docs)]
#[cxx::bridge(namespace = "gr::kaifa::bridge")]
mod ffi {
    unsafe extern "C++" {
        include!("ffi/include/sample.h");
        type Sample = crate::complex::Sample;
    }

    extern "Rust" {
        type TestEngine;
        fn new_test_engine(gain: f64) -> Result<Box<TestEngine>>;
        fn set_gain(self: &mut TestEngine, gain: f64) -> Result<()>;
        fn amplify(self: &mut TestEngine, input: &[Sample], output: &mut [Sample]) -> Result<()>;
        fn panic(self: &mut TestEngine, text: &str) -> Result<()>;
        fn cpu_time(self: &TestEngine) -> f64;
    }
}

/// A gain that must be positive.
struct Amplifier(f64);

impl Amplifier {
    fn set_gain(&mut self, gain: f64) -> kaifa_dsp::error::Result<()> {
        if gain > 0.0 {
            self.0 = gain;
            Ok(())
        } else {
            Err(kaifa_dsp::Error::parameter("gain", gain, "more than 0"))
        }
    }
}

/// An [`Amplifier`] behind the wall.
pub struct TestEngine(Engine<Amplifier>);

fn new_test_engine(gain: f64) -> Result<Box<TestEngine>> {
    let engine = Engine::make(|| {
        let mut amplifier = Amplifier(1.0);
        amplifier.set_gain(gain)?;
        Ok(amplifier)
    })?;
    Ok(Box::new(TestEngine(engine)))
}

impl TestEngine {
    fn set_gain(&mut self, gain: f64) -> Result<()> {
        self.0.set(|amplifier| amplifier.set_gain(gain))
    }

    fn amplify(&mut self, input: &[Sample], output: &mut [Sample]) -> Result<()> {
        self.0.run(|amplifier| {
            let output = crate::complex::samples_mut(output);
            for (to, from) in output.iter_mut().zip(samples(input)) {
                *to = from * amplifier.0 as f32;
            }
        })
    }

    fn panic(&mut self, text: &str) -> Result<()> {
        self.0.run(|_| panic!("{text}"))
    }

    fn cpu_time(&self) -> f64 {
        self.0.cpu_s()
    }
}
