// SPDX-License-Identifier: GPL-3.0-or-later
//! The wall between the engines and C++: no panic gets past it, and time is taken at the gate.

use std::any::Any;
use std::fmt;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// Why a call into an engine failed. The text is what C++ and Python users see.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// A parameter that cannot be used.
    Parameter(kaifa_dsp::Error),
    /// The engine panicked, now or earlier: a bug of ours.
    Panic(String),
}

/// What the text of every [`Fault::Panic`] starts with; `lib/engine.h` tells the two apart by it.
const PANIC_PREFIX: &str = "internal error: ";

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Parameter(error) => error.fmt(f),
            Fault::Panic(text) => write!(f, "{PANIC_PREFIX}{text}"),
        }
    }
}

impl From<kaifa_dsp::Error> for Fault {
    fn from(error: kaifa_dsp::Error) -> Self {
        Fault::Parameter(error)
    }
}

/// Result of every call through the wall.
pub type Result<T> = std::result::Result<T, Fault>;

/// An engine behind the wall.
///
/// After a panic nobody knows what state the engine is in: it is poisoned, and every later call
/// fails with the text of that panic.
pub struct Engine<E> {
    engine: E,
    poison: Option<Fault>,
    cpu_s: f64,
}

impl<E> Engine<E> {
    /// The engine that `make` makes.
    pub fn make(make: impl FnOnce() -> Result<E>) -> Result<Self> {
        let engine = catch(make)??;
        Ok(Engine { engine, poison: None, cpu_s: 0.0 })
    }

    /// Lets `work` use the engine.
    pub fn run<T>(&mut self, work: impl FnOnce(&mut E) -> T) -> Result<T> {
        if let Some(fault) = &self.poison {
            return Err(fault.clone());
        }
        let began = thread_cpu_s();
        let result = catch(|| work(&mut self.engine));
        self.cpu_s += thread_cpu_s() - began;
        result.inspect_err(|fault| self.poison = Some(fault.clone()))
    }

    /// Lets `set` change a parameter, which it may refuse.
    pub fn set(&mut self, set: impl FnOnce(&mut E) -> kaifa_dsp::error::Result<()>) -> Result<()> {
        Ok(self.run(set)??)
    }

    /// Seconds of processor time spent in the engine.
    pub fn cpu_s(&self) -> f64 {
        self.cpu_s
    }
}

/// What `work` returns, or the panic that ended it.
pub fn catch<T>(work: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|payload| Fault::Panic(text_of(payload.as_ref())))
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or(payload.downcast_ref::<&str>().copied()).unwrap_or("panic without a text").to_owned()
}

/// Seconds of processor time the calling thread has used.
fn thread_cpu_s() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is a timespec that may be written.
    let failed = unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) };
    if failed == 0 {
        time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error_and_poisons() {
        let mut engine = Engine::make(|| Ok(1)).unwrap();
        assert_eq!(engine.run(|x| *x + 1), Ok(2));
        let fault = engine.run(|_| -> i32 { panic!("boom {}", 7) }).unwrap_err();
        assert_eq!(fault.to_string(), "internal error: boom 7");
        assert_eq!(engine.run(|x| *x), Err(fault));
    }

    #[test]
    fn a_refused_parameter_does_not_poison() {
        let mut engine = Engine::make(|| Ok(1)).unwrap();
        let refusal = kaifa_dsp::Error::parameter("gap", -1, "0 or more");
        let fault = engine.set(|_| Err(refusal)).unwrap_err();
        assert_eq!(fault.to_string(), "gap is -1, expected 0 or more");
        assert_eq!(engine.run(|x| *x), Ok(1));
    }

    #[test]
    fn processor_time_is_that_of_the_work() {
        let mut engine = Engine::make(|| Ok(())).unwrap();
        engine.run(|_| std::thread::sleep(std::time::Duration::from_millis(30))).unwrap();
        assert!(engine.cpu_s() < 0.02, "asleep, yet {} s", engine.cpu_s());
        let busy = thread_cpu_s();
        engine.run(|_| while thread_cpu_s() - busy < 0.03 {}).unwrap();
        assert!(engine.cpu_s() >= 0.03, "busy, yet {} s", engine.cpu_s());
    }
}
