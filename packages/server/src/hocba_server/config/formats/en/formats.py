"""As on the Vietnamese pages: 05/06 is the fifth of June, whatever the language of the page."""

from hocba_server.config.formats.vi.formats import *  # noqa: F403 - the very same names
