"""`certstore bench pull`: recorded pulls a second, beside a bare durable insert in the same run.

Three processes: one worker that serves the real application, a bare one that answers without any
check or record, and this one, which asks both with 64 connections and writes the bare rows.
"""
