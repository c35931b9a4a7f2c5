"""The latent student, which thinks in embeddings: networks in `reasoner.models`, training in `reasoner.training`."""
