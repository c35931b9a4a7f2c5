"""How the student learns: losses, schedules, resumable training, and the two kinds of training work."""
