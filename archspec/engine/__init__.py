"""Networks that run: a graph with its weights, executed in NumPy.

A network is planned once (:mod:`plan`: the kernel of each layer, the life of each volume) and then only executed.
"""
