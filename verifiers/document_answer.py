"""The part of an answer that tells what became of a file since it was signed."""

from pydantic import BaseModel, ConfigDict, Field

from verifiers.scanning.account import ChangeKind, Finding, Obstacle


class ChangeOut(BaseModel):
    """One thing that was changed after signing."""

    kind: ChangeKind = Field(description="a closed list: docs/documents.md says what each means")
    detail: str = Field(
        description="a page's number, a name, words or a count, as the kind says; from the file "
        "itself, so nothing to rely on"
    )


class DocumentOut(BaseModel):
    """What a file is, beside the verdict: it says nothing of the certificate's status."""

    model_config = ConfigDict(json_schema_extra={"examples": [{
        "finding": "changed",
        "signed_bytes": 145269,
        "total_bytes": 146013,
        "obstacle": None,
        "changes": [{"kind": "annotation_added", "detail": "FreeText: 张三"}],
        "looks_same": False,
        "signers": [],
    }]})  # fmt: skip
    finding: Finding = Field(
        description="genuine: as we signed it; changed: signed by us, then changed; "
        "signed_by_other; not_ours; not_verifiable: saved anew, scanned, cut, encrypted"
    )
    signed_bytes: int = Field(ge=0, description="bytes of our signed revision found intact, or 0")
    total_bytes: int = Field(ge=0)
    obstacle: Obstacle | None = Field(None, description="why it is not_verifiable")
    changes: list[ChangeOut] = Field(description="what was changed, at most 100")
    looks_same: bool | None = Field(
        None, description="whether it looks as it was signed; null where that was not drawn"
    )
    signers: list[str] = Field(description="other signers, by the names they give themselves")
