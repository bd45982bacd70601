"""Figures of a graph: parameters, costs, memory, receptive fields."""
