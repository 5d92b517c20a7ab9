// SPDX-License-Identifier: GPL-3.0-or-later
//! What the checked frames so far say about how packets are framed here.

use super::hypothesis::Hypothesis;

/// Counts checked frames by hypothesis.
#[derive(Debug, Clone)]
pub(super) struct Lock {
    /// Checked frames that it takes.
    lock_after: u64,
    votes: Vec<(Hypothesis, u64)>,
    locked: Option<Hypothesis>,
}

impl Lock {
    pub fn new(lock_after: u64) -> Self {
        Lock { lock_after, votes: Vec::new(), locked: None }
    }

    /// The hypothesis with the most checked frames, once there are enough of them. Of two with as
    /// many it is the one that got there first.
    pub fn locked(&self) -> Option<Hypothesis> {
        self.locked
    }

    /// A frame was checked under `hypothesis`.
    pub fn vote(&mut self, hypothesis: Hypothesis) {
        match self.votes.iter_mut().find(|(voted, _)| *voted == hypothesis) {
            Some((_, votes)) => *votes += 1,
            None => self.votes.push((hypothesis, 1)),
        }
        let votes = self.votes_for(hypothesis);
        let leading = self.locked.is_none_or(|locked| votes > self.votes_for(locked));
        if votes >= self.lock_after && leading {
            self.locked = Some(hypothesis);
        }
    }

    fn votes_for(&self, hypothesis: Hypothesis) -> u64 {
        self.votes.iter().find(|(voted, _)| *voted == hypothesis).map_or(0, |&(_, votes)| votes)
    }
}

#[cfg(test)]
mod tests {
    use super::super::encoding::Framing;
    use super::*;

    const C: Hypothesis = Hypothesis::Phr(Framing::C);
    const D: Hypothesis = Hypothesis::Phr(Framing::D);

    #[test]
    fn the_first_with_enough_frames_is_locked_and_stays_until_outnumbered() {
        let mut lock = Lock::new(3);
        [C, D, D, C].into_iter().for_each(|hypothesis| lock.vote(hypothesis));
        assert_eq!(lock.locked(), None);
        lock.vote(C);
        assert_eq!(lock.locked(), Some(C));
        lock.vote(D);
        assert_eq!(lock.locked(), Some(C));
        lock.vote(D);
        assert_eq!(lock.locked(), Some(D));
    }
}
