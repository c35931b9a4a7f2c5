"""Is the student's latent space alive?"""
