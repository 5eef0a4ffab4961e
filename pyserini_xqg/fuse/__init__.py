"""The stage ``fuse``: run files of several systems into one."""
