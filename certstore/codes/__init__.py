"""The codes people show: CBOR, COSE and Base45, read strictly."""
