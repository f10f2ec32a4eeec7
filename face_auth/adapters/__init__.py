"""One file for each way a face provider speaks; what each is taken from stands at its top."""
