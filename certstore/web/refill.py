"""Puts what somebody typed back into a form that is shown anew.

Works on the page as it was written, so that no template needs to know of it: fields that can be
typed or chosen take their former values; hidden ones, files and passwords stay as they are.
"""

from collections.abc import Mapping, Sequence
from html import escape
from html.parser import HTMLParser

_CHOSEN = frozenset({"radio", "checkbox"})
_LEFT_ALONE = frozenset({"hidden", "file", "password", "submit", "button", "image", "reset"})
Attributes = dict[str, str | None]


def refill(page: str, path: str, fields: Mapping[str, Sequence[str]]) -> str:
    """The page, with `fields` in its forms that are posted to `path`; other forms untouched."""
    finder = _Forms(path)
    finder.feed(page)
    writer = _Refill(page, path, finder.named, fields)
    writer.feed(page)
    writer.close()
    return writer.written()


class _Forms(HTMLParser):
    """Finds the ids of the forms posted to a path: fields outside may belong to them."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self._path = path
        self.named: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form's id."""
        found = dict(attrs)
        if _is_posted_to(tag, found, self._path) and found.get("id"):
            self.named.add(found["id"] or "")


class _Refill(HTMLParser):
    """Copies a page, tag by tag, and writes those of the form anew."""

    def __init__(
        self, page: str, path: str, forms: set[str], fields: Mapping[str, Sequence[str]]
    ) -> None:
        super().__init__(convert_charrefs=False)
        self._page, self._path, self._forms, self._fields = page, path, forms, fields
        self._starts = _line_starts(page)
        self._copied = 0
        self._pieces: list[str] = []
        self._inside = False  # a form that is posted to the path
        self._selecting: str | None = None
        self._typing: str | None = None

    def written(self) -> str:
        """The page as far as it was read, and the rest as it is."""
        return "".join((*self._pieces, self._page[self._copied :]))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Write a field anew, if it is the form's."""
        found = dict(attrs)
        if tag == "form":
            self._inside = _is_posted_to(tag, found, self._path)
        name = found.get("name") or ""
        if tag == "option" and self._selecting is not None:
            self._choose(tag, found, "selected", self._selecting)
        elif tag in {"input", "select", "textarea"} and self._is_mine(found):
            if tag == "input":
                self._input(found, name)
            elif name in self._fields:
                self._selecting = name if tag == "select" else None
                self._typing = name if tag == "textarea" else None
                if self._typing:
                    self._until_here(after_tag=True)

    def handle_endtag(self, tag: str) -> None:
        """Fill what stands between two tags."""
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._selecting = None
        elif tag == "textarea" and self._typing is not None:
            self._pieces.append(escape(self._fields[self._typing][0], quote=False))
            self._copied = self._offset()
            self._typing = None

    def _is_mine(self, found: Attributes) -> bool:
        owner = found.get("form")
        return self._inside if owner is None else owner in self._forms

    def _input(self, found: Attributes, name: str) -> None:
        kind = (found.get("type") or "text").lower()
        if kind in _CHOSEN:
            self._choose("input", found, "checked", name)
        elif kind not in _LEFT_ALONE and name in self._fields:
            self._write("input", {**found, "value": self._fields[name][0]})

    def _choose(self, tag: str, found: Attributes, mark: str, name: str) -> None:
        """Mark a choice, or take the mark away: a browser sends only what was chosen."""
        if not name:
            return
        kept = {key: value for key, value in found.items() if key != mark}
        chosen = (found.get("value") or "") in self._fields.get(name, ())
        self._write(tag, {**kept, mark: None} if chosen else kept)

    def _write(self, tag: str, attributes: Attributes) -> None:
        self._until_here()
        spelled = "".join(
            f" {name}" if value is None else f' {name}="{escape(value)}"'
            for name, value in attributes.items()
        )
        self._pieces.append(f"<{tag}{spelled}>")
        self._copied += len(self.get_starttag_text() or "")

    def _until_here(self, *, after_tag: bool = False) -> None:
        end = self._offset() + (len(self.get_starttag_text() or "") if after_tag else 0)
        self._pieces.append(self._page[self._copied : end])
        self._copied = end

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._starts[line - 1] + column


def _is_posted_to(tag: str, found: Attributes, path: str) -> bool:
    return (
        tag == "form"
        and (found.get("method") or "").lower() == "post"
        and (found.get("action") or path).partition("#")[0] == path
    )


def _line_starts(page: str) -> list[int]:
    starts = [0]
    starts.extend(index + 1 for index, character in enumerate(page) if character == "\n")
    return starts
