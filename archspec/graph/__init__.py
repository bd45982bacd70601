"""Graphs: layers and the volumes between them."""
