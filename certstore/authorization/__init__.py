"""Who may ask for what: access tokens for pulling services (OAuth 2.0), and what proves them.

`token_desk.py` gives tokens, `resource_gate.py` takes them at a pull, `client_assertion.py`
recognises a client (RFC 7523), `dpop.py` judges proofs of possession (RFC 9449), `details.py`
what is asked for (RFC 9396). `standing.py` tells of tokens and revokes them (RFC 7662, RFC 7009),
`debugging.py` runs the same checks without effect, `metadata.py` says all this to machines
(RFC 8414, RFC 9728, RFC 7517).
"""
