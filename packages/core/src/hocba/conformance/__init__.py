"""A vendor's own files looked at whole: every fault of every check, not the first one."""
