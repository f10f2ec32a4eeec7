"""Entry from an app or a mini-program: its server hands over who is signed in there."""
