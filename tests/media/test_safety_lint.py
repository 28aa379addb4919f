from __future__ import annotations

from pathlib import Path

import pytest

from .safety_lint import BUILDERS, complaints, main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("room", ["fetch", "media"])
def test_nothing_in_these_rooms_can_let_a_reply_run(room: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(ROOT / "widgets" / room)]) == 0, capsys.readouterr().out


@pytest.mark.parametrize(
    "planted",
    [
        "ipywidgets.HTML(reply.body.decode())",
        "HTML(value=text)",
        "HTML(f'<p>{reply.description}</p>')",
        "HTML('<p>' + text + '</p>')",
        "HTML('<p>%s</p>' % text)",
        "HTML('<p>{}</p>'.format(text))",
        "HTMLMath(text)",
        "HTML(*parts)",
        "HTML(**options)",
        "display(Markdown(text))",
        "SVG(data=text)",
        "Markup(text)",
        "widget.value = f'<p>{text}</p>'",
        "widget.value = '<p>' + text",
        "def f(text): return HTML(f'<p>{text}</p>')",
        "words = fetch()\nHTML(f'<p>{words}</p>')",
        "words = 'fine'\nwords += reply.text\nHTML(f'<p>{words}</p>')",
        "for words in reply: HTML(words)",
        "words = 'a'\nwords = words + words\nHTML(words)",
        "HTML(f'<p>{text:>10}</p>')",
        "Button(description=text, description_allow_html=True)",
        "from IPython.display import display",
    ],
)
def test_a_planted_violation_is_found(planted: str) -> None:
    assert list(complaints(planted, "widgets/x.py"))


@pytest.mark.parametrize(
    "fine",
    [
        "HTML()",
        "HTML('<h2>Fetch</h2>')",
        "HTML(f'<p>{plain(text)}</p>')",
        "HTML('<p>' + markup.plain(text) + '</p>')",
        "HTML(markup.table('x', names, rows))",
        "widget.value = f'<p>{markup.plain(reply.facts)}</p>' if reply else ''",
        "widget.value = f'{count} of {total}'",
        "Label(text)",
        "words = f'{seconds:.1f} s' if seconds else ''\nHTML(f'<p>{words}</p>')",
        "words = {True: 'yes', False: 'no'}[answer]\nHTML(f'<p>{words}</p>')",
    ],
)
def test_what_is_escaped_in_place_is_no_violation(fine: str) -> None:
    assert not list(complaints(fine, "widgets/x.py"))


def test_the_builders_are_there() -> None:
    assert all((ROOT / name).is_file() for name in BUILDERS)
