"""From anything that a home knows by an id to what caused it and what came of it.

failure -> teacher call -> verdict -> example -> job -> checkpoint -> report -> decision -> promotion.
"""
