"""One application at the counter: what is done to it while its person is present."""
