"""A function of a module, which a pipeline of Haystack can name."""


def count_words(text: str) -> int:
    return len(text.split())
