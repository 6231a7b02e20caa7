"""One question in, one checked answer out. Knows nothing of pages, argv or file formats."""
