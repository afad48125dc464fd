"""Reads of the vocabularies: what forms offer and which codes entries may use."""

from park.vocabularies.models import Term, Vocabulary


def known_codes() -> dict[str, frozenset[str]]:
    """The active codes by vocabulary; one query."""
    codes: dict[str, set[str]] = {str(vocabulary): set() for vocabulary in Vocabulary}
    rows = Term.objects.filter(is_active=True).order_by()
    for vocabulary, code in rows.values_list("vocabulary", "code"):
        codes[vocabulary].add(code)
    return {vocabulary: frozenset(found) for vocabulary, found in codes.items()}


def list_terms() -> dict[str, list[Term]]:
    """The active terms by vocabulary, in the order staff gave them; one query."""
    terms: dict[str, list[Term]] = {str(vocabulary): [] for vocabulary in Vocabulary}
    for term in Term.objects.filter(is_active=True):
        terms[term.vocabulary].append(term)
    return terms
