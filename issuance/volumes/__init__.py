"""How much is applied for, how fast it is answered, who pulls and scans: counted, never named."""
