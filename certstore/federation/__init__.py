"""Federation: two cities trust each other's lists, and ask each other for their agencies.

`peers.py` is what a city's operator wrote about the others, `judging.py` what may be asked of them
and what of their answers is believed, `peer_line.py` asks them, `refusals.py` says their refusals
in our words, `desk.py` puts every question and its outcome on record before anything is released.
"""
