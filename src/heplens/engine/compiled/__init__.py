"""Tiles by compiled kernels: the common shapes of analyses, many times faster than the general sweep, same cells."""
