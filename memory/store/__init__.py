"""The SQL store: one room per noun, many processes on one home at once."""
