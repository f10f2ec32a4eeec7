"""Certificates put into wallets: OpenID4VCI 1.0, as dc+sd-jwt (RFC 9901)."""
