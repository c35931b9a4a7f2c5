"""The records that the rooms hand to one another. Import them from their modules."""
