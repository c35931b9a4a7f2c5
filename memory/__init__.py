"""What we remember: the SQL store is the truth, the latent index is derived from it."""
