"""A run as spans for tools that read OpenTelemetry: made from what the run has written, sent by one door."""
