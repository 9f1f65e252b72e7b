"""The HTTP server of `pruning serve`; needs `pip install 'pruning-core[serve]'`."""
