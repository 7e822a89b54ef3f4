"""The answer panel: probabilities as bars, the answer in words, logits and entropy."""
