"""Uploads: where a file stands that is brought in pieces."""

from registry.domain.terms import Term


class UploadState(Term):
    """Where an upload stands."""

    RECEIVING = "RECEIVING", "接收中"
    RECEIVED = "RECEIVED", "待导入"
    IMPORTING = "IMPORTING", "导入中"
    IMPORTED = "IMPORTED", "已导入"
    REFUSED = "REFUSED", "未导入"
