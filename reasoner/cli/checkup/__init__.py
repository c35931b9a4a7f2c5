"""What `reasoner doctor` looks at. Nothing here writes to a home, and nothing heavy is imported."""
