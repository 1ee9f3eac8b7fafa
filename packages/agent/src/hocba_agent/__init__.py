"""The local signing agent: signs digests with a person's token for the pages she has paired.

It listens on loopback only. Protocol, states, refusals and threats: docs/formats/signing-agent.md.
"""

from typing import Final

VERSION: Final = "0.1.0"
PROTOCOL: Final = 1
"""Number of the protocol, the `v1` of its addresses."""
