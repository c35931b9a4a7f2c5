import pytest

from reasoner.models.tokenizers import NUMBER, PAD, PLACES, UNKNOWN, QuestionTokenizer, StepTokenizer, words_of

QUESTIONS = ["Mia has 12 apples. Leo has 3 more apples than Mia.", "Ann sells 40 pens for 2 coins each."] * 20


@pytest.fixture(scope="module")
def reads() -> QuestionTokenizer:
    return QuestionTokenizer.learn(QUESTIONS, vocabulary=200, max_tokens=32)


def test_a_number_is_one_token_beside_its_digits_least_first(reads: QuestionTokenizer) -> None:
    (encoded,) = reads.encode(["Mia has 120 apples."])
    assert encoded.ids.count(NUMBER) == 1
    assert encoded.digits == [[1, 3, 2, 0, 0, 0]]


def test_a_number_longer_than_the_places_becomes_several_tokens(reads: QuestionTokenizer) -> None:
    (encoded,) = reads.encode(["Mia has 12345678 apples."])
    assert encoded.ids.count(NUMBER) == 2
    assert all(len(row) == PLACES for row in encoded.digits)


def test_the_mark_of_a_number_in_a_users_text_is_not_a_number(reads: QuestionTokenizer) -> None:
    (encoded,) = reads.encode(["Mia <num> has 7 <num> apples."])
    assert encoded.ids.count(NUMBER) == len(encoded.digits) == 1


def test_a_long_question_keeps_its_end_and_the_digits_that_belong_to_it(reads: QuestionTokenizer) -> None:
    (encoded,) = reads.encode(["Mia has 1 pens. " * 20 + "How many are 99 pens?"])
    assert len(encoded.ids) == 32
    assert encoded.ids.count(NUMBER) == len(encoded.digits)
    assert encoded.digits[-1] == [10, 10, 0, 0, 0, 0]


def test_a_question_without_a_known_character_is_still_a_question(reads: QuestionTokenizer) -> None:
    assert all(e.ids for e in reads.encode(["", "漢字", "é"]))


def test_any_name_of_plain_letters_can_be_spelt_and_accents_change_nothing(reads: QuestionTokenizer) -> None:
    spelt = reads.encode(["Quetzalwyx has 12 jabberwocks.", "Zoe has 1 pens.", "Zoë has 1 pens."])
    assert all(UNKNOWN not in encoded.ids for encoded in spelt)
    assert spelt[1] == spelt[2]


def test_words_of_which_no_letter_is_known_are_told(reads: QuestionTokenizer) -> None:
    assert reads.unknown("Mia 漢字 has 12 Ж pens ٣ Zoë") == ["漢字", "Ж"]


def test_the_saved_tokenizer_reads_alike(reads: QuestionTokenizer) -> None:
    again = QuestionTokenizer.from_json(reads.to_json(), max_tokens=32)
    assert again.encode(QUESTIONS) == reads.encode(QUESTIONS)


@pytest.mark.parametrize("least_first", [True, False])
@pytest.mark.parametrize("step", ["12+7=19", "3/4*100=75", "(3+2)*4=20", "48*.5=24", "1000-1=999"])
def test_a_step_is_read_back_as_it_was_written(step: str, least_first: bool) -> None:
    writes = StepTokenizer(least_first=least_first, max_tokens=16)
    assert writes.fits(step)
    assert writes.decode(writes.encode(step)) == step


@pytest.mark.parametrize("step", ["", "12 apples", "1+1=2" * 9])
def test_a_step_that_cannot_be_written_does_not_fit(step: str) -> None:
    assert not StepTokenizer(least_first=True, max_tokens=16).fits(step)


PROGRAM = """def f(a, b):
    for i in a:
        b = b - i

    return b
What does f([12, 3], 5) return?"""


def test_every_token_of_a_program_says_its_line_its_place_there_and_its_indentation() -> None:
    reads = QuestionTokenizer.learn([PROGRAM], vocabulary=200, max_tokens=60, with_lines=True)
    (encoded,) = reads.encode([PROGRAM])
    words = [line.replace("(", " ( ").replace(")", " ) ") for line in PROGRAM.split("\n")]
    for sign in ",:[]?":
        words = [w.replace(sign, f" {sign} ") for w in words]
    depths = [1, 2, 3, 1, 2, 1]
    lines = enumerate(zip(words, depths, strict=True), start=1)
    wanted = [(i, k, d) for i, (w, d) in lines for k in range(1, 1 + len(w.split()))]
    assert encoded.lines == wanted
    cut = QuestionTokenizer.from_json(reads.to_json(), max_tokens=9, with_lines=True).encode([PROGRAM])[0]
    assert (cut.ids, cut.lines) == (encoded.ids[-9:], encoded.lines[-9:])


def test_what_lies_too_far_counts_as_the_last_and_an_empty_question_has_a_place() -> None:
    reads = QuestionTokenizer.learn(["a b"], vocabulary=200, max_tokens=900, with_lines=True)
    long, deep, empty, blank = reads.encode(["a\n" * 99 + "b", "a " * 99, "", "\n \n"])
    assert long.lines[-1] == (63, 1, 1)
    assert deep.lines[-1] == (1, 47, 1)
    assert [len(e.lines) == len(e.ids) == 1 for e in (empty, blank)] == [True, True]


@pytest.fixture(scope="module")
def by_sentence() -> QuestionTokenizer:
    return QuestionTokenizer.learn(QUESTIONS, vocabulary=200, max_tokens=40, sentence_words=4)


def rows_of(reads: QuestionTokenizer, question: str) -> list[list[int]]:
    (encoded,) = reads.encode([question])
    assert encoded.places == 4
    return [encoded.ids[i : i + 4] for i in range(0, len(encoded.ids), 4)]


def test_a_sentence_is_a_row_of_words_and_a_long_one_several(by_sentence: QuestionTokenizer) -> None:
    mia, leo, has, apples, than = by_sentence.ids_of(["Mia", "Leo", "has", "apples", "than"])
    rows = rows_of(by_sentence, "Mia has apples. Leo has 3 apples than Mia. Leo?")
    assert rows[:3] == [[mia, has, apples, PAD], [leo, has, NUMBER, apples], [than, mia, PAD, PAD]]


def test_the_sentence_that_asks_is_read_word_by_word_at_the_words_places(by_sentence: QuestionTokenizer) -> None:
    mia, has, apples = by_sentence.ids_of(["Mia", "has", "apples"])
    rows = rows_of(by_sentence, "Mia has apples. Has Mia apples has apples?")
    assert rows[0] == [mia, has, apples, PAD]
    assert rows[1:4] == [[has, PAD, PAD, PAD], [PAD, mia, PAD, PAD], [PAD, PAD, apples, PAD]]
    assert rows[4:] == [[PAD, PAD, PAD, has], [apples, PAD, PAD, PAD]]


def test_a_question_keeps_its_last_whole_rows(by_sentence: QuestionTokenizer) -> None:
    short = QuestionTokenizer.from_json(by_sentence.to_json(), max_tokens=18, sentence_words=4)
    (encoded,) = short.encode(["Leo has 1. Leo has 2. Leo has 3. Leo has 4. Leo has 5. Mia has?"])
    assert len(encoded.ids) == 16
    assert [row[0] for row in encoded.digits] == [5, 6]


def test_a_word_that_was_not_learnt_is_unknown_and_an_empty_question_too(by_sentence: QuestionTokenizer) -> None:
    (encoded, empty) = by_sentence.encode(["Mia has wumpuses. Mia?", ""])
    assert encoded.ids[2] == UNKNOWN
    assert empty.ids == [UNKNOWN, PAD, PAD, PAD]


def test_the_saved_sentence_tokenizer_reads_alike(by_sentence: QuestionTokenizer) -> None:
    again = QuestionTokenizer.from_json(by_sentence.to_json(), max_tokens=40, sentence_words=4)
    assert again.encode(QUESTIONS) == by_sentence.encode(QUESTIONS)


def test_steps_in_words_are_read_back_and_others_do_not_fit() -> None:
    writes = StepTokenizer(least_first=True, max_tokens=4, words=words_of(["pear 12 apple", "so: pear"]))
    assert writes.words == ("12", "apple", "pear", "so:")
    assert len(writes) == 7
    for step in ("apple 12 pear", "so: apple"):
        assert writes.fits(step)
        assert writes.decode(writes.encode(step)) == step
    for step in ("", "plum", "apple apple apple apple", "12+7"):
        assert not writes.fits(step)
