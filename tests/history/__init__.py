"""The history check: many senders, many faults, and a checker that reads what was really sent."""
