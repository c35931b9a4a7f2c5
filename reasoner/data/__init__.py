"""Problems for a run: where they come from, which split they belong to, and the rows that teach."""
