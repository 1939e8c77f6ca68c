"""The engine: columns and an analysis in, histograms and a cutflow out."""
