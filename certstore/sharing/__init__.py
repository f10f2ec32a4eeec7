"""Sharing: what services ask for, what their purpose covers, and what leaves the house."""
