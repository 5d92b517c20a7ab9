// SPDX-License-Identifier: GPL-3.0-or-later
//! The widest vectors of the processor at hand, for plain loops.

use pulp::{Arch, Simd, WithSimd};

/// A loop worth to be compiled for several processors.
///
/// Only what is inlined is: [`run`](Kernel::run) is `#[inline(always)]`, as is what it calls. The
/// result is the same on every processor: each operation is the one that is written down, none is
/// reordered or fused with another.
pub trait Kernel {
    /// What it gives.
    type Output;
    /// Does it.
    fn run(self) -> Self::Output;
}

/// Runs `kernel` as compiled for the widest vectors that this processor has.
pub fn widest<K: Kernel>(kernel: K) -> K::Output {
    Arch::new().dispatch(Dispatched(kernel))
}

struct Dispatched<K>(K);

impl<K: Kernel> WithSimd for Dispatched<K> {
    type Output = K::Output;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> K::Output {
        self.0.run()
    }
}
