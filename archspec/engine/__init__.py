"""Networks that run: a graph with its weights, executed in NumPy.

A network is planned once (:mod:`plan`: which kernel runs each layer, when a volume is let go) and then only executed.
"""
