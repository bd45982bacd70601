"""Layers wired into a graph, with the volumes that flow between them."""
