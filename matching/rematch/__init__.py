"""The suggestions of many items at once: after a load, or when weights, word statistics or the
model changed. The same suggestions and scores as item by item, only read and written in bulk.

`collection` holds one side in arrays, `recall` finds candidates, `evidence` compares, `running`
goes batch by batch.
"""

from matching.rematch.running import is_outdated, rematch, rematch_outdated

__all__ = ["is_outdated", "rematch", "rematch_outdated"]
