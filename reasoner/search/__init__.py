"""How the student thinks: from a question to steps."""
