"""Events: who is told that something changed, by a feed that is polled and by webhooks."""
