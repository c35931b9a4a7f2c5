"""The package's own files: written whole or not at all, read with errors that say how to mend them."""
