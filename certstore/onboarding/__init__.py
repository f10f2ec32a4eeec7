"""How a pulling service comes to its purposes, what it may count on, and what it is told.

`states.py` is the table of states and steps, `terms.py` what a purpose says, `askable.py` what of
each type it can be granted, `moves.py` the one way from state to state. `applying.py` is the
agency's developer's desk, `approval.py` the operators', `quotas.py` counts calls, `refusals.py`
keeps why calls were refused, `conformance.py` says what a client has shown on the sandbox,
`trying.py` plays a client there.
"""
