"""What obeys a kept pace: when a request is due, the turn that is taken for it, and a session that takes them."""
