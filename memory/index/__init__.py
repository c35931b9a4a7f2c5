"""Vectors: nearest neighbours and neighbourhoods. The only place that imports faiss."""
