"""Models from elsewhere: recognised, checked, installed into a folder of models, and exported."""
