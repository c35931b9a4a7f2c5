"""The language student: any causal language model of Hugging Face, fine-tuned on the worked solutions of a run."""
