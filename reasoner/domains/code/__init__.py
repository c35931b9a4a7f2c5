"""Small Python programs: what they return, line by line, and programs that must pass tests."""
