"""The announcement's first 49 days, simulated: the service's own code under a moved clock.

The data's way: `assumptions` say how many come and how they behave; `townspeople` invents them
and `hand_ins` puts their records on file; `applicants`, `officers` and `failing_sources` act on
the desks of a whole house as `schedule` moves its clock (`city`); afterwards `auditing` reads
the stores anew and `figures` says what came of it, beside what was announced. `parts` divides
the city among processes.
"""
