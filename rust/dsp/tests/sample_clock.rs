// SPDX-License-Identifier: GPL-3.0-or-later
//! The sample clock on scripted radios: late is not lost, and lost is told with its size and place.

use std::collections::VecDeque;

use kaifa_dsp::clock::{ClockEvent, SampleClock};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const RATE: f64 = 8e6;
const TRANSFER: u64 = 131_072;
/// Transfers that wait in a driver before it drops the oldest.
const QUEUE: usize = 15;
const MS: f64 = 1e-3;

/// A radio whose samples come in transfers into the queue of a driver, and a computer that reads
/// them in pieces.
struct Script {
    seconds: f64,
    transfer: u64,
    piece: u64,
    ppm: f64,
    /// Each transfer comes later by up to this many seconds.
    jitter_s: f64,
    /// Numbers of transfers that never come.
    dropped: Vec<u64>,
    /// (from, to): nothing is read meanwhile.
    stalls: Vec<(f64, f64)>,
    /// Samples read in a second at most.
    pace: f64,
    seed: u64,
}

impl Default for Script {
    fn default() -> Self {
        Script {
            seconds: 10.0,
            transfer: TRANSFER,
            piece: 32_768,
            ppm: 0.0,
            jitter_s: 0.3 * MS,
            dropped: vec![],
            stalls: vec![],
            pace: 4.0 * RATE,
            seed: 1,
        }
    }
}

#[derive(Default)]
struct Outcome {
    /// (sample, samples), by the events and in truth.
    told: Vec<(u64, u64)>,
    lost: Vec<(u64, u64)>,
    found: u64,
    /// Error of the time of the samples that came last when an anchor was given, in seconds.
    errors_s: Vec<f64>,
    left: u64,
}

impl Script {
    fn run(&self) -> Outcome {
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut clock = SampleClock::new(RATE).unwrap();
        let (mut outcome, mut events) = (Outcome::default(), Vec::new());
        let true_rate = RATE * (1.0 + self.ppm * 1e-6);
        let (mut queue, mut now_s) = (VecDeque::new(), 0.0f64);
        let (mut read, mut missing) = (0, 0);
        let mut transfers = (0..(self.seconds * RATE) as u64 / self.transfer).map(|number| {
            let end = (number + 1) * self.transfer;
            (number, end as f64 / true_rate + rng.random_range(0.0..=self.jitter_s))
        });
        let mut next = transfers.next();
        loop {
            for &(from, to) in &self.stalls {
                now_s = if (from..to).contains(&now_s) { to } else { now_s };
            }
            while let Some((number, _)) = next.filter(|&(_, at_s)| at_s <= now_s) {
                if !self.dropped.contains(&number) {
                    queue.push_back(number);
                }
                if queue.len() > QUEUE {
                    queue.pop_front();
                }
                next = transfers.next();
            }
            let Some(number) = queue.pop_front() else {
                let Some((_, at_s)) = next else { break };
                now_s = now_s.max(at_s);
                continue;
            };
            let gone = number * self.transfer - (read + missing);
            if gone > 0 {
                outcome.lost.push((read, gone));
                missing += gone;
            }
            for _ in 0..self.transfer / self.piece {
                now_s += self.piece as f64 / self.pace;
                read += self.piece;
                clock.observe(read, 5_000_000_000 + (now_s * 1e9) as u64, &mut events);
                for event in events.drain(..) {
                    outcome.note(event, |sample| {
                        let taken = sample + missing * u64::from(sample >= read - self.piece);
                        (5.0 + taken as f64 / true_rate, missing)
                    });
                }
            }
        }
        outcome.left = clock.lost();
        outcome
    }
}

impl Outcome {
    fn note(&mut self, event: ClockEvent, truth: impl Fn(u64) -> (f64, u64)) {
        match event {
            ClockEvent::Loss { sample, samples } => self.told.push((sample, samples)),
            ClockEvent::Found { samples } => self.found += samples,
            ClockEvent::Anchor { sample, clock_ns, .. } => {
                let (taken_s, missing) = truth(sample);
                // Across a loss it takes more than this to say when a sample was taken.
                if missing == 0 {
                    self.errors_s.push(clock_ns as f64 * 1e-9 - taken_s);
                }
            }
        }
    }

    /// Every loss is told where it was, to a sample, and its size to `within_s`.
    fn assert_told(&self, within_s: f64) {
        assert_eq!(self.told.len(), self.lost.len(), "{:?} of {:?}", self.told, self.lost);
        for (&(at, told), &(true_at, lost)) in self.told.iter().zip(&self.lost) {
            assert_eq!(at, true_at, "{:?} of {:?}", self.told, self.lost);
            assert!(told.abs_diff(lost) as f64 <= within_s * RATE, "{told} of {lost}");
        }
        assert_eq!(self.left, self.told.iter().map(|loss| loss.1).sum::<u64>() - self.found);
    }
}

#[test]
fn a_transfer_that_a_radio_drops_is_a_loss_at_its_place_and_of_its_size() {
    let dropped = vec![100, 250, 251, 400];
    let outcome = Script { dropped, ..Script::default() }.run();
    let sizes: Vec<u64> = outcome.lost.iter().map(|loss| loss.1).collect();
    assert_eq!(sizes, [TRANSFER, 2 * TRANSFER, TRANSFER]);
    outcome.assert_told(0.3 * MS);
    assert_eq!(outcome.found, 0);
}

#[test]
fn drift_and_jitter_are_no_loss_and_the_time_stays_right() {
    for ppm in [-50.0, 0.0, 50.0] {
        let script = Script { ppm, jitter_s: 1.9 * MS, seconds: 120.0, ..Script::default() };
        let outcome = script.run();
        outcome.assert_told(0.0);
        assert!(outcome.errors_s.len() > 110);
        // The time at which they came: reading takes some, and the first moments are not counted.
        let worst =
            outcome.errors_s[3..].iter().fold(0.0f64, |worst, &e| worst.max((e - 4.1 * MS).abs()));
        assert!(worst < 0.5 * MS, "{worst} s at {ppm} ppm");
    }
}

#[test]
fn what_waits_for_a_busy_computer_is_late_and_not_lost() {
    for (stall_s, pace) in [(0.05, 1.5), (0.2, 2.0), (0.23, 1.1), (0.2, 1.03)] {
        let stalls = vec![(2.0, 2.0 + stall_s), (9.0, 9.0 + stall_s)];
        let outcome = Script { stalls, pace: pace * RATE, ..Script::default() }.run();
        assert!(outcome.lost.is_empty());
        assert_eq!((outcome.told.len(), outcome.left), (0, 0), "{stall_s} s, pace {pace}");
    }
}

#[test]
fn what_a_full_queue_drops_is_lost_and_what_waited_in_it_is_not() {
    let stalls = vec![(2.0, 2.5), (5.0, 5.3)];
    let outcome = Script { stalls, pace: 2.0 * RATE, ..Script::default() }.run();
    assert_eq!(outcome.lost.len(), 2);
    outcome.assert_told(0.6 * MS);
}

#[test]
fn a_computer_that_cannot_keep_up_is_told_again_and_again() {
    let script = Script { pace: 0.8 * RATE, seconds: 20.0, ..Script::default() };
    let outcome = script.run();
    let lost: u64 = outcome.lost.iter().map(|loss| loss.1).sum();
    assert!(lost as f64 > 3.0 * RATE);
    assert!(outcome.told.len() >= 10, "{:?}", outcome.told);
    // What waits in the queue cannot be told from what is lost, nor the last moments be judged.
    let most_s = QUEUE as f64 * TRANSFER as f64 / RATE + 1.0;
    assert!(outcome.left.abs_diff(lost) as f64 <= most_s * RATE, "{} of {lost}", outcome.left);
}

#[test]
fn a_step_of_a_little_more_than_2_ms_is_told_and_one_of_less_is_not() {
    let short = |dropped: Vec<u64>| {
        let (transfer, piece) = (1000, 1000);
        Script { transfer, piece, dropped, jitter_s: 0.02 * MS, ..Script::default() }.run()
    };
    let outcome = short((20_000..20_018).collect());
    assert_eq!(outcome.lost, [(20_000_000, 18_000)]);
    outcome.assert_told(0.1 * MS);
    assert!(short((20_000..20_015).collect()).told.is_empty());
}

#[test]
fn transfers_and_jitter_are_measured() {
    let mut clock = SampleClock::new(RATE).unwrap();
    let mut events = Vec::new();
    for transfer in 1..=200u64 {
        let at_ns = 1_000_000_000 + transfer * TRANSFER * 125;
        for quarter in 1..=4 {
            let samples = (transfer - 1) * TRANSFER + quarter * TRANSFER / 4;
            clock.observe(samples, at_ns + quarter * 100_000, &mut events);
        }
    }
    let measured: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            ClockEvent::Anchor { measured, .. } => *measured,
            _ => None,
        })
        .collect();
    assert!(measured.len() >= 2);
    for measured in measured {
        let transfer_s = measured.transfer_ns * 1e-9;
        assert!((transfer_s - 0.75 * TRANSFER as f64 / RATE).abs() < MS, "{measured:?}");
        assert!(measured.jitter_ns < 1e5, "{measured:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn losses_are_told_whatever_the_jitter_and_the_pieces(
        seed in 0u64..1000,
        piece in prop::sample::select(vec![4096u64, 16_384, 65_536, TRANSFER]),
        ppm in -50.0..50.0f64,
        jitter_ms in 0.0..0.8f64,
        gaps in prop::collection::vec(30u64..120, 0..4),
    ) {
        let dropped = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
        let jitter_s = jitter_ms * MS;
        let script = Script { seed, piece, ppm, jitter_s, dropped, ..Script::default() };
        let outcome = script.run();
        outcome.assert_told(jitter_s + 0.1 * MS);
        prop_assert_eq!(outcome.found, 0);
    }

    #[test]
    fn no_script_leads_astray(
        steps in prop::collection::vec((0u64..1_000_000, 0u64..500_000_000), 1..300),
        rate in 1.0..1e9f64,
    ) {
        let mut clock = SampleClock::new(rate).unwrap();
        let (mut samples, mut now_ns, mut lost, mut events) = (0, 0, 0i128, Vec::new());
        for (more, later) in steps {
            (samples, now_ns) = (samples + more, now_ns + later);
            let settled = clock.settled();
            clock.observe(samples, now_ns, &mut events);
            prop_assert!(settled <= clock.settled() && clock.settled() <= samples);
            prop_assert!(samples - clock.settled() <= clock.most_held());
            for event in events.drain(..) {
                match event {
                    ClockEvent::Loss { sample, samples } => {
                        prop_assert!(sample >= settled);
                        lost += i128::from(samples);
                    }
                    ClockEvent::Anchor { sample, .. } => prop_assert!(sample >= settled),
                    ClockEvent::Found { samples } => lost -= i128::from(samples),
                }
            }
            prop_assert_eq!(lost, i128::from(clock.lost()));
        }
    }
}
