"""A model behind an OpenAI-compatible address, as a benchmark asks it: completions or chat, with money under limits."""
