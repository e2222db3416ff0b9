"""A text in the two languages of the register."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """Chinese and English wording of one thing."""

    zh: str
    en: str

    def as_dict(self) -> dict[str, str]:
        """The pair as a JSON object."""
        return {"zh": self.zh, "en": self.en}


NO_TEXT = Text("", "")
