"""Kernels that are ready: forked from a parent that has everything loaded, counted, and no more than there is room for.

What runs where: `provisioner`, `fork_server`, `visitors`, `health`, `opening` and `connection` belong to the server's
process (Voila's); `preloaded` is the program of the parent from which kernels are forked, and what one of them does
first.
"""
