# SPDX-License-Identifier: GPL-3.0-or-later
"""Where bursts and frames of a receiver become Python objects of the main thread."""

from collections import deque

import pmt
from gnuradio import gr

from ..frame_sink import frame_sink
from .burst import Burst
from .burst_order import BurstOrder, Progress

_ID = pmt.intern("id")
_CHECK_OK = pmt.intern("check_ok")


def sink_for(args):
    """What the outputs of parse_arguments() ask for; None if a frame_sink does."""
    if args.bursts or args.annotate or args.save_rejects:
        return BurstSink(with_samples=bool(args.save_rejects))
    return None


class BurstSink:
    """As frame_sink, with each Burst behind its frames (see burst_order).

    with_samples: copies the samples of each burst.
    """

    def __init__(self, with_samples=False):
        self._frames, self._bursts = frame_sink(), _burst_keeper(with_samples)
        self._order = BurstOrder(_burst_id, _packet_burst_id, _note)
        self._receiver = None

    def listen(self, top, receiver):
        """Connects it, in the flowgraph `top`, to a kaifa.receiver."""
        self._receiver = receiver
        self._frames.listen(top, receiver)
        top.msg_connect(receiver, "bursts", self._bursts, _burst_keeper.PORT)

    def take(self):
        """Yields messages of kaifa_frame_parser and Bursts, in order, as far as it is settled."""
        # In this order: the packets of all that is done are among those counted later.
        done = self._receiver.bursts_done()
        progress = Progress(done, self._receiver.counts()["sync"])
        self._add(self._frames.take(), self._bursts.take())
        yield from self._order.take(progress)

    def take_last(self):
        """As take(), once the flowgraph has ended: yields the rest."""
        self._add(self._frames.take_last(), self._bursts.take_last())
        yield from self._order.take_last()

    def _add(self, packets, bursts):
        for packet in packets:
            self._order.add_packet(packet)
        for burst in bursts:
            self._order.add_burst(burst)


class _burst_keeper(gr.basic_block):
    """Keeps what there is to know of each burst PDU until it is taken; not the PDU itself, for
    tagged_burst_to_pdu waits while somebody does."""

    PORT = "bursts"

    def __init__(self, with_samples):
        gr.basic_block.__init__(self, "burst_sink", None, None)
        self._with_samples = with_samples
        self._kept = deque()
        self._port = pmt.intern(self.PORT)
        self.message_port_register_in(self._port)
        self.set_msg_handler(self._port, self._keep)

    def _keep(self, pdu):
        vector = pmt.cdr(pdu)
        copy = pmt.serialize_str(vector) if self._with_samples else None
        self._kept.append(Burst(pmt.car(pdu), pmt.length(vector), copy))

    def take(self):
        while self._kept:
            yield self._kept.popleft()

    def take_last(self):
        block = self.to_basic_block()
        while (pdu := block.delete_head_nowait(self._port)) is not None:
            self._keep(pdu)
        yield from self.take()


def _burst_id(burst):
    return pmt.to_uint64(pmt.dict_ref(burst.facts, _ID, pmt.PMT_NIL))


def _packet_burst_id(message):
    return pmt.to_uint64(pmt.dict_ref(pmt.car(message), _ID, pmt.PMT_NIL))


def _note(burst, message):
    if pmt.to_bool(pmt.dict_ref(pmt.car(message), _CHECK_OK, pmt.PMT_F)):
        burst.checked += 1
    else:
        burst.rejected += 1
