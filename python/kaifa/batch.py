# SPDX-License-Identifier: GPL-3.0-or-later
"""Many records in one message, for programs that want all of them.

{"schema_version":1,"run":"0123456789abcdef","records":[RECORD,...]}: what costs is the message, and
few large ones leave a broker and a subscriber more time than many small ones. `run` is made up anew
by each run of the program: within it `record_number` counts from 0, so that gaps and records that
came twice show.
"""

import secrets

from .schema import VERSION

TOPIC = "records"  # behind the prefix
MOST_OCTETS = 64 * 1024


class Batch:
    """Gathers the JSON lines of records, in order."""

    def __init__(self):
        self._head = f'{{"schema_version":{VERSION},"run":"{secrets.token_hex(8)}","records":['
        self._lines, self._octets = [], 0

    def add(self, line):
        """Takes a line."""
        self._lines.append(line)
        self._octets += len(line) + 1

    def __len__(self):
        return len(self._lines)

    def is_large(self):
        """Worth a message, though more may come."""
        return self._octets >= MOST_OCTETS

    def take(self):
        """What is gathered as one message, and how many records that is; none are left."""
        text, records = f"{self._head}{','.join(self._lines)}]}}", len(self._lines)
        self._lines, self._octets = [], 0
        return text, records
