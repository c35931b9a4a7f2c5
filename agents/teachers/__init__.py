"""Who teaches: the prompt, the built-in expert, and the door to every litellm model."""
