"""Analysis of a graph: parameters, costs, memory, receptive fields, sizes that fit."""
