// SPDX-License-Identifier: GPL-3.0-or-later
//! What was detected against what was sent.

use kaifa_dsp::detect::{BurstDetector, BurstEvent, Config};
use kaifa_dsp::Complex32;

use super::scene::{Sent, SAMPLE_RATE_HZ};

/// Samples shown to the detector at a time.
const PIECE: usize = 1 << 16;
/// A detection this near to the centre of a burst may be of it.
const NEAR_HZ: f64 = 50e3;
/// Share of a burst that a detection covers that has it whole.
const WHOLE: f64 = 0.95;

/// A burst as it was detected.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Where its tags stand.
    pub tags: std::ops::Range<u64>,
    /// First sample and one past the last, as estimated: the tags without their margin.
    pub span: std::ops::Range<f64>,
    pub center_hz: f64,
}

/// What became of the bursts that were sent. Each is one of the first five.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Tally {
    /// One detection covers it, and no other burst.
    pub whole: usize,
    /// One detection has a part of it.
    pub part: usize,
    /// Several detections have a part of it.
    pub split: usize,
    /// One detection has it and another burst.
    pub merged: usize,
    pub missed: usize,
    /// Detections where nothing was sent.
    pub false_alarms: usize,
    /// Errors of those that are whole.
    pub errors: Vec<Errors>,
}

/// Found less sent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Errors {
    pub center_hz: f64,
    pub start_samples: f64,
    pub end_samples: f64,
}

impl Tally {
    pub fn sent(&self) -> usize {
        self.whole + self.part + self.split + self.merged + self.missed
    }

    pub fn add(&mut self, other: Tally) {
        self.whole += other.whole;
        self.part += other.part;
        self.split += other.split;
        self.merged += other.merged;
        self.missed += other.missed;
        self.false_alarms += other.false_alarms;
        self.errors.extend(other.errors);
    }
}

/// Everything a detector with these settings finds in `samples`.
pub fn detect(samples: &[Complex32], config: &Config) -> Vec<Found> {
    let mut detector = BurstDetector::new(config.clone()).expect("the settings are in range");
    let mut events = Vec::new();
    for until in (PIECE..samples.len()).step_by(PIECE) {
        let begin = detector.settled();
        let window = &samples[begin as usize..until];
        detector.look(begin, window, &mut events).expect("no sample is missing");
    }
    detector.finish(0, samples, &mut events).expect("no sample is missing");
    found_in(&events, detector.config().fft_size as f64)
}

fn found_in(events: &[BurstEvent], margin: f64) -> Vec<Found> {
    let mut found: Vec<(u64, Found)> = Vec::new();
    for event in events {
        match event {
            BurstEvent::Start(start) => {
                let at = start.sample_offset;
                let span = at as f64 + margin..f64::INFINITY;
                let center_hz = start.relative_frequency_hz;
                found.push((start.id, Found { tags: at..u64::MAX, span, center_hz }));
            }
            BurstEvent::End(end) => {
                let at = found.iter().rposition(|(id, _)| *id == end.id);
                let burst = &mut found[at.expect("a burst starts before it ends")].1;
                burst.tags.end = end.sample_offset;
                burst.span.end = end.sample_offset as f64 - margin;
            }
        }
    }
    found.into_iter().map(|(_, found)| found).collect()
}

/// Matches detections to bursts by time and frequency.
pub fn tally(found: &[Found], sent: &[Sent]) -> Tally {
    let mut tally = Tally::default();
    let touches = |found: &Found, sent: &Sent| {
        (found.center_hz - sent.center_hz).abs() < NEAR_HZ
            && found.tags.start < sent.end
            && sent.start < found.tags.end
    };
    for burst in sent {
        let of_it: Vec<&Found> = found.iter().filter(|f| touches(f, burst)).collect();
        match of_it[..] {
            [] => tally.missed += 1,
            [one] => {
                let covered = one.tags.end.min(burst.end) - one.tags.start.max(burst.start);
                if sent.iter().any(|other| other != burst && touches(one, other)) {
                    tally.merged += 1;
                } else if (covered as f64) < WHOLE * (burst.end - burst.start) as f64 {
                    tally.part += 1;
                } else {
                    tally.whole += 1;
                    tally.errors.push(errors(one, burst));
                }
            }
            _ => tally.split += 1,
        }
    }
    tally.false_alarms = found.iter().filter(|f| !sent.iter().any(|s| touches(f, s))).count();
    tally
}

fn errors(found: &Found, sent: &Sent) -> Errors {
    Errors {
        center_hz: found.center_hz - sent.center_hz,
        start_samples: found.span.start - sent.start as f64,
        end_samples: found.span.end - sent.end as f64,
    }
}

/// Detector settings for the scene, with `fft_size` samples in a transform.
pub fn settings(fft_size: usize) -> Config {
    Config { sample_rate_hz: SAMPLE_RATE_HZ, fft_size, ..Config::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(start: u64, end: u64) -> Found {
        Found { tags: start..end, span: start as f64..end as f64, center_hz: 1e3 }
    }

    #[test]
    fn every_burst_has_one_fate() {
        let sent = |start: u64| Sent { start, end: start + 100, center_hz: 0.0 };
        let bursts: Vec<Sent> = [0, 1_000, 2_000, 3_000, 3_200, 4_000].map(sent).to_vec();
        let tally = tally(
            &[
                found(1, 120),
                found(1_010, 1_100),
                found(2_000, 2_040),
                found(2_060, 2_100),
                found(3_000, 3_300),
                found(9_000, 9_100),
            ],
            &bursts,
        );
        let fates = (tally.whole, tally.part, tally.split, tally.merged, tally.missed);
        assert_eq!(fates, (1, 1, 1, 2, 1));
        assert_eq!((tally.false_alarms, tally.sent()), (1, 6));
        assert_eq!(tally.errors[0].start_samples, 1.0);
    }
}
