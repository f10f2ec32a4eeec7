"""Certificates of other authorities, sealed here for them: asked for by API, one or many."""
