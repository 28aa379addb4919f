"""The one way to the network, and all that an answer says of itself."""
