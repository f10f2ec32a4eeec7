"""The press: turns a certificate's content into one signed PDF/A-3u file, byte by byte."""
