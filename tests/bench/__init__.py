"""What speed and the probe are judged by: printed as measured, never asserted."""
