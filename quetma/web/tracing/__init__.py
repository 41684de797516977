"""The parts of the tracing page: the question, the answer, one person of it, and the ways to see it."""
