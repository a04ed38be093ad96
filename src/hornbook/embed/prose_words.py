"""What a text's words tell: groups that teach, refer, sell or bind, and how often it says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hornbook.embed.groups import shares
from hornbook.embed.lexer import mixed
from hornbook.embed.prose_lexer import ProseLexed
from hornbook.embed.prose_pages import seen_before

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[np.float64]]

_PHRASES = (2, 5)
"""Words of phrases whose repetition is counted."""

WORD_GROUPS = {
    "articles": "a an the",
    "first_person": "i we us our ours my me mine let",
    "second_person": "you your yours yourself",
    "third_person": "he she they him her them his their it its",
    "demonstratives": "this that these those here there",
    "prepositions": "of in to for with on at by from into over under between through about after"
    " before during against within without along across behind beyond",
    "conjunctions": "and or but nor so yet",
    "explaining": "because therefore thus hence since means mean meaning reason why how explains"
    " explain understand understanding idea notice remember think imagine suppose consider"
    " otherwise instead although whereas however while actually really exactly simply",
    "examples": "example examples instance illustration case cases like such e g",
    "steps": "first second third next then finally step steps begin start again once twice last",
    "questions_words": "what who whom whose which when where why how",
    "modal": "can could may might must shall should will would cannot need",
    "negation": "not no never none nothing neither without don doesn isn aren won didn",
    "being": "is are was were be been being am has have had do does did",
    "adverbs_of_degree": "very more most less least much many few little some any all every each"
    " both only just even still also too quite",
    "teaching": "learn learner lesson exercise exercises practice beginner beginners student students"
    " teacher chapter section question answer try guess mistake mistakes wrong right trick rule"
    " rules pattern picture story puzzle check yourself",
    "mathematics": "number numbers sum product equal equals zero one two three four five six ten"
    " hundred count average square triangle circle line angle fraction prime formula proof theorem"
    " set function graph probability",
    "nature": "water light heat energy force air earth sun moon star planet cell plant animal animals"
    " body blood tree trees food weather ocean rock metal",
    "daily_life": "day days week year people child children mother father friend house home school"
    " shop money price kitchen table door game morning night street",
    "programs": "code program programs variable variables function functions loop loops list lists"
    " string strings dictionary value values name names object objects class method methods line"
    " lines print output input index character characters key keys",
    "reference": "param parameter parameters argument arguments returns return type default optional"
    " raises raise none true false bool int str float instance attribute attributes note see also"
    " versionadded versionchanged deprecated specified specifies given if whether",
    "internals": "api backend plugin module package interface implementation subclass thread process"
    " server client request response socket buffer handler callback config configuration option"
    " options file files path directory",
    "installing": "install installation installed pip conda download requirements requires docker brew"
    " setup upgrade venv pypi wheel wheels build builds linux macos windows ubuntu python",
    "projects": "github readme documentation docs badge issue issues pull request contributing"
    " contributors contribute maintainer maintained community sponsor discord slack forum project"
    " repository support bug report",
    "selling": "fast faster easy easily powerful modern simple lightweight robust flexible best free"
    " new feature features support supports high performance production ready seamless ultimate"
    " amazing premium offer buy sale",
    "changes": "added fixed removed changed deprecated release released version versions fix fixes"
    " bump update updated changelog bugfix regression breaking improved improvements dropped"
    " unreleased",
    "legal": "license licence licensed licensee licensor copyright warranty warranties liability liable"
    " damages rights reserved permission permissions redistribution redistribute derivative"
    " notwithstanding herein hereby thereof agreement terms conditions party parties grant granted"
    " patent contributor trademark merchantability fitness infringement",
    "web_pages": "click cookie cookies subscribe newsletter login log sign menu home contact privacy"
    " policy search share comment comments reply posted read page site website email follow twitter"
    " facebook advertisement",
}  # fmt: skip
"""A group's share of all words outside blocks of code is measured."""


def prose_word_features(lexed: ProseLexed) -> Columns:
    """What is measured, by name, [texts] each.

    >>> found = prose_word_features(ProseLexed(["You see why. You see why. You see why."]))
    >>> found["second_person"].round(2).tolist(), found["repeated_phrases_of_2"].round(2).tolist()
    ([0.58], [0.62])
    """
    return {**shares(lexed, lexed.plain, WORD_GROUPS), **_repetition(lexed)}


def _repetition(lexed: ProseLexed) -> Columns:
    """Distinct words, and phrases that the same text has had before, as shares of all."""
    import numpy as np

    words, count = lexed.plain, lexed.per_text
    many = np.maximum(count(words.text), 1)
    again = count(seen_before(words.hash, words.text))
    found = {
        "log_words": np.log1p(count(words.text)),
        "distinct_words": 1 - again / many,
        "distinct_of_root": np.minimum((count(words.text) - again) / np.sqrt(many), 30),
    }
    for length in _PHRASES:
        phrases = max(len(words) - length + 1, 0)
        hashes = words.hash[:phrases]
        for step in range(1, length):
            hashes = mixed(hashes) + words.hash[step : step + phrases]
        whole = words.text[:phrases] == words.text[length - 1 :]
        text = words.text[:phrases][whole]
        repeated = count(seen_before(hashes[whole], text))
        found[f"repeated_phrases_of_{length}"] = repeated / np.maximum(count(text), 1)
    return found
