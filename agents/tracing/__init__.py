"""The trace of a run: what every node was given, did and gave back; written as it happens, read afterwards."""
