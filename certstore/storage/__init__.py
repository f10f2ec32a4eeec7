"""Where things are kept: databases, objects, queues."""
