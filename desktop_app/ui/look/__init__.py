"""Look inside: pages below the network that take apart what is shown there."""
