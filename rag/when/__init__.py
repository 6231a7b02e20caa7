"""What a question says about time -> days, seen from its as-of day. English only.

``reading.when`` is the one entrance. Knows nothing of articles or retrieval.
"""
