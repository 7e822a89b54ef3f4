"""What is on screen: Qt, pyqtgraph, core and learn's functions. Never imports torch itself."""
