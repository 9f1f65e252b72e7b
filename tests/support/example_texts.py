"""A query and documents of one, two and nine sentences."""

QUERY = "capital of france"
DOCUMENTS = ["Paris is the capital. Cats purr.", "The cat is in Paris.", "Cats. " * 9]
