"""What units answer to most strongly: the nine best places out of many inputs."""
