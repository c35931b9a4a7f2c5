"""The encoder student, for labels: a pretrained encoder reads the question, a head fitted in seconds says which."""
