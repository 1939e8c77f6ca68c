"""The neighbours: one module for each format or library that a result or a cut leaves to."""
