"""The student's parts: tokenizers, encoders, step predictor, decoder, and the student composed of them."""
