"""One forward pass: request, trace of every stage, answer."""
