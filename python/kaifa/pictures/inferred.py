# SPDX-License-Identifier: GPL-3.0-or-later
"""What a picture must say of senders that no frame names."""


def inferred_note(frames):
    """Words for behind a subtitle; empty if every sender is named by its frames."""
    return ", those of acknowledgements inferred" if frames.source_inferred.any() else ""
