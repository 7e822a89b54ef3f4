"""Where a person gives the network something to read: a drawing or a photo."""
