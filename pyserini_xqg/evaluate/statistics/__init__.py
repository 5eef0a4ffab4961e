"""What chance could have done: tests, intervals, power, letters."""
