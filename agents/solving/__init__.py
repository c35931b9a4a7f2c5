"""The nodes of the solve graph, one a file, and its plain state."""
