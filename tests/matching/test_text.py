import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.text import MAX_SENTENCE, MAX_WHOLE, clean, hash_text, pieces, sentences, tokens

ANY_TEXT = st.text(
    st.one_of(st.sampled_from("铜电解精炼。；，\n .%0.8mmRH６Ｎ≥"), st.characters()), max_size=600
)


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("6N铜电解", "6n铜"),
        ("Q355B钢板", "q355b"),
        ("厚度0.008mm以内", "0.008mm"),
        ("RH精炼炉", "rh精"),
        ("ＲＨ精炼", "rh"),
        ("纯度99.9999%", "99.9999%"),
        ("铜", "铜"),
    ],
)
def test_words_of_the_trade_survive_as_tokens(text: str, token: str) -> None:
    assert token in tokens(text)


@given(ANY_TEXT)
def test_a_sentence_stands_where_it_says(text: str) -> None:
    for span in sentences(text):
        assert text[span.start : span.end] == span.text
        assert len(span.text) <= MAX_SENTENCE


@given(ANY_TEXT)
def test_sentences_lose_no_letter(text: str) -> None:
    kept = sorted("".join(span.text for span in sentences(text)))
    letters = [sign for sign in text if sign.isalpha()]
    assert not set(letters) - set(kept)


@given(ANY_TEXT)
def test_pieces_fit_the_model_and_hold_everything(text: str) -> None:
    found = pieces(text)
    assert all(0 < len(piece) <= MAX_WHOLE for piece in found)
    assert [s for s in "".join(found) if s.isalnum()] == [s for s in clean(text) if s.isalnum()]


@given(ANY_TEXT)
def test_tokens_are_never_empty(text: str) -> None:
    assert all(token.strip() for token in tokens(text))


def test_a_long_text_is_cut_and_read_to_its_end() -> None:
    text = "。".join(f"第{number}炉的铜液温度记录" for number in range(10_000))
    assert "第9999炉" in pieces(text)[-1]
    assert len(sentences(text)) == 10_000


def test_what_no_database_takes_is_removed() -> None:
    assert clean("铜\x00电\ud800解\n") == "铜电解\n"
    assert len(hash_text("铜")) == 64
