"""What waits at the officers' desk: the queue, page by page."""
