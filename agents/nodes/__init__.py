"""One node a file, named with its verb: `node(state, parts) -> changed keys`. A node may run again after a crash."""
