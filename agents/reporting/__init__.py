"""What a run leaves for people to read, built from its events alone."""
