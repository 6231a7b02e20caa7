"""Article files in, a searchable library out. Knows nothing of questions or answers."""
