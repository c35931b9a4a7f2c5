"""What we can prove: intervals, paired tests, and the gate that decides a promotion."""
